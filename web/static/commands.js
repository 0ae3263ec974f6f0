// What can be done from here, gathered from the page itself: keys, actions, labels, views, pages.
import { labels } from "./selection.js";

const HEADS = ["urgency", "need", "sentiment", "abuse"];
const words = (element) => (element.dataset.name ?? element.textContent).trim().replace(/\s+/g, " ");

export async function collect(act) {
  return [...keyed(act), ...actions(), ...(await labelled()), ...links()];
}

function keyed(act) {
  return [...document.querySelectorAll("#keys [data-on]:not([data-plain])")]
    .filter(({ dataset }) => dataset.does || [...document.querySelectorAll(`[data-key="${CSS.escape(dataset.on)}"]`)].some((one) => one.checkVisibility()))
    .map((row) => ({ words: words(row.querySelector("dd")), hint: words(row.querySelector("kbd")), run: () => act(row.dataset.on) }));
}

// The open mention's own; one that asks for more is opened at its field.
function actions() {
  return [...document.querySelectorAll("#actions .sheet button.item")].map((button) => ({ words: words(button), run: () => use(button) }));
}

function use(button) {
  const field = button.form.querySelector("select, input:not([type=hidden])");
  if (!field) return button.click();
  button.closest("details").open = true;
  field.focus();
}

async function labelled() {
  if (!document.getElementById("many")) return [];
  const found = await Promise.all(HEADS.map(labels));
  return found.flatMap(({ title, items }) => items.map((item) => ({ ...item, words: `${title}: ${item.words}` })));
}

function links() {
  return [...document.querySelectorAll(".views a, .foot a")].map((link) => ({ words: words(link), run: () => link.click() }));
}
