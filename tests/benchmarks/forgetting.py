"""Rounds of forgetting on a big desk, while people work: `python -m tests.benchmarks.forgetting --json`.

The oldest mentions are past their time. Meanwhile a colleague writes a note every 50 ms and another opens the queue
four times a second; how long each waits is measured, and the longest of the transactions that forget.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import click
import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Mention, User
from monitor.privacy.erasing import erase
from monitor.privacy.people import person_of
from monitor.privacy.retention import Forgetting
from monitor.privacy.settings import RetentionSettings
from monitor.privacy.tidying import tidy
from monitor.settings import Settings
from monitor.store import Store
from tests.benchmarks.board import Person, filled_store
from tests.benchmarks.million import HEAVY_AUTHOR
from tests.benchmarks.stores import throwaway

BETWEEN_NOTES, BETWEEN_PAGES = 0.05, 0.25  # seconds


class Watched(Store):
    """A store that knows how long others had to wait for the longest of its writes.

    In seconds, from when it has the lock until what it wrote is kept: of the clock, and of the processor alone, which
    on a busy machine says more.
    """

    longest = longest_cpu = 0.0

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            session.connection()
            begun, worked = time.perf_counter(), time.thread_time()
            yield session
        self.longest = max(self.longest, time.perf_counter() - begun)
        self.longest_cpu = max(self.longest_cpu, time.thread_time() - worked)


class Colleague:
    """Does one thing again and again, and remembers how long each took."""

    def __init__(self, work: Callable[[], None], pause: float) -> None:
        self.work, self.pause = work, pause
        self.waits: list[float] = []
        self.over = Event()
        self.thread = Thread(target=self.go_on)

    def go_on(self) -> None:
        while not self.over.wait(self.pause):
            begun = time.perf_counter()
            self.work()
            self.waits.append(time.perf_counter() - begun)

    def tell(self) -> dict[str, float]:
        waits = np.array(self.waits or [0.0]) * 1_000
        told = {"p50": np.percentile(waits, 50), "p99": np.percentile(waits, 99), "most": waits.max()}
        return {"times": len(self.waits), **{name: round(float(ms), 1) for name, ms in told.items()}}


@dataclass
class Account:
    """What was done, in seconds in all and of the longest write; what the others waited, in ms."""

    database: str
    mentions: int
    forgotten: int
    forget_s: dict[str, float]
    tidy_s: dict[str, float]
    notes_ms: dict[str, float]
    pages_ms: dict[str, float]
    erased: int  # mentions of one author
    erase_s: dict[str, float]


@contextmanager
def at_work(*colleagues: Colleague) -> Iterator[None]:
    for colleague in colleagues:
        colleague.thread.start()
    try:
        yield
    finally:
        for colleague in colleagues:
            colleague.over.set()
            colleague.thread.join()


def make_colleagues(store: Store, settings: Settings) -> tuple[Colleague, Colleague]:
    """One who writes notes on a mention, and one who opens the queue."""
    person = Person(store, settings)
    with store.read() as session:
        first = session.scalars(select(Mention.id).order_by(Mention.id).limit(1)).one()

    def write_note() -> None:
        with store.write() as session:
            desk.add_note(session, first, session.get_one(User, 1), "called them again", utcnow())

    def open_queue() -> None:
        assert person.client.get("/").status_code == 200

    return Colleague(write_note, BETWEEN_NOTES), Colleague(open_queue, BETWEEN_PAGES)


def timed(store: Watched, work: Callable[[], object]) -> dict[str, float]:
    """Seconds in all, and of the longest write by the clock and by the processor."""
    store.longest, store.longest_cpu = 0.0, 0.0
    begun, worked = time.perf_counter(), time.thread_time()
    work()
    took = {"all": time.perf_counter() - begun, "all_cpu": time.thread_time() - worked}
    took |= {"longest": store.longest, "longest_cpu": store.longest_cpu}
    return {name: round(seconds, 3) for name, seconds in took.items()}


def erase_busiest(store: Store) -> None:
    with store.read() as session:
        person = person_of(session, HEAVY_AUTHOR)
    erase(store, person, None, utcnow())


def measure(store: Store, settings: Settings, days: int) -> Account:
    """Forget what was closed so many days ago, then erase whoever wrote most."""
    rules = RetentionSettings(mentions=timedelta(days=days))
    watched = Watched(settings.store_url)
    forgetting = Forgetting(watched, rules, utcnow(), Event())
    notes, pages = make_colleagues(store, settings)
    with store.read() as session:
        mentions = session.scalar(select(func.count(Mention.id))) or 0
    with at_work(notes, pages):
        forget = timed(watched, forgetting.run)
        tidied = timed(watched, lambda: tidy(watched))
    with store.read() as session:
        theirs = session.scalar(select(func.count(Mention.id)).where(Mention.author_id == HEAVY_AUTHOR)) or 0
    erased = timed(watched, lambda: erase_busiest(watched))
    watched.close()
    forgotten = forgetting.done["mentions"]
    name = store.engine.dialect.name
    return Account(name, mentions, forgotten, forget, tidied, notes.tell(), pages.tell(), theirs, erased)


@click.command()
@click.option("--mentions", default=1_000_000, show_default=True)
@click.option("--days", default=350, show_default=True, help="Closed before then is past its time; the oldest is 359.")
@click.option("--database", default="", help="One to fill, or that was filled before, and that is forgotten from.")
@click.option("--postgresql", is_flag=True, help="A PostgreSQL of its own instead of SQLite.")
@click.option("--json", "as_json", is_flag=True)
def main(mentions: int, days: int, database: str, postgresql: bool, as_json: bool) -> None:
    """Forget, erase, and print what it took."""
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway(postgresql) as address,
        filled_store(Path(folder), database or address("forgetting"), mentions) as (store, settings),
    ):
        account = measure(store, settings, days)
    if as_json:
        click.echo(json.dumps(asdict(account)))
        return
    for name, value in asdict(account).items():
        click.echo(f"{name.replace('_', ' '):18} {value}")


if __name__ == "__main__":
    main()
