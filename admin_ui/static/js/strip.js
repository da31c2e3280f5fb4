// The strip of last decisions, each of which can be taken back.
import { send } from "./send.js";

const MOST = 5;
const DEEDS = { approved: "Approved", rejected: "Rejected", modified: "Modified", dismissed: "Dismissed" };

export function addToStrip(told, title, csrf) {
  const list = document.querySelector("[data-strip] ol");
  list.querySelector("[data-none]")?.remove();
  const item = document.createElement("li");
  item.dataset.decisionId = told.decision_id;
  item.dataset.issueId = told.issue_id;
  item.title = told.message;
  const deed = document.createElement("span");
  deed.textContent = DEEDS[told.verdict] ?? told.verdict;
  const name = document.createElement("span");
  name.className = "title";
  name.textContent = title;
  item.append(deed, name, undoForm(told, title, csrf));
  list.prepend(item);
  [...list.children].slice(MOST).forEach((old) => old.remove());
}

function undoForm(told, title, csrf) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = told.undo;
  const button = document.createElement("button");
  button.textContent = "Undo";
  button.setAttribute("aria-label", `Undo: ${told.verdict} ${title}`);
  for (const [name, value] of [["csrf", csrf], ["back", location.pathname + location.search]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.append(button);
  return form;
}

// Takes the last decision back and shows its issue again.
export async function undoLast() {
  const form = document.querySelector("[data-strip] li form");
  if (!form || form.dataset.sent) {
    return;
  }
  form.dataset.sent = "1";
  const told = await send(form);
  if (told.status === 409) {
    form.submit();
    return;
  }
  if (!told.ok) {
    delete form.dataset.sent;
    form.closest("li").title = told.message;
    form.querySelector("button").textContent = "Not undone";
    return;
  }
  const address = new URL(location.href);
  const id = form.closest("li").dataset.issueId;
  if (id) {
    address.searchParams.set("issue", id);
  }
  location.assign(address);
}
