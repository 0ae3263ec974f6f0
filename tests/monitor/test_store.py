"""The store: its schema on both databases, its locks, and what it says when it cannot go on."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from monitor.models import Base
from monitor.search.schema import leave_out
from monitor.store import Store, StoreError, explain_failure
from tests.factories import make_mention


def test_the_migrations_make_what_the_models_say(any_store: Store) -> None:
    with any_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": leave_out})
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_store_is_set_up_and_one_of_another_version_is_refused(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/deep/down/desk.db")
    store.ensure()
    store.ensure()
    assert "mention" in inspect(store.engine).get_table_names()
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StoreError, match="Run `mentiondesk upgrade` first"):
        store.ensure()
    store.close()


def test_what_one_writer_does_the_next_waits_for(store: Store, now: datetime) -> None:
    with store.write() as session:
        make_mention(session)
        with store.read() as reader:
            assert reader.execute(text("SELECT count(*) FROM mention")).scalar() == 0
    with store.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM mention")).scalar() == 1


def test_a_locked_database_is_told_in_one_sentence(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "var" / "desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with pytest.raises(OperationalError) as failure, store.write() as session:
        make_mention(session)
    assert explain_failure(failure.value).startswith("The database is busy with another program's write")
    other.close()


def make_many(store: Store) -> None:
    with store.write() as session:
        for _ in range(500):
            make_mention(session, "x" * 500)


def test_a_full_disk_is_told_in_one_sentence_and_loses_nothing(store: Store) -> None:
    with store.write() as session:
        kept = make_mention(session)
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count={pages}"))  # as a disk without room
    with pytest.raises(OperationalError) as failure:
        make_many(store)
    assert explain_failure(failure.value).startswith("The disk is full")
    with store.read() as session:
        assert session.execute(text("SELECT id FROM mention")).scalars().all() == [kept.id]


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Store(url)


def test_a_time_without_a_zone_never_reaches_the_store(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"), store.write() as session:
        make_mention(session, claimed_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("store_fixture", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_every_revision_can_be_undone_and_done_again_with_rows_in_it(
    request: pytest.FixtureRequest, store_fixture: str
) -> None:
    """So that an upgrade never meets rows that it cannot carry over."""
    store = request.getfixturevalue("store" if store_fixture == "sqlite" else "postgresql_store")
    with store.write() as session:
        kept = make_mention(session, "kept")
    store.migrate(lambda config: command.downgrade(config, "0001"))
    with store.write() as session:
        session.execute(text("UPDATE mention SET likes = 3"))
    store.upgrade()
    with store.read() as session:
        mention = session.get(type(kept), kept.id)
        assert (mention.text, mention.likes, mention.thread_error) == ("kept", 3, "")
