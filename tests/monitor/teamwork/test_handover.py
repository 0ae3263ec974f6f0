"""Handing over at the end of a shift: everything that would be left behind goes to somebody, and nothing is lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk, promises
from monitor.care.drafts import find_draft, save_draft
from monitor.desk import NotFound, Refused
from monitor.models import Activity, Mention, Note, Promise, Reply, User
from monitor.promises.watching import watch_promises
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork.handover import at_hand, hand_over, not_seen, take_back
from monitor.teamwork.idle import mind_idle_claims
from monitor.teamwork.memos import unread
from tests.factories import make_mention, make_user

pytestmark = pytest.mark.postgresql
ANA, BEN, CLEO = 1, 2, 3


@pytest.fixture
def shift(any_store: Store, settings: Settings, now: datetime) -> Store:
    """Ana holds mention 1 with a promise and a draft, left a promise on mention 2, which is resolved; 3 is Cleo's."""
    with any_store.write() as session:
        ana, _, cleo = (make_user(session, name) for name in ("Ana", "Ben", "Cleo"))
        for place in range(3):
            make_mention(session, f"Where is bag {place}?", posted_at=now - timedelta(minutes=5))
        for mention_id in (1, 2):
            desk.claim(session, mention_id, ana, now)
            brand = settings.brands[0]
            promises.add(session, mention_id, ana, "call her", now + timedelta(hours=3), brand, now)
        desk.resolve(session, 2, ana, now)
        desk.claim(session, 3, cleo, now)
        save_draft(session, 1, ANA, {"reply": "Hi Dana, we", "note": "gate B"}, now)
    return any_store


def give(store: Store, mention_id: int, to: int | None, now: datetime, note: str = "") -> None:
    with store.write() as session:
        ana, receiver = session.get_one(User, ANA), session.get_one(User, to) if to else None
        hand_over(session, mention_id, ana, receiver, note, now)


def hand(session: Session, user_id: int) -> list[tuple[int, bool, int, bool]]:
    """Each item as (mention, held, promises, draft)."""
    items = at_hand(session, session.get_one(User, user_id))
    return sorted((one.mention.id, one.held, len(one.promises), one.draft is not None) for one in items)


def test_all_that_is_not_done_is_at_hand(shift: Store, now: datetime) -> None:
    with shift.write() as session:
        session.add(Reply(mention_id=1, user_id=ANA, text="Hi", state="asked", created_at=now))
    with shift.read() as session:
        assert hand(session, ANA) == [(1, True, 1, True), (2, False, 1, False)]
        assert [len(one.replies) for one in at_hand(session, session.get_one(User, ANA)) if one.held] == [1]
        assert hand(session, BEN) == []


def test_a_colleague_gets_it_with_promises_and_draft_and_is_told(shift: Store, now: datetime) -> None:
    give(shift, 1, BEN, now, "She flies at 6.")
    give(shift, 2, BEN, now)
    with shift.read() as session:
        assert hand(session, ANA) == []
        assert hand(session, BEN) == [(1, True, 1, True), (2, False, 1, False)]
        draft = find_draft(session, 1, BEN)
        assert draft
        assert (draft.reply, draft.note) == ("Hi Dana, we", "gate B")
        told = [(mention.id, memo.activity.data.get("note")) for memo, mention in unread(session, BEN)]
        assert told == [(2, None), (1, "She flies at 6.")]


def test_in_the_queue_the_draft_is_a_note_and_the_promise_is_still_kept_in_mind(
    shift: Store, settings: Settings, now: datetime
) -> None:
    give(shift, 1, None, now)
    with shift.write() as session:
        mention = session.get_one(Mention, 1)
        assert (mention.assignee_id, mention.status) == (None, "open")
        assert session.scalars(select(Note.text)).all() == ["Draft: Hi Dana, we\n\ngate B"]
        assert session.get_one(Promise, 1).user_id == ANA
        assert watch_promises(session, settings, now + timedelta(hours=2, minutes=30)) == 2
        assert hand(session, ANA) == [(1, False, 1, False), (2, False, 1, False)]


def test_a_draft_of_the_receivers_own_stays_and_the_other_becomes_a_note(shift: Store, now: datetime) -> None:
    with shift.write() as session:
        save_draft(session, 1, BEN, {"reply": "Ben's own"}, now)
    give(shift, 1, BEN, now)
    with shift.read() as session:
        draft = find_draft(session, 1, BEN)
        assert draft
        assert draft.reply == "Ben's own"
        assert session.scalars(select(Note.text)).all() == ["Draft: Hi Dana, we\n\ngate B"]


def test_nothing_is_lost_when_the_receiver_is_away(shift: Store, settings: Settings, now: datetime) -> None:
    """What waits for a first answer goes back to the queue, after a warning; what was promised is told of."""
    give(shift, 1, BEN, now)
    with shift.write() as session:
        mind_idle_claims(session, settings, now + timedelta(hours=3))
        assert mind_idle_claims(session, settings, now + timedelta(hours=4)) == 2  # Cleo did nothing either
        assert session.get_one(Mention, 1).assignee_id is None
        watch_promises(session, settings, now + timedelta(hours=4))
        assert session.get_one(Promise, 1).state == "broken"
        assert {memo.activity.happened for memo, _ in unread(session, BEN)} >= {"handed_back", "promise_broken"}


def test_what_nobody_looked_at_is_taken_back_once(shift: Store, now: datetime) -> None:
    give(shift, 1, BEN, now)
    with shift.write() as session:
        ana = session.get_one(User, ANA)
        assert [(one.mention.id, one.to.name) for one in not_seen(session, ana)] == [(1, "Ben")]
        take_back(session, 1, ana, now)
    with shift.write() as session:
        ana = session.get_one(User, ANA)
        assert hand(session, ANA)[0] == (1, True, 1, False)
        assert not_seen(session, ana) == []
        with pytest.raises(Refused):
            take_back(session, 1, ana, now)


def test_only_what_is_theirs_and_to_whom_it_can_go(shift: Store, now: datetime) -> None:
    with pytest.raises(NotFound):
        give(shift, 3, BEN, now)
    with pytest.raises(Refused, match="Choose a colleague"):
        give(shift, 1, ANA, now)
    with shift.write() as session:
        session.get_one(User, BEN).active = False
    with pytest.raises(Refused, match="no longer works here"):
        give(shift, 1, BEN, now)
    with shift.read() as session:
        assert hand(session, ANA)[0] == (1, True, 1, True)
        assert session.scalar(select(Activity.id).where(Activity.happened == "handed_over")) is None
