// Keeps what is being typed through a crash, a lost connection or a lost session; forgets it once it was sent.
const mine = `draft:${document.body.dataset.user}:`;
const keep = (name, text) => attempt(() => (text ? localStorage.setItem(mine + name, text) : localStorage.removeItem(mine + name)));

function attempt(step) {
  try { return step(); } catch { return null; } // storage may be switched off
}

function forget(start) {
  attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(start)).forEach((key) => localStorage.removeItem(key)));
}

function restore() {
  for (const done of document.querySelectorAll("[data-sent]")) forget(mine + done.dataset.sent);
  for (const field of document.querySelectorAll("[data-draft]")) {
    field.value ||= attempt(() => localStorage.getItem(mine + field.dataset.draft)) || "";
    count(field);
  }
}

function count(field) {
  const line = field.form?.querySelector("[data-counter]");
  if (!line || !field.dataset.limit) return;
  const length = [...field.value].length;
  line.hidden = !length;
  line.textContent = `${length}/${field.dataset.limit}`;
  line.classList.toggle("over", length > Number(field.dataset.limit));
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-draft]")) return;
  keep(target.dataset.draft, target.value);
  count(target);
});
document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-sign-out]")) forget("draft:");
});
document.addEventListener("htmx:afterSettle", restore);
restore();
