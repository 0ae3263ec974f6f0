"""Empty databases for measurements: files of SQLite, or a PostgreSQL of their own that ends with them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from tests.databases import find_binaries, run_server

Address = Callable[[str], str]
"""The address of a new, empty database of this name."""


@contextmanager
def throwaway(postgresql: bool) -> Iterator[Address]:
    """Databases that last as long as the block."""
    with tempfile.TemporaryDirectory(prefix="mentiondesk-") as folder:
        if not postgresql:
            yield lambda name: f"sqlite:///{Path(folder) / name}.db"
            return
        binaries = find_binaries()
        if binaries is None:
            raise SystemExit("There is no PostgreSQL here; install it, or measure on SQLite.")
        with contextmanager(run_server)(binaries, Path(folder)) as url:
            yield lambda name: make_database(url, name)


def make_database(url: str, name: str) -> str:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string()
