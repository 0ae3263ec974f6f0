// Where views or tabs are one line that scrolls sideways, the chosen one is in sight.
function reveal() {
  for (const chosen of document.querySelectorAll(":is(.views, .tabs) [aria-current]")) {
    const line = chosen.closest(".views, .tabs");
    line.scrollLeft += chosen.getBoundingClientRect().left - line.getBoundingClientRect().left - line.clientWidth / 3;
  }
}

reveal();
document.addEventListener("htmx:afterSettle", reveal);
