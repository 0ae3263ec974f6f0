"""Somebody leaves the team: no way in, nothing left lying, and their name kept or replaced everywhere."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from monitor import desk, users
from monitor.desk import Invalid, Refused
from monitor.models import Activity, ApiToken, Draft, Mention, Note, Promise, SavedView, SignInLink, User
from monitor.store import Store
from monitor.teamwork.leaving import Left, leave, rename
from monitor.words import Happened
from tests.factories import make_mention, make_user


@pytest.fixture
def ana(any_store: Store, now: datetime) -> int:
    """The id of an agent who holds a mention on which she promised and began to write."""
    with any_store.write() as session:
        ana, ben = make_user(session, "Ana Castro"), make_user(session, "Ben")
        held, once = make_mention(session), make_mention(session)
        desk.claim(session, held.id, ana, now)
        due = {"due_at": now + timedelta(days=1), "created_at": now, "rule": "", "state": "open"}
        session.add(Promise(mention_id=held.id, user_id=ana.id, promised="call", text="call", **due))
        session.add(Draft(mention_id=held.id, user_id=ana.id, reply="Hi Da", saved_at=now))
        for shared in (True, False):
            session.add(SavedView(user_id=ana.id, shared=shared, title="Bags", filters={}, created_at=now))
        users.make_sign_in_link(session, ana, now)
        users.make_api_token(session, ana, "x", now)
        desk.add_note(session, held.id, ben, "ask @Ana Castro, not @Anastasia", now)
        desk.claim(session, once.id, ana, now)
        desk.take_over(session, once.id, ben, "she is off", now)
    return ana.id


def test_who_leaves_gets_in_no_more_and_the_queue_has_what_they_held(any_store: Store, ana: int, now: datetime) -> None:
    with any_store.write() as session:
        assert leave(session, session.get_one(User, ana), None, now) == Left(mentions=1, promises=1)
    with any_store.read() as session:
        user = session.get_one(User, ana)
        assert (user.active, user.password_hash, user.name) == (False, None, "Ana Castro")
        for table in (ApiToken, SignInLink, Draft):
            assert session.scalar(select(func.count()).select_from(table).where(table.user_id == ana)) == 0
        assert session.scalars(select(SavedView.shared)).all() == [True]
        held = session.scalars(select(Mention).order_by(Mention.id).limit(1)).one()
        assert (held.assignee_id, held.status) == (None, "open")
        assert "Hi Da" in "".join(session.scalars(select(Note.text)))
        left = session.scalars(select(Activity).where(Activity.happened == Happened.USER_LEFT)).one()
        assert left.data == {"name": "Ana Castro", "mentions": 1, "promises": 1}


def test_a_colleague_goes_on_with_it(any_store: Store, ana: int, now: datetime) -> None:
    with any_store.write() as session:
        ben = session.scalars(select(User).where(User.name == "Ben")).one()
        leave(session, session.get_one(User, ana), ben, now)
    with any_store.read() as session:
        assert set(session.scalars(select(Mention.assignee_id))) == {ben.id}
        assert session.scalars(select(Promise.user_id)).one() == ben.id
        assert session.scalars(select(Draft.reply).where(Draft.user_id == ben.id)).one() == "Hi Da"


def test_a_name_is_replaced_wherever_the_desk_names_them(any_store: Store, ana: int, now: datetime) -> None:
    with any_store.write() as session:
        user = session.get_one(User, ana)
        with pytest.raises(Invalid, match="called ben already"):
            rename(session, user, "ben")
        leave(session, user, None, now)
        session.flush()
        rename(session, user, "Former colleague 1")
    with any_store.read() as session:
        assert session.get_one(User, ana).name == "Former colleague 1"
        lines = session.scalars(select(Activity)).all()
        assert not any("Ana Castro" in str(line.data) for line in lines)
        taken = next(line for line in lines if line.happened == Happened.TAKEN_OVER)
        assert taken.data == {"from": "Former colleague 1", "from_id": ana, "reason": "she is off"}
        texts = session.scalars(select(Note.text)).all()
        assert "ask @Former colleague 1, not @Anastasia" in texts


def test_nobody_leaves_twice_and_the_last_admin_stays(any_store: Store, ana: int, now: datetime) -> None:
    with any_store.write() as session:
        leave(session, session.get_one(User, ana), None, now)
        session.flush()
        with pytest.raises(Refused, match="has left already"):
            leave(session, session.get_one(User, ana), None, now)
        with pytest.raises(Refused, match="last admin"):
            leave(session, make_user(session, "Eve", "admin"), None, now)
