"""Loading posts from an export: batch by batch, every row counted, a bad one reported and passed over."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from monitor.activity import record
from monitor.brands import ensure_brand
from monitor.collecting.ingest import ingest_posts
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened
from sources.rows import Row, read_rows

BATCH = 500  # rows a transaction; small enough that the board's writers hardly wait


@dataclass
class Imported:
    """What became of the rows; `read` is the sum of the others."""

    read: int = 0
    stored: int = 0
    duplicates: int = 0
    edited: int = 0
    rejected: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def import_file(
    store: Store,
    settings: Settings,
    path: Path,
    brand: str,
    form: str,
    now: datetime,
    *,
    complain: Callable[[str], None],
    progress: Callable[[int], None],
) -> Imported:
    """Store every post of a file. Stopped at any moment, what was read is kept, and running it again adds the rest.

    `complain` is given one sentence a bad or mended row; `progress` the number of rows done with each batch.
    """
    total = Imported()
    for rows in batches(read_rows(path, form), BATCH):
        report_rows(rows, complain)
        store_batch(store, settings, brand, rows, total, now)
        progress(len(rows))
    with store.write() as session:
        record(session, Happened.IMPORTED, now, file=path.name, brand=brand, **total.as_json())
    return total


def store_batch(store: Store, settings: Settings, brand: str, rows: list[Row], total: Imported, now: datetime) -> None:
    posts = [row.post for row in rows if row.post]
    with store.write() as session:
        done = ingest_posts(session, posts, ensure_brand(session, brand, now), settings.brand(brand), now)
    total.read += len(rows)
    total.rejected += len(rows) - len(posts)
    total.stored += done.stored
    total.duplicates += done.duplicates
    total.edited += done.edited


def report_rows(rows: Iterable[Row], complain: Callable[[str], None]) -> None:
    for row in rows:
        if row.trouble or row.warning:
            complain(f"line {row.line}: {row.trouble or row.warning}")


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def guess_format(path: Path) -> str:
    return "csv" if path.suffix.lower() == ".csv" else "jsonl"
