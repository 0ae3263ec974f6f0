"""A copy of a SQLite store while the desk runs; with PostgreSQL that is the business of pg_dump."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from monitor.store import Store, StoreError

PAGES = 2_000  # copied at a time, so that a long copy shows how far it is
BUSY_SECONDS = 15

Progress = Callable[[int, int], None]
"""How many pages are copied, and of how many."""


def back_up(store: Store, path: Path, progress: Progress = lambda done, total: None) -> int:
    """Write a whole and checked copy; its size in bytes. The file appears when it is whole, or not at all.

    It is the store of one moment: what is written meanwhile is in it, or comes after it. Raises `StoreError`.
    """
    database = store.engine.url.database
    if store.engine.dialect.name != "sqlite" or not database:
        raise StoreError("This desk keeps its data in PostgreSQL; back it up with `pg_dump --format=custom`.")
    if path.exists():
        raise StoreError(f"{path} is there already; give the copy another name.")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        copy(database, draft, progress)
        draft.replace(path)
    except sqlite3.Error as error:
        raise StoreError(f"The copy could not be made: {error}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size


def copy(database: str, draft: Path, progress: Progress) -> None:
    """Copy and check. The copy is one file: it has no write-ahead log of its own."""
    with closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as source, closing(sqlite3.connect(draft)) as target:
        draft.chmod(0o600)  # it holds what people wrote
        # One reader's view for all of it: otherwise each write by the desk would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=PAGES, progress=lambda _status, left, total: progress(total - left, total))
        target.execute("PRAGMA journal_mode=DELETE")
        found = target.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"The copy is not whole, so the database itself may be damaged: {found}.")
