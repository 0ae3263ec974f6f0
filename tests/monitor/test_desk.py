"""The commands: who may do what when, and the line each leaves in the audit trail."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import desk, queries
from monitor.judging import correcting
from monitor.judging.press import ANSWERED_RANK, ASIDE_RANK, RANKS
from monitor.models import Activity, Correction, Mention, User
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as opened:
        yield opened


@pytest.fixture
def ana(session: Session) -> User:
    return make_user(session, "Ana")


@pytest.fixture
def ben(session: Session) -> User:
    return make_user(session, "Ben")


def happened(session: Session, mention: Mention) -> list[str]:
    statement = select(Activity.happened).where(Activity.mention_id == mention.id).order_by(Activity.id)
    session.flush()
    return list(session.scalars(statement))


def test_the_second_to_claim_is_told_who_holds_it_and_since_when(
    session: Session, ana: User, ben: User, now: datetime
) -> None:
    mention = make_mention(session)
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.AlreadyClaimed) as refused:
        desk.claim(session, mention.id, ben, now + timedelta(seconds=5))
    assert (refused.value.holder, refused.value.since) == ("Ana", now)
    assert desk.claim(session, mention.id, ana, now).assignee is ana  # again by the holder is no error
    assert happened(session, mention) == ["claimed"]


def test_of_many_who_claim_at_once_one_wins(any_store: Store, now: datetime) -> None:
    people, rounds = 8, 12
    with any_store.write() as session:
        users = [make_user(session, f"Person {number}") for number in range(people)]
        mentions = [make_mention(session).id for _ in range(rounds)]
    start = Barrier(people)

    def race(user: User) -> list[str]:
        start.wait()
        return [try_claim(any_store, mention_id, user, now) for mention_id in mentions]

    with ThreadPoolExecutor(people) as pool:
        results = list(pool.map(race, users))
    for outcome in zip(*results, strict=True):
        winners = [user.name for user, told in zip(users, outcome, strict=True) if told == "won"]
        assert len(winners) == 1
        assert set(outcome) == {"won", winners[0]}  # every loser is told the winner's name
    with any_store.read() as session:
        claimed = select(func.count(Activity.id)).where(Activity.happened == "claimed")
        assert session.scalar(claimed) == rounds


def try_claim(store: Store, mention_id: int, user: User, now: datetime) -> str:
    try:
        with store.write() as session:
            desk.claim(session, mention_id, user, now)
    except desk.AlreadyClaimed as refused:
        return refused.holder
    return "won"


def test_taking_over_needs_a_reason_and_names_the_former_holder(
    session: Session, ana: User, ben: User, now: datetime
) -> None:
    mention = make_mention(session)
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.Invalid, match="Please give a reason"):
        desk.take_over(session, mention.id, ben, "  ", now)
    assert desk.take_over(session, mention.id, ben, "Ana is at lunch", now).assignee_id == ben.id
    line = session.scalars(select(Activity).order_by(Activity.id.desc())).first()
    assert line is not None
    assert line.data == {"from": "Ana", "from_id": ana.id, "reason": "Ana is at lunch"}


def test_only_the_holder_or_a_lead_releases(session: Session, ana: User, ben: User, now: datetime) -> None:
    mention = make_mention(session)
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.Refused, match="Ana holds this mention"):
        desk.release(session, mention.id, ben, now)
    lead = make_user(session, "Lea", "lead")
    assert desk.release(session, mention.id, lead, now).assignee_id is None


def test_replying_needs_the_claim_and_stops_the_clock(session: Session, ana: User, ben: User, now: datetime) -> None:
    mention = make_mention(session, urgency="high")
    with pytest.raises(desk.Refused, match="Claim this mention before replying"):
        desk.log_reply(session, mention.id, ana, "Hi Dana", "", now)
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.Refused, match="Ana holds this mention"):
        desk.log_reply(session, mention.id, ben, "Hi Dana", "", now)
    reply = desk.log_reply(session, mention.id, ana, "Hi Dana", "https://x.example/1", now)
    later = now + timedelta(hours=1)
    desk.log_reply(session, mention.id, ana, "It is refunded", "", later)
    assert (reply.state, mention.first_reply_at, mention.press_rank) == ("logged", now, ANSWERED_RANK)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "x.example/1", "https://a b", "https://" + "a" * 3_000])
def test_the_address_of_a_reply_must_be_one(session: Session, ana: User, now: datetime, url: str) -> None:
    mention = make_mention(session)
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.Invalid, match="must begin with https"):
        desk.log_reply(session, mention.id, ana, "Hi Dana", url, now)


def test_a_resolved_mention_is_out_of_the_way_until_it_is_reopened(
    session: Session, ana: User, ben: User, now: datetime
) -> None:
    mention = make_mention(session, urgency="urgent")
    desk.claim(session, mention.id, ana, now)
    with pytest.raises(desk.Refused, match="take it over to resolve"):
        desk.resolve(session, mention.id, ben, now)
    desk.resolve(session, mention.id, ana, now, "refunded")
    assert (mention.status, mention.press_rank) == ("resolved", ASIDE_RANK)
    with pytest.raises(desk.Refused, match="reopen it first"):
        desk.log_reply(session, mention.id, ana, "Hi", "", now)
    desk.reopen(session, mention.id, ben, now)
    assert (mention.status, mention.resolved_at, mention.press_rank) == ("open", None, RANKS["urgent"])
    assert happened(session, mention) == ["claimed", "resolved", "reopened"]


def test_a_snoozed_mention_wakes_by_itself(session: Session, ana: User, now: datetime) -> None:
    mention = make_mention(session)
    with pytest.raises(desk.Invalid, match="still to come"):
        desk.snooze(session, mention.id, ana, now, now)
    desk.snooze(session, mention.id, ana, now + timedelta(hours=1), now)
    assert desk.wake_due(session, now + timedelta(minutes=59)) == 0
    assert desk.wake_due(session, now + timedelta(hours=1)) == 1
    assert (mention.status, mention.snoozed_until, mention.press_rank) == ("open", None, RANKS["normal"])
    assert happened(session, mention) == ["snoozed", "woken"]


def test_a_correction_keeps_old_and_new_and_moves_what_is_due(
    session: Session, ana: User, settings: Settings, now: datetime
) -> None:
    mention = make_mention(session, urgency="normal", need="billing")
    correcting.relabel(
        session, mention.id, ana, {"urgency": "urgent", "need": "billing", "abuse": 1}, settings.brand, now
    )
    kept = session.scalars(select(Correction).order_by(Correction.id)).all()
    assert [(one.head, one.old, one.new) for one in kept] == [("urgency", "normal", "urgent"), ("abuse", "0", "1")]
    assert (mention.urgency, mention.abuse) == ("urgent", True)
    assert mention.due_at == mention.posted_at + timedelta(minutes=15)
    for labels in ({"urgency": "soon"}, {"mood": "bad"}, {"abuse": "yes"}):
        with pytest.raises(desk.Invalid):
            correcting.relabel(session, mention.id, ana, labels, settings.brand, now)


def test_words_that_cannot_be_kept_are_refused(session: Session, ana: User, now: datetime) -> None:
    mention = make_mention(session)
    with pytest.raises(desk.Invalid, match="Please give a note"):
        desk.add_note(session, mention.id, ana, "\x00 \n", now)
    with pytest.raises(desk.Invalid, match="20,001 characters; the desk keeps up to 20,000"):
        desk.add_note(session, mention.id, ana, "a" * 20_001, now)
    with pytest.raises(desk.NotFound, match="There is no mention 999"):
        desk.add_note(session, 999, ana, "hello", now)


def claim_and_reply_nowhere(store: Store, mention_id: int, user: User, now: datetime) -> None:
    with store.write() as session:
        desk.claim(session, mention_id, user, now)
        desk.log_reply(session, mention_id, user, "Hi", "nowhere", now)


def test_a_failed_command_leaves_nothing_behind(store: Store, now: datetime) -> None:
    with store.write() as session:
        user, mention = make_user(session), make_mention(session)
    with pytest.raises(desk.Invalid):
        claim_and_reply_nowhere(store, mention.id, user, now)
    with store.read() as session:
        detail = queries.mention_detail(session, mention.id)
        assert detail is not None
        assert (detail.mention.assignee_id, detail.timeline, detail.replies) == (None, [], [])
