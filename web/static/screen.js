// Puts what happens where it belongs, without moving what somebody is reading.
import { _, ngettext } from "./words.js";

const me = Number(document.body.dataset.user);
const fresh = new Set(); // mentions that came into this queue and wait to be shown
const asked = new Set(); // rows to be fetched
let people = {};
let behind = false; // by more than could be told

const row = (id) => document.getElementById(`row-${id}`);

export function show(name, data) {
  ({ changed, counts, present, memos, stale })[name]?.(data);
}

function changed({ rows, ask, fresh: came, lines }) {
  for (const html of Object.values(rows)) draw(html);
  came.filter((id) => !row(id)).forEach((id) => fresh.add(id));
  announce();
  request(ask.filter(row));
  const open = document.querySelector("[data-mention]");
  if (open && lines.some(([line, mention, user]) => String(mention) === open.dataset.mention && line > open.dataset.seen && user !== me)) meanwhile(open);
}

// A row keeps its place, its link and the focus; only what it says is renewed.
function draw(html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  const now = drawn.content.querySelector("li");
  const old = now && row(now.id.slice(4));
  if (!old) return;
  const holder = now.querySelector("[data-holder]");
  if (holder && Number(holder.dataset.holder) === me) {
    holder.textContent = _("you");
    now.classList.remove("held");
  }
  old.className = now.className;
  old.querySelector("a").replaceChildren(...now.querySelector("a").childNodes);
  present(people);
}

export const renew = (ids) => request(ids.filter(row), 0);

function request(ids, delay = Math.random() * 1000) {
  // Many boards are told of the same storm; they need not all ask in the same instant.
  if (ids.length && !asked.size) setTimeout(fetchRows, delay);
  ids.forEach((id) => asked.add(id));
}

async function fetchRows() {
  const ids = [...asked].slice(0, 200);
  const later = [...asked].slice(200);
  asked.clear();
  request(later, 0);
  try {
    const answer = await fetch(`/events/rows?ids=${ids.join()}`);
    if (answer.ok && !answer.redirected) Object.values(await answer.json()).forEach(draw);
  } catch { /* the next news bring them */ }
}

function announce() {
  const link = document.querySelector("#newer a");
  if (!link) return;
  const words = behind ? _("Show what happened meanwhile") : fresh.size ? ngettext("%(num)s new", "%(num)s new", fresh.size) : "";
  if (link.textContent !== words) link.textContent = words;
  link.hidden = !words;
}

function stale() {
  behind = true;
  announce();
}

function counts(numbers) {
  for (const [view, number] of Object.entries(numbers)) {
    const place = document.querySelector(`[data-count="${view}"]`);
    if (!place) continue;
    if (place.textContent !== number) place.textContent = number;
    if (view === "overdue") place.classList.toggle("late", number !== "0");
  }
}

function present(told) {
  people = told;
  for (const place of document.querySelectorAll("[data-present]")) {
    const others = (told[place.dataset.present] ?? []).filter(([user]) => user !== me);
    const words = others.length ? say(others) : "";
    if (place.textContent !== words) place.textContent = words;
  }
}

function say(others) {
  const [[, name, doing]] = others;
  const first = doing === "writing" ? _("%(name)s is writing", { name }) : _("%(name)s is reading", { name });
  return others.length > 1 ? _("%(first)s, and %(number)s more", { first, number: others.length - 1 }) : first;
}

function memos() {
  htmx.ajax("GET", "/memos", { target: "#memos", swap: "outerHTML" });
}

function meanwhile(open) {
  htmx.ajax("GET", `${open.dataset.meanwhile}?seen=${open.dataset.seen}`, { target: "#meanwhile", swap: "outerHTML" });
}

export function tell(words) {
  const line = document.getElementById("told");
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
  if (words) setTimeout(() => { if (line.textContent === words) line.hidden = true; }, 8000);
}

export function offline(is) {
  const line = document.getElementById("offline");
  if (line) line.hidden = !is;
  if (!is) tell(_("Connected again. Nothing was missed."));
}

// What somebody is using at this moment is not swapped away under their hands.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event;
  if (target.id === "actions" && (target.contains(document.activeElement) || target.querySelector("details[open]"))) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "queue") {
    fresh.clear();
    behind = false;
    announce();
  }
  present(people);
});
document.addEventListener("htmx:afterSwap", () => {
  const line = document.getElementById("told");
  if (line && !line.hidden) tell(line.textContent);
});
