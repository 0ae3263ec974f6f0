"""One thing done to many mentions: each by itself, and each that refuses named."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.deeds import MOST, Asked, Result, carry_out, check, undo
from monitor.desk import AlreadyClaimed, Invalid
from monitor.models import Activity, Deed, Mention, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Did, Happened
from tests.factories import make_mention, make_user


@pytest.fixture
def people(any_store: Store) -> tuple[int, int]:
    with any_store.write() as session:
        return make_user(session, "Ana").id, make_user(session, "Ben").id


def make_many(store: Store, number: int) -> list[int]:
    with store.write() as session:
        return [make_mention(session).id for _ in range(number)]


def do(store: Store, settings: Settings, asked: Asked, ids: list[int], user_id: int, now: datetime) -> list[Result]:
    with store.read() as session:
        check(session, asked, ids)
    return list(carry_out(store, settings, asked, ids, user_id, now))


def test_each_is_done_by_itself_and_what_cannot_be_done_is_said(
    any_store: Store, settings: Settings, now: datetime, people: tuple[int, int]
) -> None:
    free, held, gone, mine = make_many(any_store, 4)
    with any_store.write() as session:
        desk.claim(session, held, session.get_one(User, people[1]), now - timedelta(seconds=12))
        desk.claim(session, mine, session.get_one(User, people[0]), now)
        session.get_one(Mention, gone).status = "gone"
    results = do(any_store, settings, Asked(Did.CLAIM), [free, held, gone, mine, 999], people[0], now)
    assert [result.mention_id for result in results] == [free, held, gone, mine, 999]
    assert [result.deed_id is not None for result in results] == [True, False, False, False, False]
    refusals = {result.mention_id: result.refusal for result in results if result.refusal}
    assert set(refusals) == {held, gone, 999}
    lost = refusals[held]
    assert isinstance(lost, AlreadyClaimed)
    assert (lost.holder, lost.since) == ("Ben", now - timedelta(seconds=12))
    with any_store.read() as session:
        holders = dict(session.execute(select(Mention.id, Mention.assignee_id)).all())
        claimed = select(Activity.mention_id).where(Activity.happened == Happened.CLAIMED).order_by(Activity.mention_id)
        assert holders == {free: people[0], held: people[1], gone: None, mine: people[0]}
        assert list(session.scalars(claimed)) == [free, held, mine]


@pytest.mark.parametrize(
    "asked",
    [
        Asked(Did.LABEL, labels={"urgency": "low", "need": "praise"}),
        Asked(Did.RESOLVE, outcome="declined", reason="past the 30 days"),
        Asked(Did.SNOOZE, until=lambda mention: mention.posted_at + timedelta(days=1)),
        Asked(Did.MUTE_AUTHOR, days=7, reason="jokes"),
        Asked(Did.MUTE_THREAD, days=7, reason="off topic"),
    ],
    ids=lambda asked: asked.did,
)
def test_many_are_one_deed_and_taken_back_together(
    any_store: Store, settings: Settings, now: datetime, people: tuple[int, int], asked: Asked
) -> None:
    ids = make_many(any_store, 3)
    columns = select(Mention.id, Mention.status, Mention.hidden, Mention.urgency, Mention.need, Mention.press_rank)

    def stand() -> list[object]:
        with any_store.read() as session:
            return [tuple(row) for row in session.execute(columns.order_by(Mention.id))]

    before = stand()
    results = do(any_store, settings, asked, ids, people[0], now)
    assert len({result.deed_id for result in results}) == 1
    assert all(now_ != then for now_, then in zip(stand(), before, strict=True))
    undone = undo(any_store, results[0].deed_id or 0, people[0], now)
    assert sorted(undone.done) == ids
    assert stand() == before


def test_giving_many_away(any_store: Store, settings: Settings, now: datetime, people: tuple[int, int]) -> None:
    ids = make_many(any_store, 2)
    do(any_store, settings, Asked(Did.ASSIGN, to_id=people[1]), ids, people[0], now)
    with any_store.read() as session:
        assert set(session.scalars(select(Mention.assignee_id))) == {people[1]}


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (Asked(Did.CLAIM), 0),
        (Asked(Did.CLAIM), MOST + 1),
        (Asked(Did.TAKE_OVER), 1),
        (Asked(Did.ASSIGN, to_id=99), 1),
        (Asked(Did.LABEL), 1),
        (Asked(Did.LABEL, labels={"urgency": "soon"}), 1),
        (Asked(Did.RESOLVE, outcome="whatever"), 1),
        (Asked(Did.RESOLVE, outcome="declined"), 1),
        (Asked(Did.RESOLVE, outcome="duplicate"), 1),
        (Asked(Did.SNOOZE), 1),
        (Asked(Did.MUTE_AUTHOR, days=7), 1),
        (Asked(Did.MUTE_THREAD, days=700, reason="x"), 1),
    ],
)
def test_what_can_be_done_to_none_is_refused_before_any(
    store: Store, settings: Settings, now: datetime, asked: Asked, number: int
) -> None:
    with store.read() as session, pytest.raises(Invalid):
        check(session, asked, range(1, number + 1))
    with store.read() as session:
        assert session.scalars(select(Deed)).all() == []


def test_deeds_of_yesterday_are_forgotten(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ana = make_user(session).id
    first, second = make_many(store, 2)
    do(store, settings, Asked(Did.CLAIM), [first], ana, now)
    do(store, settings, Asked(Did.CLAIM), [second], ana, now + timedelta(days=2))
    with store.read() as session:
        assert [deed.at for deed in session.scalars(select(Deed))] == [now + timedelta(days=2)]
