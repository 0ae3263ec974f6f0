// Opening a mention beside the queue: its row stays marked, it begins at its top; menus close by themselves.
import { _ } from "./words.js";

const narrow = matchMedia("(width < 68.75em)");

function opened() {
  const column = document.getElementById("mention");
  const id = column.querySelector("[data-mention]")?.dataset.mention;
  document.querySelectorAll(".row > a[aria-current]").forEach((link) => link.removeAttribute("aria-current"));
  document.querySelector(`#row-${id} > a`)?.setAttribute("aria-current", "true");
}

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (target.id !== "mention" && target.id !== "queue") return;
  opened();
  if (target.id !== "mention") return;
  // What had the focus was swapped away: go on from the mention's head, not from the top of the page.
  if (detail.requestConfig?.verb !== "get") {
    if (document.activeElement === document.body) document.getElementById("author")?.focus({ preventScroll: true });
    return;
  }
  target.scrollTop = 0;
  if (!narrow.matches) return;
  scrollTo(0, 0);
  target.focus({ preventScroll: true });
});

document.addEventListener("click", async ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  const copying = target.closest("[data-copy]");
  if (!copying) return;
  await navigator.clipboard.writeText(document.getElementById(copying.dataset.copy).value);
  copying.textContent = _("Copied");
});

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
