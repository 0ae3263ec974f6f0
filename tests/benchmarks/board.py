"""How fast the board is with many mentions: `python -m tests.benchmarks.board --mentions 1000000 --json`.

For the first page of the queue, its page 1,000, searching, and the pages of mentions, also of those in the longest
conversation and by the busiest author: the server's time from a request to its answer, and how many reads it took. The
pages are drawn in full, by the application itself, one request at a time. On a busy machine the time of the processor
alone says more: ours, and with a PostgreSQL on this machine what it worked for the request.
"""

import gc
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import click
from flask.testing import FlaskClient
from sqlalchemy import func, select

from monitor import users
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.models import Mention, User
from monitor.queries.queue import PAGE_SIZE, QueueFilter, filtered, order, write_cursor
from monitor.settings import BrandSettings, Settings
from monitor.store import Store
from tests.benchmarks.million import BRANDS, fill
from tests.web.counting import count_statements
from tests.web.forms import spend_link
from web import create_app

WORDS = (
    "case 77123", '"charged twice" voucher', "refund", "broken gate", "refun*", "person1234", "lovely", "sorry",
    "ab17", "r1234", "case ab17 r1234",
)  # fmt: skip
WARMING = 12  # after so many PostgreSQL keeps its plans
DEEP = 1_000  # the page far down


class Person:
    """Somebody who looks at pages."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.app = store, create_app(settings, store, secret_key="benchmark")
        with store.write() as session:
            user = session.scalars(select(User).order_by(User.id)).first()
            token = users.make_sign_in_link(session, user, utcnow()) if user else ""
        self.client: FlaskClient = self.app.test_client()
        spend_link(self.client, token)

    def measure(self, addresses: list[str]) -> dict[str, float]:
        for address in addresses[:WARMING]:
            self.client.get(address)
        gc.freeze()  # as the server does
        times, work, queries, worker = [], [], 0, self.find_worker()
        for address in addresses:
            with count_statements(self.store) as statements:
                begun, worked, helped = time.perf_counter(), time.thread_time(), work_of(worker)
                answer = self.client.get(address)
                times.append((time.perf_counter() - begun) * 1000)
                work.append((time.thread_time() - worked + work_of(worker) - helped) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{address} was answered with {answer.status_code}.")
            queries = max(queries, len(statements))
        cuts, of_work = quantiles(times, n=20), quantiles(work, n=20)
        told = {"p50_ms": cuts[9], "p95_ms": cuts[18], "p50_cpu_ms": of_work[9], "p95_cpu_ms": of_work[18]}
        return {**{name: round(value, 1) for name, value in told.items()}, "queries": queries}

    def find_worker(self) -> int:
        """The PostgreSQL process that answers us, as every request takes the same connection; 0 on SQLite."""
        if self.store.engine.dialect.name == "sqlite":
            return 0
        with self.store.read() as session:
            return session.scalar(select(func.pg_backend_pid())) or 0


def work_of(process: int) -> float:
    """Seconds for which another process has worked; 0 where there is none on this machine."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if process and told.exists() else 0.0


@contextmanager
def filled_store(folder: Path, database: str, mentions: int) -> Iterator[tuple[Store, Settings]]:
    """A desk with so many mentions; one that is there already is used as it is."""
    url = database or f"sqlite:///{folder}/desk.db"
    settings = Settings(
        brands=tuple(BrandSettings(name=f"Brand {number + 1}") for number in range(BRANDS)), database_url=url
    )
    store = Store(url)
    store.upgrade()
    with store.read() as session:
        empty = session.scalar(select(Mention.id).limit(1)) is None
    if empty:
        fill(store, mentions, utcnow())
    with store.write() as session:
        sync_settings(session, settings, utcnow())
    yield store, settings
    store.close()


def page_addresses(store: Store, rounds: int) -> dict[str, list[str]]:
    draw = random.Random(7)
    with store.read() as session:
        ordered = filtered(session, select(Mention), QueueFilter(), utcnow()).order_by(*order)
        far = session.scalars(ordered.offset((DEEP - 1) * PAGE_SIZE - 1).limit(1)).first()
        last = session.scalar(select(Mention.id).order_by(Mention.id.desc()).limit(1)) or 1
    if far is None:
        click.echo(f"The queue has no page {DEEP:,}; that is left out.", err=True)
    found = {
        "queue": ["/"] * rounds,
        "page 1000": [f"/?cursor={write_cursor(far)}"] * rounds if far else [],
        "search": [f"/?q={WORDS[number % len(WORDS)]}" for number in range(rounds)],
        "search everything": [f"/?status=all&q={WORDS[number % len(WORDS)]}" for number in range(rounds)],
        "mention": [f"/mentions/{draw.randint(1, last)}" for _ in range(rounds)],
        "long conversation": [f"/mentions/{500 * draw.randrange(max(1, last // 500)) + 1}" for _ in range(rounds)],
        "busy author": [f"/mentions/{min(last, 50 * draw.randrange(max(1, last // 50)) + 2)}" for _ in range(rounds)],
    }
    return {page: addresses for page, addresses in found.items() if addresses}


@click.command()
@click.option("--mentions", default=1_000_000, show_default=True)
@click.option("--rounds", default=100, show_default=True, help="Requests for each page.")
@click.option("--database", default="", help="A database to fill, or that was filled before; else SQLite.")
@click.option("--json", "as_json", is_flag=True)
def main(mentions: int, rounds: int, database: str, as_json: bool) -> None:
    """Fill a desk, ask for its pages, and print what they took."""
    with tempfile.TemporaryDirectory() as folder, filled_store(Path(folder), database, mentions) as (store, settings):
        person = Person(store, settings)
        told = {page: person.measure(found) for page, found in page_addresses(store, rounds).items()}
    if as_json:
        click.echo(json.dumps({**told, "load": round(os.getloadavg()[0], 1)}))
        return
    for page, numbers in told.items():
        click.echo(f"{page:18} " + "  ".join(f"{name} {value}" for name, value in numbers.items()))


if __name__ == "__main__":
    main()
