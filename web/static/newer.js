// Gathers what is new behind "4 new", so that nothing moves under the pointer until it is asked for.
const EVERY = 5000;

async function look() {
  const banner = document.getElementById("newer");
  if (!banner || document.hidden) return;
  const address = banner.dataset.newer;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    offline(!answer.ok);
    if (!answer.ok || !banner.isConnected) return;
    const { count } = await answer.json();
    show(banner.querySelector("a"), count);
  } catch {
    offline(true);
  }
}

function show(link, count) {
  const words = count ? `${count} new` : "";
  if (link.textContent !== words) link.textContent = words;
  link.hidden = !count;
}

function offline(is) {
  const line = document.getElementById("offline");
  if (line) line.hidden = !is;
}

document.addEventListener("htmx:sendError", () => offline(true));
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY);
