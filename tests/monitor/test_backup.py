"""A copy that is made while the desk writes: whole, checked, and a desk when it is put back."""

import os
import subprocess
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, make_url, select, text

from monitor import desk
from monitor.backup import back_up
from monitor.models import Activity, Base, Mention, Note, User
from monitor.store import Store, StoreError
from tests.databases import find_binaries
from tests.factories import make_mention, make_user


def fill(store: Store, now: datetime) -> None:
    with store.write() as session:
        user = make_user(session)
        for number in range(200):
            mention = make_mention(session, f"my bag number {number}")
            desk.add_note(session, mention.id, user, "called the airport", now)


def count(store: Store) -> dict[str, int]:
    with store.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def check_desk(restored: Store, now: datetime) -> None:
    """It is of this version, finds what it holds, and works on."""
    restored.ensure()
    with restored.write() as session:
        mention = session.scalars(select(Mention).order_by(Mention.id).limit(1)).one()
        user = session.scalars(select(User)).one()
        assert desk.claim(session, mention.id, user, now).assignee_id == user.id
        desk.add_note(session, mention.id, user, "after the restore", now)
    with restored.read() as session:
        if restored.engine.dialect.name == "sqlite":
            found = "SELECT count(*) FROM mention_search WHERE mention_search MATCH 'restore'"
        else:
            found = "SELECT count(*) FROM mention_search WHERE words @@ to_tsquery('simple', 'restore')"
        assert session.scalar(text(found)) == 1


def test_a_copy_is_a_whole_desk(store: Store, tmp_path: Path, now: datetime) -> None:
    fill(store, now)
    seen: list[tuple[int, int]] = []
    size = back_up(store, tmp_path / "copy.db", lambda done, total: seen.append((done, total)))
    assert size == (tmp_path / "copy.db").stat().st_size
    assert seen[-1][0] == seen[-1][1]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    restored = Store(f"sqlite:///{tmp_path}/copy.db")
    assert count(restored) == count(store)
    check_desk(restored, now)
    restored.close()


def test_a_copy_is_of_one_moment_while_others_write(store: Store, tmp_path: Path, now: datetime) -> None:
    fill(store, now)
    over = Event()

    def write() -> None:
        while not over.is_set():
            with store.write() as session:
                user = session.get_one(User, 1)
                desk.add_note(session, 1, user, "and on", now)

    writer = Thread(target=write)
    writer.start()
    try:
        back_up(store, tmp_path / "copy.db")
    finally:
        over.set()
        writer.join()
    restored = Store(f"sqlite:///{tmp_path}/copy.db")
    with restored.read() as session:  # each note came with its line of the trail, in one transaction
        noted = select(func.count(Activity.id)).where(Activity.happened == "noted")
        assert session.scalar(noted) == session.scalar(select(func.count(Note.id)))
    restored.close()


def test_what_cannot_be_copied_is_said_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "copy.db"
    taken.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        back_up(store, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(StoreError, match="could not be made"):
        back_up(store, tmp_path / "no" / "such" / "folder.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "var"]


@pytest.mark.postgresql
def test_postgresql_is_backed_up_by_its_own_tools(postgresql_store: Store, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(StoreError, match="pg_dump --format=custom"):
        back_up(postgresql_store, tmp_path / "copy")
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no pg_dump here")
    fill(postgresql_store, now)
    before, url = count(postgresql_store), postgresql_store.engine.url
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    call(binaries / "pg_dump", "--format=custom", f"--file={tmp_path}/copy", plain)
    with postgresql_store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS restored"))
        connection.execute(text("CREATE DATABASE restored"))
    target = make_url(plain).set(database="restored").render_as_string(hide_password=False)
    call(binaries / "pg_restore", "--no-owner", f"--dbname={target}", f"{tmp_path}/copy")
    restored = Store(target)
    try:
        assert count(restored) == before
        check_desk(restored, now)
    finally:
        restored.close()
        with postgresql_store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE restored"))


def call(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
