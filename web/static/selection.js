// Which mentions are selected, what one request does with them, and what came of it.
import { renew } from "./screen.js";
import { _, ngettext } from "./words.js";

const STREAM = "application/x-ndjson";
const STAYS = 8000; // what was done is said so long; it can be taken back for longer

let bar = null; // what can be done, as the desk drew it
let anchor = null; // from where a range goes
let kept = new Set(); // across a renewal of the queue
let busy = false;

const form = () => document.getElementById("many");
const deed = () => document.getElementById("deed");
const boxes = () => [...document.querySelectorAll(".pick")];
const rows = () => [...document.querySelectorAll("#rows .row > a")];
const chosen = () => boxes().filter((box) => box.checked);
const opened = () => document.querySelector("[data-mention]");

// The row that has the focus, or else that of the open mention.
function current() {
  return document.activeElement.closest(".row") ?? document.querySelector("#rows .row:has(> a[aria-current])");
}

export function move(step) {
  const found = rows();
  const from = found.indexOf(current()?.querySelector("a"));
  found[Math.max(0, Math.min(found.length - 1, from + step))]?.focus();
}

export function toggle() {
  const box = current()?.querySelector(".pick");
  if (!box) return;
  box.checked = !box.checked;
  anchor = box;
  show();
}

export function extend(step) {
  tick(current());
  move(step);
  tick(current());
  show();
}

function tick(row) {
  const box = row?.querySelector(".pick");
  if (box) box.checked = true;
}

export function selectAll() {
  boxes().forEach((box) => { box.checked = true; });
  show();
}

export function clear() {
  if (!chosen().length) return false;
  boxes().forEach((box) => { box.checked = false; });
  show();
}

// Makes sure that something is selected and the bar is there; false where no row is meant.
export async function ensure() {
  if (!chosen().length) tick(current());
  await show();
  return chosen().length > 0 && form().checkVisibility();
}

async function show() {
  const number = chosen().length;
  kept = new Set(chosen().map((box) => box.value));
  const place = form()?.querySelector(".bar");
  if (!place) return;
  form().classList.toggle("on", number > 0);
  if (number && !place.querySelector("output")) await fill(place);
  count(number ? ngettext("%(num)s selected", "%(num)s selected", number) : "");
}

function count(words) {
  const place = form()?.querySelector("output");
  if (place && place.textContent !== words) place.textContent = words;
}

async function drawn() {
  if (bar === null) {
    const answer = await fetch(form().dataset.bar);
    if (answer.redirected) location.reload(); // signed out meanwhile
    bar = await answer.text();
  }
  return bar;
}

async function fill(place) {
  const html = await drawn();
  if (place.querySelector("output")) return;
  place.innerHTML = `<output></output><button type="button" class="quiet" data-clear title="${_("Select nothing")} ( Escape )" aria-label="${_("Select nothing")}">×</button>${html}`;
}

// The labels of a head as commands, and what the head is called.
export async function labels(head) {
  const drawing = document.createElement("template");
  drawing.innerHTML = await drawn();
  const items = [...drawing.content.querySelectorAll(`[data-label="${head}"]`)].map((button) => ({
    words: button.textContent,
    run: () => post(button.value),
  }));
  return { title: drawing.content.querySelector(`[data-head="${head}"]`).textContent, items };
}

export const label = (value) => post(`label:${value}`);

// To what is selected, or else to the row that has the focus or the open mention.
function post(what) {
  if (!form()) return;
  const data = new FormData(form());
  const alone = current()?.id.slice(4) ?? opened()?.dataset.mention;
  if (!data.has("id") && alone) data.append("id", alone);
  data.append("do", what);
  return send(data);
}

async function send(data) {
  if (busy) return;
  busy = true;
  const row = current() ?? chosen()[0]?.closest(".row");
  try {
    const headers = { Accept: STREAM, "HX-Request": "true" };
    const answer = await fetch(form().action, { method: "POST", body: data, headers });
    if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
    if (answer.ok) await follow(answer.body, data.getAll("id").length);
    else say(await answer.text());
  } catch {
    say(`<p>${_("The desk did not answer to the end; the rows show what was done.")}</p>`);
  } finally {
    busy = false;
    await show();
    goBack(row);
  }
}

// The button that was pressed is hidden with the bar: go on from the row, not from the top of the page.
function goBack(row) {
  const now = document.activeElement;
  if (now === document.body || form().contains(now)) row?.querySelector("a").focus({ preventScroll: true });
}

async function follow(body, number) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (waiting + value).split("\n");
    waiting = lines.pop();
    for (const { at, html } of lines.map(JSON.parse)) {
      if (at) count(_("%(at)s of %(number)s done", { at, number }));
      if (html) say(html);
    }
  }
}

function say(html) {
  deed().innerHTML = html;
  htmx.process(deed());
  settle();
}

// What was done is shown where it stands; what could not be done stays selected.
function settle() {
  const said = deed().firstElementChild;
  passAway();
  if (!said?.dataset.touched) return;
  const left = new Set([...said.querySelectorAll("[data-left]")].map((one) => one.dataset.left));
  boxes().forEach((box) => { box.checked = box.checked && left.has(box.value); });
  show();
  const touched = said.dataset.touched.split(" ");
  if ("moved" in said.dataset) htmx.ajax("GET", `/${location.search}`, { target: "#queue", swap: "outerHTML" });
  else renew(touched);
  const open = opened();
  if (open && touched.includes(open.dataset.mention)) htmx.ajax("GET", `/mentions/${open.dataset.mention}${location.search}`, { target: "#mention" });
}

function passAway() {
  const said = deed()?.firstElementChild;
  if (!said || "stays" in said.dataset) return;
  setTimeout(() => {
    if (!said.isConnected) return;
    if (deed().matches(":hover, :focus-within")) passAway();
    else said.remove();
  }, STAYS);
}

export function undo() {
  const csrf = document.querySelector("#presence [name=csrf_token]").value;
  htmx.ajax("POST", "/undo", { target: "#deed", swap: "innerHTML", values: { csrf_token: csrf } });
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.closest("[data-clear]")) clear();
  if (target.closest("[data-put-away]")) deed().replaceChildren();
  if (!target.matches(".pick")) return;
  if (shiftKey && anchor?.isConnected) {
    const all = boxes();
    const [from, to] = [all.indexOf(anchor), all.indexOf(target)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((box) => { box.checked = target.checked; });
  }
  anchor = target;
  show();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("#many")) return; // its boxes are called id, and so hide its own
  event.preventDefault();
  send(new FormData(event.target, event.submitter));
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "deed") settle();
  if (target.id !== "queue") return;
  boxes().forEach((box) => { box.checked = kept.has(box.value); });
  show();
});
show();
passAway();
