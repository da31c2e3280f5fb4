// Rows of the queue: how many listings a cause has left, and short notes beside them.
import { fragment, parse } from "./send.js";

export const left = (row) => Number(row?.querySelector("[data-listings]")?.dataset.listings ?? 1);

// Asks how many are left of a cause: what was refused may have been settled elsewhere, and others with it.
export async function refresh(row) {
  const look = new URLSearchParams(location.search);
  look.delete("issue");
  const list = parse(await fragment(`/review/_rows?${look}`));
  const fresh = list.querySelector(`[data-pattern-id="${CSS.escape(row.dataset.patternId)}"]`);
  if (fresh) {
    row.dataset.issueId = fresh.dataset.issueId;
    row.querySelector(".meta").replaceWith(fresh.querySelector(".meta"));
  } else {
    row.remove();
  }
}

export function count(row, by) {
  for (const place of document.querySelectorAll("[data-count='pending']")) {
    const number = Number(place.textContent.replace(/\D/g, "")) + by;
    place.textContent = ` ${Math.max(number, 0).toLocaleString("en")}`;
  }
  const listings = row?.querySelector("[data-listings]");
  if (listings) {
    const number = Number(listings.dataset.listings) + by;
    listings.dataset.listings = number;
    listings.textContent = number === 1 ? "1 listing" : `${number.toLocaleString("en")} listings`;
  }
}

export function note(text, className) {
  const place = document.createElement("div");
  place.className = className || "empty";
  const said = document.createElement("p");
  said.textContent = text;
  place.append(said);
  return place;
}
