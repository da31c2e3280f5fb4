// Live counts. They change numbers and offer what is new; they never move what one is reading.
export function startLive() {
  if (!document.querySelector(".rail") || !("EventSource" in window)) {
    return;
  }
  let source = null;
  const watch = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource("/events");
      source.addEventListener("counts", (event) => show(JSON.parse(event.data)));
    }
  };
  document.addEventListener("visibilitychange", watch);
  addEventListener("pagehide", () => source?.close());
  watch();
}

function show(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const number = counts[place.dataset.count];
    if (number !== undefined) {
      place.textContent = ` ${number.toLocaleString("en")}`;
    }
  }
  offer(counts.new);
}

function offer(count) {
  const queue = document.querySelector("[data-queue]");
  if (!queue || !count) {
    return;
  }
  let bar = queue.querySelector("[data-fresh]");
  if (!bar) {
    bar = document.createElement("a");
    bar.className = "fresh";
    bar.dataset.fresh = "";
    bar.href = location.pathname + location.search;
    queue.prepend(bar);
  }
  bar.textContent = count < 100 ? `${count} new. Show` : "100 or more new. Show";
}
