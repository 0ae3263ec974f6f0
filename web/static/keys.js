// One key for each frequent thing. Whatever carries data-key is pressed, or focused where one types.
const sheet = document.getElementById("keys");
const OFF = "keys-off";

function off() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

function move(step) {
  const rows = [...document.querySelectorAll("#rows .row > a")];
  const here = rows.findIndex((row) => row === document.activeElement);
  const from = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
  rows[Math.max(0, Math.min(rows.length - 1, from + step))]?.focus();
}

function press(key) {
  const wanted = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility());
  if (!wanted) return false;
  if (wanted.matches("input, textarea")) wanted.focus();
  else wanted.click();
  return true;
}

const typing = (element) => element.closest("input, textarea, select, dialog, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") return sheet?.showModal();
  if (off()) return;
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (!press(event.key)) return;
  event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keys-open]")) sheet?.showModal();
});

const box = sheet?.querySelector("[data-keys-switch]");
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => {
    try { localStorage.setItem(OFF, box.checked ? "0" : "1"); } catch { /* it lasts for this page */ }
  });
}
