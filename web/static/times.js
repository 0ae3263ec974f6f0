// Keeps "2m", "12 s ago" and "due in 6 min" true while the page stays open; the words are those of web/wording.py.

// Our clock against the server's: a wrong one must not move anybody's deadline.
export const skew = Date.now() - Date.parse(document.body.dataset.now);

export function sayDuration(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  for (const [unit, size, least] of [["d", 86400, 172800], ["h", 3600, 3600], ["min", 60, 60]]) {
    if (whole >= least) return `${Math.floor(whole / size)} ${unit}`;
  }
  return `${whole} s`;
}

export function sayAge(seconds) {
  for (const [unit, size, least] of [["y", 31557600, 63115200], ["w", 604800, 1209600], ["d", 86400, 86400], ["h", 3600, 3600], ["m", 60, 60]]) {
    if (seconds >= least) return `${Math.floor(seconds / size)}${unit}`;
  }
  return "now";
}

export const sayAgo = (seconds) => (seconds >= 1 ? `${sayDuration(seconds)} ago` : "just now");

export const sayDue = (secondsLeft) =>
  secondsLeft < 0 ? `overdue ${sayDuration(secondsLeft)}` : `due in ${sayDuration(secondsLeft)}`;

function tick() {
  for (const time of document.querySelectorAll("time[data-age], time[data-ago], time[data-due]")) {
    const passed = (Date.now() - skew - Date.parse(time.dateTime)) / 1000;
    const late = "due" in time.dataset && passed > 0;
    const words = "age" in time.dataset ? sayAge(passed) : "ago" in time.dataset ? sayAgo(passed) : sayDue(-passed);
    if (time.textContent !== words) time.textContent = words;
    if (late) time.classList.add("late");
  }
}

setInterval(tick, 5000);
