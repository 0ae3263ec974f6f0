// Keeps an open board true: listens to what happens, and asks every few seconds where listening is not possible.
import * as screen from "./screen.js";

const POLL = 5000; // while no stream is to be had
const TRY_AGAIN = 60000; // for a stream
const SILENCE = 40000; // the desk says something every 15 s; after this long the line is lost without anybody noticing
const GRACE = 2500; // a restart is over sooner than this, and need not alarm anybody

let source = null;
let address = "";
let heard = null; // the id of the last event
let last = Date.now();
let polling = null;
let turn = 0; // an answer that comes after we went another way is not ours any more
let well = true;
let lost = false;

const wanted = () => document.querySelector("[data-events]")?.dataset.events ?? "/events";

function from(where) {
  const url = new URL(where, location.href);
  if (heard !== null) url.searchParams.set("after", heard);
  return url;
}

function hear(name, data, id) {
  last = Date.now();
  well = true;
  if (id !== undefined) heard = Number(id);
  found();
  screen.show(name, JSON.parse(data));
}

function listen() {
  stop();
  if (document.hidden || !document.body.dataset.user) return;
  address = wanted();
  source = new EventSource(from(address));
  for (const name of ["changed", "counts", "present", "memos", "stale", "beat"]) {
    source.addEventListener(name, (event) => hear(name, event.data, event.lastEventId));
  }
  source.addEventListener("error", () => {
    well = false;
    setTimeout(lose, GRACE);
    if (source?.readyState === EventSource.CLOSED) poll(); // no thread left for us, or no desk, or signed out
  });
}

function stop() {
  turn += 1;
  source?.close();
  source = null;
  clearTimeout(polling);
  polling = null;
}

function poll() {
  stop();
  const began = Date.now();
  const mine = turn;
  const ask = async () => {
    if (Date.now() - began > TRY_AGAIN) return listen();
    try {
      const url = from(address);
      url.searchParams.set("poll", "1");
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (mine !== turn) return;
      if (answer.redirected) return location.reload(); // signed out meanwhile
      if (!answer.ok) throw new Error(answer.status);
      const { position, messages } = await answer.json();
      for (const [name, data] of messages) hear(name, JSON.stringify(data), position);
    } catch {
      if (mine !== turn) return;
      well = false;
      lose();
    }
    polling = setTimeout(ask, POLL);
  };
  polling = setTimeout(ask, 0);
}

function lose() {
  if (well || lost || document.hidden) return;
  lost = true;
  screen.offline(true);
}

function found() {
  if (!lost) return;
  lost = false;
  screen.offline(false);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
  else listen();
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "queue" || wanted() === address) return;
  heard = null; // the new rows say themselves from where on
  listen();
});
document.addEventListener("htmx:sendError", () => {
  well = false;
  lose();
});
// While the desk is away a web server in front answers in its place; what it says must not replace what somebody wrote.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400 || detail.xhr.getResponseHeader("X-Answered-By") === "mentiondesk") return;
  detail.shouldSwap = false;
  well = false;
  lose();
});
addEventListener("pagehide", stop);
setInterval(() => {
  if (source && Date.now() - last > SILENCE) listen();
}, SILENCE / 4);
listen();
