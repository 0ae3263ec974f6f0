// The desk keeps what is being typed; until it has said so, this browser does, through a crash or a lost connection.
import { skew } from "./times.js";
import { _ } from "./words.js";

const SLOW = 30000; // what a page that loads slowly may be wrong about the desk's clock
const mine = `draft:${document.body.dataset.user}:`;
const keep = (name, text) => attempt(() => (text ? localStorage.setItem(mine + name, text) : localStorage.removeItem(mine + name)));

function attempt(step) {
  try { return step(); } catch { return null; } // storage may be switched off
}

function forget(start) {
  attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(start)).forEach((key) => localStorage.removeItem(key)));
}

function restore() {
  for (const done of document.querySelectorAll("[data-sent]")) done.dataset.sent.split(" ").forEach((name) => keep(name, ""));
  document.querySelectorAll("[data-draft]").forEach(restoreOne);
}

// What only this browser has is shown, unless the desk was given something later, from another one.
function restoreOne(field) {
  const [, at, text] = attempt(() => localStorage.getItem(mine + field.dataset.draft))?.match(/^(\d+):([^]*)$/) ?? [];
  if (!text || text === field.value || field === document.activeElement) return;
  if (field.value && Number(at) - skew + SLOW < Date.parse(field.dataset.saved ?? 0)) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true })); // and so the desk gets it
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-draft]")) return;
  keep(target.dataset.draft, target.value && `${Date.now()}:${target.value}`);
});
document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-sign-out]")) forget("draft:");
});
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!target.matches("[data-draft]")) return;
  if (detail.successful && detail.requestConfig.parameters[target.name] === target.value) keep(target.dataset.draft, "");
  if (!detail.successful) target.form.querySelector(".draft-state").textContent = _("Kept in this browser; the desk does not answer.");
});
document.addEventListener("htmx:afterSettle", restore);
restore();
