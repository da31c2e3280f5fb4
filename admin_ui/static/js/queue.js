// The review queue: rows left, panel right. A decision takes the item away at once and the server confirms behind it.
import { bind } from "./keys.js";
import { count, left, note, refresh } from "./rows.js";
import { parse, fragment, send } from "./send.js";
import { addToStrip, undoLast } from "./strip.js";
import { startSelection, toggle } from "./selection.js";

const NARROW = matchMedia("(max-width: 760px)");
const panels = new Map();
const gone = new Set();
let asked = 0;
let queue;
let detail;

export function startQueue() {
  queue = document.querySelector("[data-queue]");
  detail = document.querySelector("[data-detail]");
  if (!detail) {
    return;
  }
  detail.addEventListener("click", onDetailClick);
  detail.addEventListener("submit", onDecision);
  bindDecisions();
  if (!queue) {
    return;
  }
  queue.addEventListener("click", onRowClick);
  startSelection(queue);
  bindMoves();
  prefetchNext();
}

function bindDecisions() {
  for (const [key, name] of [["a", "approve"], ["r", "reject"], ["d", "dismiss"]]) {
    bind(key, () => detail.querySelector(`form[data-decision="${name}"]`)?.requestSubmit());
  }
  bind("m", () => openModify());
  bind("s", () => detail.querySelector("[data-skip]")?.click());
  bind("A", () => detail.querySelector("[data-approve-pattern]")?.click());
  for (const number of ["1", "2", "3"]) {
    bind(number, () => {
      const choice = detail.querySelector(`[data-suggestion="${number}"] input[type="radio"]`);
      if (choice) {
        choice.checked = true;
      }
    });
  }
}

function bindMoves() {
  bind("j", () => move(1));
  bind("k", () => move(-1));
  bind("x", () => toggle(current()));
  bind("u", () => undoLast());
  bind("Enter", (event) => {
    const focused = event.target;
    if (focused !== document.body && !focused.closest("[data-rows]")) {
      return false;
    }
    detail.querySelector(".issue-head h2 a")?.click();
  });
}

const current = () => queue?.querySelector(".row[aria-current]");
const panel = () => detail.querySelector("[data-panel]");
const rows = () => [...queue.querySelectorAll(".row:not(.leaving)")];

function move(by) {
  const all = rows();
  const at = all.indexOf(current());
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (to && to !== current()) {
    show(to.dataset.issueId, to);
  } else if (by > 0 && at === all.length - 1) {
    queue.querySelector("[data-more] a")?.click();
  }
}

// Shows an issue in the panel and marks its row; the address keeps up, so that a reload finds the same place.
async function show(id, row) {
  const mine = ++asked;
  current()?.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
  const address = new URL(location.href);
  address.searchParams.set("issue", id);
  history.replaceState(null, "", address);
  detail.setAttribute("aria-busy", "true");
  try {
    const html = await take(id);
    if (mine === asked) {
      detail.replaceChildren(parse(html));
      panels.delete(String(id));
      prefetchNext();
    }
  } catch {
    if (mine === asked) {
      location.assign(address);
    }
  } finally {
    if (mine === asked) {
      detail.removeAttribute("aria-busy");
    }
  }
}

function take(id) {
  const key = String(id);
  if (!panels.has(key)) {
    const look = new URLSearchParams(location.search);
    look.delete("issue");
    const loading = fragment(`/issues/${key}/_panel?${look}`);
    loading.catch(() => panels.delete(key));
    panels.set(key, loading);
  }
  return panels.get(key);
}

function prefetchNext() {
  const next = nextOf(panel(), current());
  if (next && !NARROW.matches) {
    take(next.id).catch(() => {});
  }
}

// What comes after the shown issue: in a grouped list first the others of its cause, then the row below.
function nextOf(shown, row) {
  if (queue.dataset.view === "grouped" && shown?.dataset.next && !gone.has(shown.dataset.next) && left(row) > 1) {
    return { id: shown.dataset.next, row };
  }
  const all = rows();
  const at = all.indexOf(row);
  const following = all[at + 1] ?? all[at - 1];
  return following ? { id: following.dataset.issueId, row: following } : null;
}


function onRowClick(event) {
  const more = event.target.closest("[data-rows-address]");
  if (more) {
    event.preventDefault();
    moreRows(more);
    return;
  }
  const link = event.target.closest("a[data-open]");
  if (!link || NARROW.matches || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  const row = link.closest(".row");
  show(row.dataset.issueId, row);
}

async function moreRows(link) {
  const place = link.closest("[data-more]");
  try {
    place.replaceWith(parse(await fragment(link.dataset.rowsAddress)));
  } catch {
    location.assign(link.href);
  }
}

function onDetailClick(event) {
  const skip = event.target.closest("[data-skip]");
  if (skip && queue && !NARROW.matches) {
    event.preventDefault();
    const next = nextOf(panel(), current());
    if (next) {
      show(next.id, next.row);
    }
  } else if (event.target.closest("[data-modify]")) {
    event.preventDefault();
    openModify();
  }
}

function openModify() {
  const part = detail.querySelector("[data-modify-part]");
  if (part) {
    part.open = true;
    part.scrollIntoView({ block: "nearest" });
    const value = part.querySelector("[data-value]");
    value.focus();
    value.setSelectionRange(value.value.length, value.value.length);
  }
}

function onDecision(event) {
  const form = event.target;
  if (event.submitter?.matches("[data-preview]")) {
    event.preventDefault();
    preview(form, event.submitter);
    return;
  }
  if (form.dataset.decision && queue && !NARROW.matches) {
    event.preventDefault();
    decide(form);
  }
}

async function preview(form, button) {
  const place = detail.querySelector("[data-preview-place]");
  const body = new URLSearchParams(new FormData(form));
  try {
    place.replaceChildren(parse(await fragment(button.getAttribute("formaction"), { method: "POST", body })));
    place.scrollIntoView({ block: "nearest" });
  } catch {
    place.textContent = "The preview cannot be made right now. The form still works.";
  }
}

async function decide(form) {
  const id = panel().dataset.issueId;
  const title = detail.querySelector(".issue-head h2").textContent.trim();
  if (gone.has(id)) {
    return;
  }
  gone.add(id);
  const outcome = send(form);
  const putBack = takeAway(id, current(), form.dataset.decision === "reject");
  const told = await outcome;
  if (told.ok) {
    addToStrip(told, title, form.elements.csrf.value);
    return;
  }
  gone.delete(id);
  putBack(told.message, title);
}

// Takes the issue out of the list, shows the next, and returns what brings it back with a reason.
// A rejected one stays open: its cause stays in the list and the numbers stay as they are.
function takeAway(id, row, rejected) {
  const next = nextOf(panel(), row);
  const stays = queue.dataset.view === "grouped" && (rejected || left(row) > 1);
  const after = row?.nextSibling ?? null;
  const by = rejected ? 0 : 1;
  count(row, -by);
  if (!stays) {
    row?.remove();
  }
  if (next) {
    show(next.id, next.row);
  } else {
    detail.replaceChildren(note("Every issue of this list is decided.", ""));
  }
  return (reason, title) => {
    if (!stays && row) {
      queue.querySelector("[data-rows]").insertBefore(row, after?.parentNode ? after : null);
    }
    row?.classList.add("refused");
    if (!stays) {
      row?.removeAttribute("aria-current");
    }
    count(row, by);
    trouble(id, row, `${title}: ${reason}`);
    if (queue.dataset.view === "grouped") {
      refresh(row);
    }
  };
}

function trouble(id, row, text) {
  const bar = note(text, "trouble");
  bar.setAttribute("role", "alert");
  const open = document.createElement("button");
  open.className = "slim";
  open.textContent = "Open it";
  open.addEventListener("click", () => {
    bar.remove();
    panels.delete(id);
    show(id, row);
  });
  bar.append(open);
  queue.prepend(bar);
}
