"""How long many mentions at once take: `python -m tests.benchmarks.many --mentions 500 [--database URL] --json`."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.deeds import Asked, carry_out, undo
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Did
from tests.factories import make_mention, make_user

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it returns, and its seconds."""
    began = time.perf_counter()
    return work(), round(time.perf_counter() - began, 2)


def measure(store: Store, settings: Settings, number: int) -> dict[str, float]:
    """Correct that many as one deed, and take it back; seconds."""
    store.ensure()
    now = utcnow()
    with store.write() as session:
        sync_settings(session, settings, now)
        user_id = make_user(session, f"Ana {now:%H%M%S%f}").id
        ids = [make_mention(session).id for _ in range(number)]
    asked = Asked(Did.LABEL, labels={"urgency": "urgent"})
    results, done = timed(lambda: list(carry_out(store, settings, asked, ids, user_id, now)))
    undone, back = timed(lambda: undo(store, results[0].deed_id or 0, user_id, now))
    if len(undone.done) != number:
        raise SystemExit(f"Only {len(undone.done)} of {number} were taken back.")
    return {"mentions": number, "seconds": done, "undo_seconds": back}


@click.command()
@click.option("--mentions", default=500, show_default=True)
@click.option("--database", default="", help="SQLAlchemy address; a new SQLite file without it.")
@click.option("--json", "as_json", is_flag=True)
def main(mentions: int, database: str, as_json: bool) -> None:
    """Measure on one database."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(database or f"sqlite:///{folder}/desk.db")
        found = measure(store, Settings(brand=[{"name": "Aurora Air", "terms": ["x"]}], home=Path(folder)), mentions)
        store.close()
    click.echo(json.dumps(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
