"""Taking out of the database's files what was deleted from its tables: SQLite keeps such words for a while."""

from threading import Event

from sqlalchemy import text

from monitor.search.schema import TABLE
from monitor.store import Store

PAGES = 500  # of the index, merged in one transaction
BREATH = 0.02


def tidy(store: Store, stopping: Event | None = None) -> None:
    """Merge the index of words, which drops those of deleted rows, then empty the write-ahead log.

    Freed pages are overwritten by SQLite itself (`secure_delete`). PostgreSQL does all this by its own vacuum.
    """
    if store.engine.dialect.name != "sqlite":
        return
    stopping, pages = stopping or Event(), -PAGES  # below nothing: all of it, as `optimize`, but in steps
    while not stopping.is_set() and merge(store, pages):
        pages = PAGES
        stopping.wait(BREATH)
    with store.engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def merge(store: Store, pages: int) -> bool:
    """One step; whether there may be more to do. See "The 'merge' Command" in SQLite's documentation of FTS5."""
    with store.write() as session:
        before = session.scalar(text("SELECT total_changes()")) or 0
        session.execute(text(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', :pages)"), {"pages": pages})  # noqa: S608
        return (session.scalar(text("SELECT total_changes()")) or 0) - before >= 2
