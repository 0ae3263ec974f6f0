"""A real PostgreSQL for the tests: the one that is named, or one of their own from the system's binaries."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from monitor.brands import sync_settings
from monitor.models import Base
from monitor.settings import Settings
from monitor.store import Store


def find_binaries() -> Path | None:
    """Where Debian, or the PATH, keeps the server."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    named = os.environ.get("MENTIONDESK_TEST_DATABASE_URL")
    if named:
        yield from own_database(named)
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install it or set MENTIONDESK_TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="mentiondesk-pg-") as folder:
        yield from run_server(binaries, Path(folder))


def own_database(named: str) -> Iterator[str]:
    """The database that is named; beside other processes that run tests, a new one next to it, dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        yield named
        return
    url = make_url(named)
    name = f"{url.database}_{worker}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield url.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()


def run_server(binaries: Path, folder: Path) -> Iterator[str]:
    """A server on a socket in `folder` alone: it listens on no network address."""
    user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"

    def call(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd=folder)

    call(binaries / "initdb", "--pgdata", data, "--auth=trust", "--username=desk", "--encoding=UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=America/New_York"
    call(binaries / "pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", options, "start")
    try:
        yield f"postgresql+psycopg://desk@/postgres?host={folder}"
    finally:
        call(binaries / "pg_ctl", "--pgdata", data, "--wait", "--mode=immediate", "stop")


@pytest.fixture
def postgresql_store(postgresql_url: str, settings: Settings, now: datetime) -> Iterator[Store]:
    """A PostgreSQL store that knows the settings' brand and nothing else."""
    opened = Store(postgresql_url)
    opened.ensure()
    with opened.write() as session:
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        sync_settings(session, settings, now)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_store(request: pytest.FixtureRequest) -> Store:
    """The same test on SQLite and on PostgreSQL."""
    name = "store" if request.param == "sqlite" else "postgresql_store"
    found: Store = request.getfixturevalue(name)
    return found
