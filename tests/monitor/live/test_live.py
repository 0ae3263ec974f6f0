"""Watching: told at once, by whoever wrote it; and who is here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest

from monitor.activity import record
from monitor.live.listening import tell_presence
from monitor.live.presence import AWAY, READING, STAY, WRITING, Presence, read_here, stay
from monitor.live.reader import Live, Watcher
from monitor.store import Store
from monitor.words import Happened

SOON = 20.0  # seconds; a busy machine is slow, but what is lost never comes


def write(store: Store, now: datetime) -> int:
    with store.write() as session:
        line = record(session, Happened.IMPORTED, now)
        session.flush()
        return line.id


def hear(watcher: Watcher, wanted: int) -> list[int]:
    """The ids that come, until the wanted one has."""
    found: list[int] = []
    end = monotonic() + SOON
    while wanted not in found and monotonic() < end:
        for news in watcher.take(0.2) or []:
            found += [line.id for line in news.lines]
    return found


@contextmanager
def watching(live: Live) -> Iterator[Watcher]:
    """Watch while the block runs, and then wait until nothing uses the store any more."""
    with live.watch() as watcher:
        yield watcher
    assert live.thread
    live.thread.join(SOON)


def wait_until(true: Callable[[], Any]) -> None:
    end = monotonic() + SOON
    while not true():
        assert monotonic() < end
        sleep(0.02)


def test_everybody_who_watches_is_told(any_store: Store, now: datetime) -> None:
    live = Live(any_store, Presence())
    write(any_store, now)
    with watching(live) as ana, live.watch() as ben:
        written = [write(any_store, now) for _ in range(3)]
        assert hear(ana, written[-1]) == written
        assert hear(ben, written[-1]) == written
    assert live.trail is None  # nobody watches, and so nobody reads


def test_what_another_process_writes_is_told_too(any_store: Store, now: datetime) -> None:
    other = Store(any_store.engine.url.render_as_string(hide_password=False))
    with watching(Live(any_store, Presence())) as watcher:
        written = write(other, now)
        assert hear(watcher, written) == [written]
    other.close()


def write_and_fail(store: Store, now: datetime) -> None:
    with store.write() as session:
        record(session, Happened.IMPORTED, now)
        session.flush()
        raise ZeroDivisionError


def test_a_transaction_taken_back_is_told_to_nobody(any_store: Store, now: datetime) -> None:
    with watching(Live(any_store, Presence())) as watcher:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(any_store, now)
        written = write(any_store, now)
        assert hear(watcher, written) == [written]


def test_who_reads_and_who_writes_and_that_it_ends_by_itself(now: datetime) -> None:
    people = Presence()
    assert people.note(stay(1, "Ana", 7, READING, now))
    assert not people.note(stay(1, "Ana", 7, READING, now + timedelta(seconds=15)))  # nothing new
    assert people.note(stay(2, "Ben", 7, WRITING, now))
    assert [(one.name, one.doing) for one in people.at_mentions(now)[7]] == [("Ben", "writing"), ("Ana", "reading")]
    assert people.users(now) == {1, 2}
    later = now + STAY
    assert [one.name for one in people.at_mentions(later)[7]] == ["Ana"]
    assert people.forget_gone(later)
    assert not people.forget_gone(later)
    assert people.note(stay(1, "Ana", 7, AWAY, later))
    assert people.at_mentions(later) == {}


def test_who_is_only_at_the_board_is_here_and_at_no_mention(now: datetime) -> None:
    people = Presence()
    people.note(stay(1, "Ana", 0, READING, now))
    assert (people.users(now), people.at_mentions(now)) == ({1}, {})


@pytest.mark.parametrize("written", ["", "x", "[]", "[1]", '{"a": 1}', '["x", "Ana", 7, "reading", "now"]'])
def test_what_is_no_presence_is_passed_over(written: str) -> None:
    assert read_here(written) is None


def test_boards_wake_when_somebody_comes(any_store: Store, now: datetime) -> None:
    here, elsewhere = Presence(), Presence()
    with watching(Live(any_store, here)) as watcher:
        tell_presence(any_store, here, stay(1, "Ana", 7, READING, now + timedelta(days=999)))
        wait_until(lambda: watcher.take(0.2) == [])
    if any_store.engine.dialect.name == "postgresql":
        with watching(Live(any_store, elsewhere)):
            wait_until(lambda: knows_ben(any_store, here, elsewhere, now))


def knows_ben(store: Store, here: Presence, elsewhere: Presence, now: datetime) -> bool:
    """Said again and again, as boards do."""
    tell_presence(store, here, stay(2, "Ben", 7, WRITING, now))
    return (2, 7) in elsewhere.people
