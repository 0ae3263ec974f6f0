"""The way of many mentions: import, store, judge and page through a file of posts.

    .venv/bin/python -m tests.benchmarks.way ../shared/data/stream/airline.jsonl [--database URL] [--json]

Prints seconds for a first and a second import and for judging all of it, the most memory the process held, and
the server's time for the board's first page and for a page far down the queue.
"""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeVar

import click
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table

from classifier.engine import load
from monitor import queries, users
from monitor.cli.context import progress
from monitor.clock import utcnow
from monitor.collecting.importing import Imported, import_file
from monitor.judging.triage import triage_batch
from monitor.queries import QueueFilter
from monitor.settings import Settings
from monitor.store import Store
from web import create_app

BRAND = "Benchmark"
ROUNDS = 40
Result = TypeVar("Result")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--database", help="Instead of a new SQLite file; must be empty.")
@click.option("--json", "as_json", is_flag=True)
def way(file: Path, database: str | None, as_json: bool) -> None:
    """Measure the way of one mention, times many."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(database or f"sqlite:///{folder}/desk.db")
        store.ensure()
        settings = Settings(home=Path(folder))
        found = {**measure_import(store, settings, file), **measure_triage(store, settings)}
        found["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        found |= measure_pages(store, settings)
        store.close()
    if as_json:
        print(json.dumps(found))
    else:
        show(found)


def measure_import(store: Store, settings: Settings, file: Path) -> dict[str, Any]:
    def run() -> Imported:
        return import_file(
            store, settings, file, BRAND, "jsonl", utcnow(), complain=lambda line: None, progress=lambda rows: None
        )

    first, seconds = timed(run)
    again, seconds_again = timed(run)
    return {
        "stored": first.stored,
        "import_s": seconds,
        "stored_again": again.stored,
        "import_again_s": seconds_again,
    }


def measure_triage(store: Store, settings: Settings) -> dict[str, Any]:
    with store.read() as session:
        waiting = queries.waiting_for_triage(session)

    def run() -> None:
        classifier = load(threads=os.cpu_count() or 1)
        with progress() as bar:
            task = bar.add_task("Judging", total=waiting, note="mentions")
            while done := triage_batch(store, classifier, settings, utcnow(), size=256):
                bar.advance(task, done)

    _, seconds = timed(run)
    return {"triage_s": seconds, "mentions_per_s": round(waiting / seconds)}


def measure_pages(store: Store, settings: Settings) -> dict[str, Any]:
    """The board's queue at its first page and near its end, and a mention's page: median and p95 in milliseconds."""
    browser = sign_in(store, settings)
    with store.read() as session:
        page = queries.queue_page(session, QueueFilter(), utcnow())
        last = page.next
        for _ in range(100):
            last = page.next or last
            page = queries.queue_page(session, QueueFilter(), utcnow(), page.next or last)
    pages = {"first_page": "/", "page_100": f"/?cursor={last}", "mention": f"/mentions/{page.mentions[0].id}"}
    return {f"{name}_{key}": value for name, path in pages.items() for key, value in ask(browser, path).items()}


def sign_in(store: Store, settings: Settings) -> FlaskClient:
    with store.write() as session:
        user = users.add_user(session, "Bench", "agent", utcnow())
        token = users.make_sign_in_link(session, user, utcnow())
    app = create_app(settings, store, secret_key="benchmark")
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    browser.post(f"/sign-in/{token}")
    return browser


def ask(browser: FlaskClient, path: str) -> dict[str, float]:
    def run() -> int:
        return browser.get(path).status_code

    times = []
    for _ in range(ROUNDS):
        status, seconds = timed(run, digits=6)
        assert status == 200, f"{path} answered {status}"
        times.append(seconds * 1000)
    return {"p50_ms": round(median(times), 1), "p95_ms": round(quantiles(times, n=20)[-1], 1)}


def timed(run: Callable[[], Result], digits: int = 1) -> tuple[Result, float]:
    start = time.perf_counter()
    result = run()
    return result, round(time.perf_counter() - start, digits)


def show(found: dict[str, Any]) -> None:
    table = Table("what", "measured")
    for name, value in found.items():
        table.add_row(name, f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    way()
