// Small things around forms: filters that apply themselves, sliders beside numbers, copying, double sends.
export function startForms() {
  for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.addEventListener("submit", () => leaveOutEmpty(form));
  }
  for (const dial of document.querySelectorAll("input[data-dial]")) {
    const number = document.getElementById(dial.dataset.dial);
    dial.hidden = false;
    dial.addEventListener("input", () => (number.value = Number(dial.value).toFixed(2)));
    number.addEventListener("input", () => (dial.value = number.value));
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy));
  }
  document.addEventListener("submit", holdTwice);
  document.addEventListener("click", closeMenus);
}

// An empty filter is none: it stays out of the address, except where empty means something.
function leaveOutEmpty(form) {
  for (const field of form.elements) {
    if (field.name && field.value === "" && field.name !== "automatic") {
      field.disabled = true;
    }
  }
  setTimeout(() => [...form.elements].forEach((field) => (field.disabled = false)));
}

function holdTwice(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.person[open]")) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
}
