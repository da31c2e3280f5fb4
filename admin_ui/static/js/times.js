// Relative times go on while a page stays open.
export function startTimes() {
  setInterval(() => document.querySelectorAll("time[datetime]").forEach(refresh), 30_000);
}

export function ago(moment, now = Date.now()) {
  const seconds = (now - moment) / 1000;
  if (seconds < 60) {
    return "just now";
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86400)} d ago`;
}

function refresh(time) {
  const moment = Date.parse(time.dateTime);
  if (Date.now() - moment < 30 * 86_400_000 && moment <= Date.now()) {
    time.textContent = ago(moment);
  }
}
