// One list to choose from by typing: commands, views, labels, mentions that are found.
import { _ } from "./words.js";

const PAUSE = 200; // ms after the last key, before the desk is asked
const MOST = 12;

const dialog = document.createElement("dialog");
dialog.className = "palette";
dialog.innerHTML = `<input role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" spellcheck="false"><ul id="palette-list" role="listbox"></ul>`;
const [field, list] = dialog.children;
dialog.setAttribute("aria-label", _("Commands"));
field.setAttribute("aria-label", _("Command, view or words"));
list.setAttribute("aria-label", _("Commands"));
document.body.append(dialog);

let items = [];
let found = []; // mentions
let shown = [];
let at = 0;
let how = {};
let asking = 0;

// `numbered`: a figure chooses at once. `finds`: mentions, too, in which the words are found.
export function choose(offered, options = {}) {
  [items, found, how] = [offered, [], options];
  field.value = "";
  field.placeholder = how.numbered ? _("A figure, or letters") : _("What do you want to do or find?");
  draw();
  if (!dialog.open) dialog.showModal();
  field.focus();
}

// Keys that were pressed before the list stood there.
export function press(keys) {
  for (const key of keys) {
    if (key.length === 1) field.value += key;
    field.dispatchEvent(key.length === 1 ? new Event("input") : new KeyboardEvent("keydown", { key }));
    if (key === "Escape") dialog.close();
    if (!dialog.open) return;
  }
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function fitting(typed) {
  const parts = fold(typed).split(/\s+/).filter(Boolean);
  const fits = items.filter((item) => parts.every((part) => fold(item.words).includes(part)));
  const first = (item) => !fold(item.words).startsWith(parts[0] ?? "");
  return fits.sort((a, b) => first(a) - first(b));
}

function draw() {
  const typed = field.value.trim();
  shown = [...fitting(typed).slice(0, MOST), ...(how.finds && typed ? [searching(typed), ...found] : [])];
  at = 0;
  list.replaceChildren(...shown.map(option));
  mark();
}

const searching = (typed) => ({ words: _("Search for “%(words)s”", { words: typed }), run: () => location.assign(`/?q=${encodeURIComponent(typed)}&status=all`) });

function option({ words, hint }, number) {
  const line = document.createElement("li");
  line.id = `palette-${number}`;
  line.role = "option";
  line.dir = "auto";
  line.textContent = words;
  const key = how.numbered && number < 10 ? String((number + 1) % 10) : hint;
  if (key) line.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  return line;
}

function mark() {
  [...list.children].forEach((line, number) => line.setAttribute("aria-selected", String(number === at)));
  field.setAttribute("aria-activedescendant", shown.length ? `palette-${at}` : "");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function take(number) {
  const item = shown[number];
  if (!item) return;
  dialog.close(); // and the focus is again where it was
  item.run();
}

async function ask(typed, turn) {
  try {
    const answer = await fetch(`/find?q=${encodeURIComponent(typed)}`);
    if (!answer.ok || answer.redirected || turn !== asking) return;
    found = (await answer.json()).map(({ words, href }) => ({ words, run: () => location.assign(href) }));
    const chosen = at;
    draw();
    at = Math.min(chosen, shown.length - 1);
    mark();
  } catch { /* the search itself says what is wrong */ }
}

field.addEventListener("input", () => {
  const typed = field.value.trim();
  if (how.numbered && /^\d$/.test(typed)) return take((Number(typed) + 9) % 10);
  found = [];
  draw();
  const turn = ++asking;
  if (how.finds && typed.length > 1) setTimeout(() => turn === asking && ask(typed, turn), PAUSE);
});
field.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && shown.length) at = (at + step + shown.length) % shown.length;
  else if (event.key === "Home" && !field.value) at = 0;
  else if (event.key === "End" && !field.value) at = shown.length - 1;
  else if (event.key === "Enter") take(at);
  else return;
  event.preventDefault();
  mark();
});
list.addEventListener("click", ({ target }) => take([...list.children].indexOf(target.closest("li"))));
dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
