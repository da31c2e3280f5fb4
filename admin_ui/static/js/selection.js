// Selecting single issues for a common approval.
export function startSelection(queue) {
  queue.addEventListener("change", (event) => {
    if (event.target.matches("input[name='issue']")) {
      refresh();
    }
  });
  addEventListener("pageshow", refresh);
}

export function toggle(row) {
  const box = row?.querySelector("input[name='issue']");
  if (box) {
    box.checked = !box.checked;
    refresh();
  }
}

function refresh() {
  const button = document.querySelector("[data-selection]");
  if (button) {
    const count = document.querySelectorAll("input[name='issue']:checked").length;
    button.hidden = count === 0;
    button.querySelector("[data-selected]").textContent = count;
  }
}
