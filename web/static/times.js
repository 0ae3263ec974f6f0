// Keeps "2m", "12 s ago" and "due in 6 min" true while the page stays open; the words are those of web/words/times.py.
import { _, N_ } from "./words.js";

// Our clock against the server's: a wrong one must not move anybody's deadline.
export const skew = Date.now() - Date.parse(document.body.dataset.now);

const SPANS = [[N_("%(number)s d"), 86400, 172800], [N_("%(number)s h"), 3600, 3600], [N_("%(number)s min"), 60, 60], [N_("%(number)s s"), 1, 0]];
const AGES = [
  [N_("%(number)sy"), 31557600, 63115200],
  [N_("%(number)sw"), 604800, 1209600],
  [N_("%(number)sd"), 86400, 86400],
  [N_("%(number)sh"), 3600, 3600],
  [N_("%(number)sm"), 60, 60],
];

export function sayDuration(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const [unit, size] = SPANS.find(([, , least]) => whole >= least);
  return _(unit, { number: Math.floor(whole / size) });
}

export function sayAge(seconds) {
  const found = AGES.find(([, , least]) => seconds >= least);
  return found ? _(found[0], { number: Math.floor(seconds / found[1]) }) : _("now");
}

export const sayAgo = (seconds) => (seconds >= 1 ? _("%(span)s ago", { span: sayDuration(seconds) }) : _("just now"));

export const sayDue = (secondsLeft) =>
  secondsLeft < 0 ? _("overdue %(span)s", { span: sayDuration(secondsLeft) }) : _("due in %(span)s", { span: sayDuration(secondsLeft) });

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
