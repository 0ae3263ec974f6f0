"""Many feeds on one machine: is every healthy one polled on time while others hang?

    .venv/bin/python -m tests.benchmarks.feeds [--feeds 500] [--minutes 3] [--hanging 0.05] [--every 60] [--json]

The real clockwork polls feeds of the fake X, which runs as a process of its own; `--hanging` of them ask an address
that accepts the connection and never answers, and so hold a poller until their timeout of 20 s. Posts keep arriving and
are judged by the real model. Printed:

polls            of healthy feeds
p50/p95/max_lateness_s
                 seconds from when a healthy feed was due to when its poll began; one that still waits at the end counts
                 with its wait so far
polled           healthy feeds that were polled at all
rss_mb           the most memory that the desk's process held, with the model and the feeds' clients in it
"""

import json
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click
import requests
import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from classifier.engine import load
from monitor.brands import sync_settings
from monitor.cli.context import progress
from monitor.clock import utcnow
from monitor.clockwork.polls import Polls
from monitor.models import Feed
from monitor.scheduler import Clockwork
from monitor.settings import Settings
from monitor.store import Store
from tests.platforms.x import TOKEN

HANGING = "hanging"
FEEDS_A_BRAND = 10


class Watched(Polls):
    """Writes down how late each poll of a healthy feed began."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.lateness: dict[int, list[float]] = {}

    def poll_one(self, feed_id: int) -> None:
        with self.store.read() as session:
            feed = session.get_one(Feed, feed_id)
        if not feed.name.startswith(HANGING):
            self.lateness.setdefault(feed_id, []).append((utcnow() - feed.next_poll_at).total_seconds())
        super().poll_one(feed_id)


@click.command()
@click.option("--feeds", default=500, show_default=True)
@click.option("--minutes", default=3.0, show_default=True, help="How long to watch.")
@click.option("--hanging", default=0.05, show_default=True, help="The part of the feeds that never answer.")
@click.option("--every", default=60, show_default=True, help="Seconds between two polls of a feed.")
@click.option("--json", "as_json", is_flag=True)
def feeds(feeds: int, minutes: float, hanging: float, every: int, as_json: bool) -> None:
    """Measure how late polls begin."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # hanging feeds are no news here
    with tempfile.TemporaryDirectory() as folder, run_platforms() as url, run_black_hole() as hole:
        settings = make_settings(Path(folder), feeds, round(feeds * hanging), every, url, hole)
        store = Store(settings.store_url)
        store.ensure()
        with store.write() as session:
            sync_settings(session, settings, utcnow())
        environment = {"MENTIONDESK_X_BEARER_TOKEN": TOKEN}
        clockwork = Clockwork(store, settings, load, environment)
        clockwork.plans.polls = polls = Watched(store, settings, environment)
        watch(clockwork, minutes * 60, url)
        found = describe(polls, utcnow())
        clockwork.stop()
    print(json.dumps(found)) if as_json else show(found)


@contextmanager
def run_platforms() -> Iterator[str]:
    """The fake platforms in a process of their own, so that the desk's memory is measured alone; their address."""
    command = [sys.executable, "-m", "tests.platforms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().split()[4]
        finally:
            process.terminate()


@contextmanager
def run_black_hole() -> Iterator[str]:
    """An address that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        held: list[socket.socket] = []

        def hold() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=hold, name="black-hole", daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for each in held:
            each.close()


def make_settings(folder: Path, feeds: int, hanging: int, every: int, url: str, hole: str) -> Settings:
    """Brands of ten feeds each; those that hang are spread among them."""
    step = max(feeds // hanging, 1) if hanging else feeds + 1
    all_feeds = [make_feed(number, every, url, hole, number % step == 0 and number // step < hanging)
                 for number in range(feeds)]  # fmt: skip
    brands = [
        {"name": f"Brand {start}", "terms": [f"brand{start}"], "feed": all_feeds[start : start + FEEDS_A_BRAND]}
        for start in range(0, feeds, FEEDS_A_BRAND)
    ]
    return Settings.model_validate({"brand": brands, "home": folder})


def make_feed(number: int, every: int, url: str, hole: str, hangs: bool) -> dict[str, Any]:
    name = f"{HANGING if hangs else 'feed'}-{number}"
    query = f"aurora{number}"
    return {
        "name": name,
        "source": "x",
        "every": f"{every}s",
        "query": query,
        "base_url": hole if hangs else f"{url}/x",
    }


def watch(clockwork: Clockwork, seconds: float, url: str) -> None:
    """Let the clock run while a post arrives every second."""
    count = sum(len(brand.feeds) for brand in clockwork.settings.brands)
    clockwork.start()
    end = time.monotonic() + seconds
    with progress() as bar:
        task = bar.add_task("Watching", total=round(seconds), note="seconds")
        for second in range(round(seconds)):
            text = f"aurora{second % count} my card was charged twice, number {second}"
            requests.post(f"{url}/control/x/post", json={"text": text}, timeout=5)
            time.sleep(max(0, end - time.monotonic() - (round(seconds) - second - 1)))
            bar.advance(task)


def describe(polls: Watched, now: datetime) -> dict[str, Any]:
    with polls.store.read() as session:
        healthy = select(Feed).where(Feed.name.not_like(f"{HANGING}%"))
        rows = list(session.scalars(healthy))
    waiting = [
        (now - row.next_poll_at).total_seconds() for row in rows if row.next_poll_at < now and not row.lease_until
    ]
    late = [max(each, 0.0) for times in list(polls.lateness.values()) for each in times] + waiting
    return {
        "feeds": sum(len(brand.feeds) for brand in polls.settings.brands),
        "healthy": len(rows),
        "polled": len(polls.lateness),
        "polls": len(late) - len(waiting),
        "p50_lateness_s": round(median(late), 2),
        "p95_lateness_s": round(quantiles(late, n=20)[-1], 2),
        "max_lateness_s": round(max(late), 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def show(found: dict[str, Any]) -> None:
    table = Table("what", "measured")
    for name, value in found.items():
        table.add_row(name, f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    feeds()
