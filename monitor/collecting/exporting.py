"""Writing a brand's mentions to a file that `import` reads back: the posts as they are, without judgement and care."""

import csv
import json
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from monitor.desk import NotFound
from monitor.models import Brand, Mention
from monitor.store import Store
from monitor.words import Status
from sources.formulas import COLUMN, disarm
from sources.rows import OPTIONAL, REQUIRED

BATCH = 500
COLUMNS = (*REQUIRED, *OPTIONAL)


@dataclass(frozen=True)
class Wanted:
    """Which mentions: of one brand, posted from `since` on and before `until`."""

    brand: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Exported:
    """How many were written, and how many were left out because they are deleted at their platform."""

    written: int
    gone: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def count_wanted(session: Session, wanted: Wanted) -> tuple[int, int]:
    """How many mentions there are to write, and how many are gone. Raises `NotFound` for an unknown brand."""
    if session.scalar(select(Brand.id).where(Brand.name == wanted.brand)) is None:
        raise NotFound(f"There is no brand named {wanted.brand}.")
    chosen = choose(select(func.count(Mention.id)), wanted)
    total = session.scalar(chosen) or 0
    gone = session.scalar(chosen.where(Mention.status == Status.GONE)) or 0
    return total - gone, gone


def export_file(
    store: Store, wanted: Wanted, path: Path, form: str, *, progress: Callable[[int], None] = lambda rows: None
) -> Exported:
    """Write the mentions in order of posting. The file appears whole or not at all. Raises `NotFound`, `OSError`."""
    with store.read() as session:
        _, gone = count_wanted(session, wanted)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with draft.open("w", encoding="utf-8", newline="") as file, closing(read_rows(session, wanted)) as rows:
                written = write_rows(file, rows, form, progress)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return Exported(written, gone)


def read_rows(session: Session, wanted: Wanted) -> Generator[dict[str, Any], None, None]:
    statement = choose(select(Mention), wanted).where(Mention.status != Status.GONE)
    statement = statement.order_by(Mention.posted_at, Mention.id).options(joinedload(Mention.author))
    with closing(session.scalars(statement.execution_options(yield_per=BATCH))) as found:
        for mention in found:
            yield make_row(mention)
            session.expunge(mention)  # a large export must not fill the memory


def choose(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    statement = statement.join(Mention.brand).where(Brand.name == wanted.brand)
    if wanted.since:
        statement = statement.where(Mention.posted_at >= wanted.since)
    return statement.where(Mention.posted_at < wanted.until) if wanted.until else statement


def make_row(mention: Mention) -> dict[str, Any]:
    """A row of an import, without what it has no value for."""
    author = mention.author
    row = {
        "id": mention.post_id,
        "root_id": mention.root_post_id if mention.root_post_id != mention.post_id else None,
        "text": mention.text,
        "created_at": mention.posted_at.isoformat(),
        "author": author.handle if author else None,
        "author_id": author.platform_id if author else None,
        "author_name": author.name if author else None,
        "followers": author.followers if author else None,
        "author_gone": None if author else True,
        "source": mention.source,
        "url": mention.url,
        "in_reply_to": mention.in_reply_to,
        "thread_id": mention.thread_id,
        "lang": mention.lang,
        "likes": mention.likes,
        "reposts": mention.reposts,
        "extra": mention.extra,
    }
    return {name: value for name, value in row.items() if value not in (None, "", {})}


def write_rows(file: TextIO, rows: Iterable[dict[str, Any]], form: str, progress: Callable[[int], None]) -> int:
    write = csv_writer(file) if form == "csv" else json_writer(file)
    written = 0
    for row in rows:
        write(row)
        written += 1
        progress(1)
    return written


def json_writer(file: TextIO) -> Callable[[dict[str, Any]], None]:
    return lambda row: print(json.dumps(row, ensure_ascii=False), file=file)


def csv_writer(file: TextIO) -> Callable[[dict[str, Any]], None]:
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()

    def write(row: dict[str, Any]) -> None:
        cells = {name: disarm(to_cell(value)) for name, value in row.items()}
        writer.writerow({**cells, COLUMN: "on"})

    return write


def to_cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
