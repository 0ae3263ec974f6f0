"""The store: one engine, reads apart from writes, and its schema kept at the newest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.live.bell import Bell
from monitor.search.schema import triggers_off

BUSY_SECONDS = 15  # how long a writer waits for another before it says that the database is locked

RECORDED = "recorded"  # in a session's `info`: it wrote a line of the audit trail
CHANNEL = "mentiondesk"  # of PostgreSQL's notifications, on which the processes of a desk hear each other
SETTING_UP = 0x6D64_6462  # a number of our own among PostgreSQL's advisory locks


class StoreError(Exception):
    """The store cannot be used as it is; the message says what to do."""


class Store:
    """One database. `read()` and `write()` are its only doors."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self.bell = Bell()  # rings after each write that left a line in the audit trail

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; no object that is changed in it is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()
            session.commit()  # psycopg forgets what it has prepared when a transaction is taken back, even an empty one

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: all of it is kept, or none. On SQLite it holds the write lock from its first statement."""
        with Session(self.engine.execution_options(writes=True), expire_on_commit=False) as session:
            with session.begin():
                yield session
                announce(session)
            if RECORDED in session.info:
                self.bell.ring()

    def upgrade(self) -> None:
        """Bring the schema to the newest revision."""
        self.migrate(lambda config: command.upgrade(config, "head"))

    def migrate(self, change: Callable[[Config], None]) -> None:
        """Change the schema: all of the change, or none."""
        with self.engine.connect() as connection, foreign_keys_off(connection), connection.begin():
            take_turn(connection)
            with triggers_off(connection):
                change(migrations(connection))

    def ensure(self) -> None:
        """Set up an empty store; refuse one whose schema is not this program's."""
        with self.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            empty = present is None and not inspect(connection).get_table_names()
            newest = ScriptDirectory.from_config(migrations(connection)).get_current_head()
        if empty:
            self.upgrade()
        elif present != newest:
            raise StoreError("The database was made by another version. Run `mentiondesk upgrade` first.")

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL. Raises `StoreError` for any other address."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            "The database address is unreadable; it looks like sqlite:///path or postgresql://user@host/name."
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return connect_sqlite(parsed.database)
    if parsed.drivername != "postgresql+psycopg":
        raise StoreError(f"mentiondesk keeps its data in SQLite or PostgreSQL, not in {parsed.drivername}.")
    return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)


def connect_sqlite(path: str | None) -> Engine:
    """SQLite as a server wants it: WAL, foreign keys, and writers that queue instead of failing half-way."""
    if not path or path == ":memory:":
        raise StoreError("The database needs a file: sqlite:///path/to/mentiondesk.db.")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder for the database cannot be made: {error}.") from None
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself; begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten in the file
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, however
    # long the timeout; taking the write lock at the start makes writers wait their turn instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which its foreign keys would forbid; they are checked afterwards."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()  # the driver's own: within a transaction the switch does nothing
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
    if broken:
        raise StoreError(f"The database refers to {len(broken)} rows that are not there; bring back a copy.")


def migrations(connection: Connection) -> Config:
    """Alembic's configuration, in code: the revisions travel with the package."""
    config = Config()
    config.set_main_option("script_location", "monitor:migrations")
    config.attributes["connection"] = connection
    return config


def take_turn(connection: Connection) -> None:
    """Until the transaction ends: of parts that are started together one makes a thing, and the others find it made.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({SETTING_UP})"))


def announce(session: Session) -> None:
    """Tell the desk's other processes, in the transaction that they are told of; SQLite has no such thing."""
    if RECORDED in session.info and session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))


def insert(session: Session, table: Any) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT; SQLite and PostgreSQL spell it alike."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def explain_failure(error: DatabaseError) -> str:
    """One sentence for people about a store that would not answer."""
    text = str(error.orig).lower()
    if "locked" in text or "busy" in text:
        return "The database is busy with another program's write; nothing was changed. Try again in a moment."
    if "full" in text or "no space" in text:
        return "The disk is full, so nothing could be stored; what was stored before is safe. Make room and try again."
    if "readonly" in text or "read-only" in text:
        return "The database may not be written to by this user; check the file's owner and permissions."
    if "not a database" in text:
        return "The database file is damaged or is no database at all; check its address, or bring back a copy."
    if "unable to open" in text:
        return "The database file cannot be opened; check that its folder exists and may be written to."
    return f"The database did not answer: {str(error.orig).strip().splitlines()[0]}."
