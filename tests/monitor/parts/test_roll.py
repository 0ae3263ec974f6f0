"""Who is alive and who plans: one at a time, whoever dies, and whatever the clocks of the machines say."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from monitor.clock import utcnow
from monitor.models import Lease, Part
from monitor.parts import roll
from monitor.parts.heart import SURE, Heart
from monitor.parts.kinds import PartKind
from monitor.parts.place import this_place
from monitor.store import Store, StoreError


def take(store: Store, part_id: str, clock: datetime) -> bool:
    with store.write() as session:
        return roll.take_planning(session, part_id, clock)


def enter(store: Store, clock: datetime, **fields: Any) -> str:
    """A part that says nothing more; its id."""
    id = uuid4().hex
    part = {"id": id, "kind": PartKind.SCHEDULER, "started_at": clock, "counts": {}}
    with store.write() as session:
        roll.say_alive(session, {**part, **this_place()._asdict(), **fields}, clock)
    return id


def test_of_many_who_want_to_plan_one_does(any_store: Store, now: datetime) -> None:
    with ThreadPoolExecutor(6) as parts:
        took = list(parts.map(lambda number: take(any_store, f"part {number}", now), range(6)))
    assert took.count(True) == 1
    winner = f"part {took.index(True)}"
    assert take(any_store, winner, now + timedelta(seconds=5))


def test_another_takes_over_from_the_silent_and_not_before(any_store: Store, now: datetime) -> None:
    assert take(any_store, "first", now)
    assert not take(any_store, "second", now + roll.ALIVE - timedelta(seconds=1))
    assert take(any_store, "second", now + roll.ALIVE)
    assert not take(any_store, "first", now + roll.ALIVE)


def test_who_stops_leaves_the_planning_at_once(any_store: Store, now: datetime) -> None:
    first = enter(any_store, now)
    assert take(any_store, first, now)
    with any_store.write() as session:
        roll.leave(session, [first], now)
    assert take(any_store, "second", now)


def test_nobody_waits_for_one_that_was_killed_on_the_same_machine(any_store: Store, now: datetime) -> None:
    dead = enter(any_store, now, pid=2**22 + 1)  # above the kernel's largest
    assert take(any_store, dead, now)
    with any_store.write() as session:
        roll.strike_off_dead(session, now)
    assert take(any_store, "second", now)


@pytest.mark.parametrize("where", [{"machine": "far"}, {"space": "a container"}])
def test_what_runs_elsewhere_is_taken_at_its_word(any_store: Store, now: datetime, where: dict[str, str]) -> None:
    far = enter(any_store, now, pid=2**22 + 1, **where)
    assert take(any_store, far, now)
    with any_store.write() as session:
        roll.strike_off_dead(session, now)
    assert not take(any_store, "second", now)


def test_what_was_silent_for_an_hour_is_forgotten(any_store: Store, now: datetime) -> None:
    enter(any_store, now, machine="far")
    with any_store.write() as session:
        roll.strike_off_dead(session, now + roll.ALIVE + roll.REMEMBERED)
        assert session.scalars(select(Part.id)).all() == []


@pytest.fixture
def hearts(any_store: Store) -> Iterator[list[Heart]]:
    """Two schedulers, started one after the other."""
    both = [Heart(any_store, PartKind.SCHEDULER), Heart(any_store, PartKind.SCHEDULER)]
    for heart in both:
        heart.start()
    yield both
    for heart in both:
        heart.stop()


def test_one_heart_plans_and_the_other_when_it_stops(hearts: list[Heart]) -> None:
    assert [heart.plans() for heart in hearts] == [True, False]
    hearts[0].stop()
    hearts[1].beat()
    assert [heart.plans() for heart in hearts] == [False, True]


def test_one_that_was_held_up_finds_another_in_its_place(hearts: list[Heart], any_store: Store) -> None:
    with any_store.write() as session:  # as though the first had not been heard of for so long
        session.execute(update(Lease).values(until=utcnow() - timedelta(days=1)))
    hearts[1].beat()
    hearts[0].beat()
    assert [heart.plans() for heart in hearts] == [False, True]


def test_a_part_stops_planning_before_another_may_begin() -> None:
    assert SURE < roll.ALIVE


def test_a_sqlite_file_is_not_shared_by_machines(store: Store) -> None:
    enter(store, utcnow(), machine="far", host="other.example")
    with pytest.raises(StoreError, match=r"The machine other\.example uses this SQLite file too"):
        Heart(store, PartKind.WORKER).start()
