"""The limits on signing in: strict for many at once, over every process, and free again after a minute."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.models import SignInTries
from monitor.store import Store
from monitor.tries import OF_ADDRESS, OF_NAME, WINDOW, TooManyTries, begin_try, end_badly, end_well, hash_of, name_key

HOME = "192.0.2.7"


def fail(store: Store, name: str, now: datetime, address: str = HOME) -> str:
    """One wrong password; whether it was looked at."""
    try:
        with store.write() as session:
            begin_try(session, name, address, now)
            end_badly(session, address, now)
    except TooManyTries:
        return "refused"
    return "wrong"


def rows(session: Session) -> int:
    return session.scalar(select(func.count(SignInTries.key_hash))) or 0


def test_of_many_at_once_no_more_are_looked_at_than_one_after_the_other(any_store: Store, now: datetime) -> None:
    with ThreadPoolExecutor(8) as guessers:
        answers = Counter(guessers.map(lambda _: fail(any_store, "Ana", now), range(30)))
    assert answers == {"wrong": OF_NAME, "refused": 30 - OF_NAME}


def test_a_name_is_free_again_after_a_minute_and_from_elsewhere_at_once(any_store: Store, now: datetime) -> None:
    assert [fail(any_store, "Ana", now) for _ in range(OF_NAME + 1)][-1] == "refused"
    assert fail(any_store, "Ana", now, "192.0.2.8") == "wrong"
    assert fail(any_store, "Ana", now + WINDOW) == "wrong"


def test_names_are_tried_from_one_address_only_so_often(store: Store, now: datetime) -> None:
    answers = Counter(fail(store, f"name {number}", now) for number in range(OF_ADDRESS + 5))
    assert answers == {"wrong": OF_ADDRESS, "refused": 5}


def test_who_signs_in_leaves_nothing_behind(any_store: Store, now: datetime) -> None:
    for _ in range(OF_NAME * 2):
        with any_store.write() as session:
            begin_try(session, "Ana", HOME, now)
            end_well(session, "Ana", HOME)
            assert rows(session) == 0


def test_old_tries_are_forgotten(any_store: Store, now: datetime) -> None:
    fail(any_store, "Ana", now)
    fail(any_store, "Ben", now + timedelta(minutes=5))
    with any_store.read() as session:
        assert rows(session) == 2  # Ben's name and the address


def test_of_names_and_addresses_only_hashes_are_kept(store: Store, now: datetime) -> None:
    fail(store, "Ana", now)
    with store.read() as session:
        kept = set(session.scalars(select(SignInTries.key_hash)))
    assert kept == {hash_of(HOME), hash_of(name_key("Ana", HOME))}
    assert all(len(each) == 64 for each in kept)
