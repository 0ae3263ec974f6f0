// Says what this window looks at, so that colleagues see it; said again and again, because silence means gone.
const EVERY = 15000;
const PAUSE = 8000; // after the last key, writing is reading again

let typed = 0;
let shown = 0;
let doing = "";

function say() {
  const form = document.getElementById("presence");
  if (!form || !document.body.dataset.user) return;
  const open = Number(document.querySelector("[data-mention]")?.dataset.mention ?? 0);
  const now = document.hidden ? "away" : Date.now() - typed < PAUSE ? "writing" : "reading";
  const body = new FormData(form);
  body.set("mention", open);
  body.set("left", shown);
  body.set("doing", now);
  [shown, doing] = [open, now];
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {}); // the next one says it again
}

document.addEventListener("input", ({ target }) => {
  if (!target.closest("[data-mention] textarea")) return;
  typed = Date.now();
  if (doing !== "writing") say();
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "mention") say();
});
document.addEventListener("visibilitychange", say);
setInterval(() => {
  if (!document.hidden) say();
}, EVERY);
setInterval(() => {
  if (doing === "writing" && Date.now() - typed >= PAUSE) say();
}, 1000);
say();
