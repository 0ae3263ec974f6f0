"""Following the trail: nothing is missed, in whatever order transactions end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.live.trail import PATIENCE, Trail, find_missing, join_trail, position
from monitor.store import Store
from monitor.words import Happened


@pytest.mark.parametrize(
    ("first", "last", "found", "missing"),
    [
        (1, 5, [], [(1, 5)]),
        (1, 5, [1, 2, 3, 4, 5], []),
        (1, 5, [3], [(1, 2), (4, 5)]),
        (1, 5, [1, 5], [(2, 4)]),
        (4, 5, [1, 2, 9], [(4, 5)]),
        (6, 5, [7], []),
    ],
)
def test_what_is_missing(first: int, last: int, found: list[int], missing: list[tuple[int, int]]) -> None:
    assert list(find_missing(first, last, found)) == missing


def test_a_hole_is_waited_for_and_given_up_when_no_transaction_can_fill_it(now: datetime) -> None:
    trail = Trail(10)
    trail.advance([11, 14], now)
    assert (trail.high, trail.settled) == (14, 11)
    trail.advance([12], now + timedelta(seconds=1))
    assert (trail.high, trail.settled) == (14, 12)
    trail.advance([15], now + PATIENCE)
    assert (trail.high, trail.settled) == (15, 15)


def write(session: Session, now: datetime, text: str) -> int:
    line = record(session, Happened.IMPORTED, now, text=text)
    session.flush()
    return line.id


def read_ids(store: Store, trail: Trail, now: datetime) -> list[int]:
    with store.read() as session:
        return [line.id for line in trail.read(session, now)]


@pytest.mark.postgresql
def test_an_id_that_is_committed_late_is_still_read(postgresql_store: Store, now: datetime) -> None:
    with postgresql_store.read() as session:
        trail = join_trail(session, now)
    with postgresql_store.write() as slow:
        early = write(slow, now, "begun first, ended last")
        with postgresql_store.write() as quick:
            late = write(quick, now, "begun last, ended first")
        assert early < late
        assert read_ids(postgresql_store, trail, now) == [late]
        with postgresql_store.read() as session:
            assert position(session, now) < early  # whoever begins here is told of the early one when it comes
        assert trail.settled < early
    assert read_ids(postgresql_store, trail, now) == [early]
    assert trail.settled == late
    with postgresql_store.read() as session:
        assert position(session, now) == late


def test_each_line_is_read_once(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        before = write(session, now - timedelta(hours=1), "long before")
    with any_store.read() as session:
        trail = join_trail(session, now)
    assert trail.settled == before
    with any_store.write() as session:
        written = [write(session, now, str(number)) for number in range(3)]
    assert read_ids(any_store, trail, now) == written
    assert read_ids(any_store, trail, now) == []
    with any_store.read() as session:
        assert position(session, now) == written[-1]
