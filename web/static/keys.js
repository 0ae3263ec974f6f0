// One key for each frequent thing, by the table that the sheet behind "?" shows.
import * as selection from "./selection.js";

const sheet = document.getElementById("keys");
const OFF = "keys-off";
const table = new Map([...(sheet?.querySelectorAll("[data-on]") ?? [])].map((row) => [row.dataset.on, row.dataset.does ?? "press"]));

function off() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

// Whatever carries the key is pressed, or focused where one types. False where nothing does.
function press(key) {
  const wanted = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility());
  if (!wanted) return false;
  if (wanted.matches("input, textarea")) wanted.focus();
  else wanted.click();
}

async function openMenu(key) {
  if (!(await selection.ensure())) return document.querySelector("#actions > details.menu:last-of-type > summary")?.click();
  press(key);
  document.querySelector(".bar details.menu[open] .sheet")?.querySelector("button, input, select")?.focus();
}

let early = null; // the keys that are pressed while the list is on its way; they are meant for it

// Fetched when somebody first wants it: the first load of the board is to be light.
async function choose(items, options) {
  early = [];
  try {
    const palette = await import("./palette.js");
    palette.choose(await items, options);
    palette.press(early);
  } finally {
    early = null;
  }
}

const collect = async () => (await import("./commands.js")).collect(act);
const labels = async (head) => (await selection.labels(head)).items;
const views = () => [...document.querySelectorAll(".views a")].map((link) => ({ words: link.innerText.trim(), run: () => link.click() }));

const selects = {
  "": selection.toggle,
  next: () => selection.extend(1),
  previous: () => selection.extend(-1),
  all: selection.selectAll,
};

// By the names of web/board/keys.py, each with what follows its first word.
const handlers = {
  press: (_more, key) => press(key),
  next: () => selection.move(1),
  previous: () => selection.move(-1),
  open: () => false, // a link that has the focus opens by itself
  views: () => choose(views(), { numbered: true }),
  commands: () => choose(collect(), { finds: true }),
  sheet: () => sheet.showModal(),
  select: (which) => selects[which](),
  clear: () => (document.querySelector("details.menu[open]") ? false : selection.clear()),
  menu: (_more, key) => openMenu(key),
  undo: () => selection.undo(),
  label: (label) => selection.label(label),
  choose: (head) => choose(labels(head), { numbered: true }),
};

// What a key does; false where there is nothing for it to do.
function act(key) {
  const [verb, ...more] = table.get(key).split(" ");
  return handlers[verb](more.join(" "), key);
}

const typing = (element) => element.closest("input:not(.pick), textarea, select, dialog, [contenteditable]");
const nameOf = ({ ctrlKey, metaKey, key }) => (ctrlKey || metaKey ? `Ctrl+${key.toLowerCase()}` : key);

document.addEventListener("keydown", (event) => {
  const key = nameOf(event);
  if (early && !event.altKey && key === event.key) {
    early.push(key);
    return event.preventDefault();
  }
  if (event.altKey || !table.has(key)) return;
  const modified = key !== event.key;
  if (event.target.closest("dialog") || (typing(event.target) && !modified)) return;
  if (off() && !modified && key !== "?") return;
  if (act(key) !== false) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keys-open]")) sheet?.showModal();
  if (target.closest("[data-commands-open]")) act("Ctrl+k");
});

const box = sheet?.querySelector("[data-keys-switch]");
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => {
    try { localStorage.setItem(OFF, box.checked ? "0" : "1"); } catch { /* it lasts for this page */ }
  });
}
