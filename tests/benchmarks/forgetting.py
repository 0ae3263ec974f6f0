"""A round of forgetting on a big desk, while somebody works: `python -m tests.benchmarks.forgetting --json`.

The oldest mentions are past their time; a colleague writes a note every 50 ms, and how long each takes is measured.
"""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from threading import Event, Thread

import click
import numpy as np
from sqlalchemy import func, select

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Mention, User
from monitor.privacy.erasing import erase
from monitor.privacy.people import person_of
from monitor.privacy.retention import forget_due
from monitor.privacy.settings import RetentionSettings
from monitor.privacy.tidying import tidy
from monitor.store import Store
from tests.benchmarks.million import HEAVY_AUTHOR, fill
from tests.benchmarks.stores import throwaway

PAUSE = 0.05  # seconds between two notes


@dataclass
class Account:
    """What a round took, and what those who worked meanwhile waited; times in seconds unless they say ms."""

    database: str
    mentions: int
    forgotten: int
    forget_s: float
    tidy_s: float
    notes: int
    note_ms_p50: float
    note_ms_p99: float
    note_ms_most: float
    erased: int  # mentions of one author
    erase_s: float


class Colleague:
    """Writes a note again and again, each in a transaction of its own."""

    def __init__(self, store: Store, mention_id: int) -> None:
        self.store, self.mention_id = store, mention_id
        self.waits: list[float] = []
        self.over = Event()
        self.thread = Thread(target=self.work)

    def work(self) -> None:
        while not self.over.wait(PAUSE):
            begun = time.perf_counter()
            with self.store.write() as session:
                user = session.get_one(User, 1)
                desk.add_note(session, self.mention_id, user, "called them again", utcnow())
            self.waits.append(time.perf_counter() - begun)


@contextmanager
def at_work(store: Store, mention_id: int) -> Iterator[Colleague]:
    colleague = Colleague(store, mention_id)
    colleague.thread.start()
    try:
        yield colleague
    finally:
        colleague.over.set()
        colleague.thread.join()


def measure(store: Store, mentions: int, days: int) -> Account:
    """Fill an empty store, forget what was closed so many days ago, then erase whoever wrote most."""
    now = utcnow()
    fill(store, mentions, now)
    with at_work(store, mentions) as colleague:
        begun = time.perf_counter()
        done = forget_due(store, RetentionSettings(mentions=timedelta(days=days)), now)
        forgot = time.perf_counter()
    waits = np.array(colleague.waits or [0.0]) * 1_000
    begun_to_tidy = time.perf_counter()
    tidy(store)
    tidied = time.perf_counter()
    with store.read() as session:
        person = person_of(session, HEAVY_AUTHOR)
        theirs = session.scalar(select(func.count(Mention.id)).where(Mention.author_id == HEAVY_AUTHOR)) or 0
    erase(store, person, None, now)
    return Account(
        store.engine.dialect.name,
        mentions,
        done["mentions"],
        round(forgot - begun, 1),
        round(tidied - begun_to_tidy, 1),
        len(colleague.waits),
        round(float(np.percentile(waits, 50)), 1),
        round(float(np.percentile(waits, 99)), 1),
        round(float(waits.max()), 1),
        theirs,
        round(time.perf_counter() - tidied, 1),
    )


@click.command()
@click.option("--mentions", default=1_000_000, show_default=True)
@click.option("--days", default=350, show_default=True, help="Closed before then is past its time; the oldest is 359.")
@click.option("--postgresql", is_flag=True, help="A PostgreSQL of its own instead of SQLite.")
@click.option("--json", "as_json", is_flag=True)
def main(mentions: int, days: int, postgresql: bool, as_json: bool) -> None:
    """Forget, erase, and print what it took."""
    with throwaway(postgresql) as address, closing(Store(address("forgetting"))) as store:
        store.ensure()
        account = measure(store, mentions, days)
    if as_json:
        click.echo(json.dumps(asdict(account)))
        return
    for name, value in asdict(account).items():
        click.echo(f"{name.replace('_', ' '):14} {value}")


if __name__ == "__main__":
    main()
