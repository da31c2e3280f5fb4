// The keyboard. Keys never fire while typing; pages say what keys do with attributes and by `bind`.
const bound = new Map();
let leading = 0;

export function bind(key, deed) {
  bound.set(key, deed);
}

export function startKeys() {
  const legend = document.getElementById("legend");
  if (!legend) {
    return;
  }
  bind("?", () => (legend.open ? legend.close() : legend.showModal()));
  bind("/", () => document.querySelector("[data-key='/']")?.focus());
  for (const button of document.querySelectorAll("[data-legend]")) {
    button.hidden = false;
    button.addEventListener("click", () => legend.showModal());
  }
  document.addEventListener("keydown", (event) => pressed(event, legend));
  showOnce(legend);
}

function pressed(event, legend) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
    return;
  }
  if (typing(event.target)) {
    if (event.key === "Escape") {
      event.target.blur();
    }
    return;
  }
  if (legend.open && event.key !== "?") {
    legend.close();
  }
  if (event.timeStamp - leading < 1500 && leading) {
    leading = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) {
      event.preventDefault();
      location.assign(place.href);
    }
    return;
  }
  if (event.key === "g") {
    leading = event.timeStamp;
    return;
  }
  const deed = bound.get(event.key);
  if (deed && deed(event) !== false) {
    event.preventDefault();
  }
}

function typing(target) {
  if (target.isContentEditable || target.matches("textarea, select")) {
    return true;
  }
  return target.matches("input") && !["checkbox", "radio", "range", "button", "submit"].includes(target.type);
}

// The first time the legend shows by itself, beside the work and not over it; the next key puts it away.
function showOnce(legend) {
  try {
    if (document.querySelector("[data-queue] .row") && !localStorage.getItem("legend-shown")) {
      localStorage.setItem("legend-shown", "1");
      if (matchMedia("(min-width: 761px) and (hover: hover)").matches) {
        legend.show();
        document.activeElement?.blur();
        document.addEventListener("pointerdown", (event) => legend.contains(event.target) || legend.close(), { once: true });
      }
    }
  } catch {
    // A browser that keeps nothing shows no legend by itself.
  }
}
