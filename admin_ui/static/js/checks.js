// The audit sample under the keys: a confirms, r says that it was wrong, j and k move. The forms work without this.
import { bind } from "./keys.js";
import { send } from "./send.js";

let list;

export function startChecks() {
  list = document.querySelector("[data-checks]");
  if (!list) {
    return;
  }
  for (const [key, verdict] of [["a", "confirmed"], ["r", "wrong"]]) {
    bind(key, () => current()?.querySelector(`form[data-verdict="${verdict}"]`)?.requestSubmit());
  }
  bind("j", () => move(1));
  bind("k", () => move(-1));
  list.addEventListener("submit", onVerdict);
}

const open = () => [...list.querySelectorAll("[data-check]:not(.told)")];
const current = () => list.querySelector("[data-check][aria-current]");

function move(by) {
  const all = open();
  const to = all[Math.min(Math.max(all.indexOf(current()) + by, 0), all.length - 1)];
  choose(to);
}

function choose(to) {
  current()?.removeAttribute("aria-current");
  to?.setAttribute("aria-current", "true");
  to?.scrollIntoView({ block: "nearest" });
}

// What was said stays in sight, greyed, with the answer; the next one is chosen at once.
async function onVerdict(event) {
  event.preventDefault();
  const form = event.target;
  const item = form.closest("[data-check]");
  if (item.dataset.sent) {
    return;
  }
  item.dataset.sent = "1";
  const next = open()[open().indexOf(item) + 1] ?? open()[open().indexOf(item) - 1];
  item.classList.add("told");
  choose(next);
  const told = await send(form);
  item.querySelector("[data-told]").textContent = told.message;
  if (!told.ok) {
    delete item.dataset.sent;
    item.classList.remove("told");
    return;
  }
  item.querySelectorAll("button").forEach((button) => (button.disabled = true));
  if (!open().length) {
    location.reload();
  }
}
