"""Looking again: replies that stand are verified, those that do not bring their mention back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from monitor import desk
from monitor.models import Activity, Memo, Poll, Reply, User
from monitor.replies.verifying import next_look, verify_due
from tests.replying import NAMES, Answering

TEXT = "Hi Dana, we are looking for it: https://auroraair.example/bags."
Deliver = Callable[[], int]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def look(answering: Answering, **later: float) -> int:
    answering.platforms.clock.advance(**later)
    return verify_due(answering.store, answering.settings, answering.environment, answering.platforms.clock.now())


def test_a_reply_is_found_and_missed_once_it_is_gone(answering: Answering, deliver: Deliver, name: str) -> None:
    mention_id = answering.collect(name)
    reply_id = answering.send(mention_id, TEXT)
    assert deliver() == 1
    assert look(answering, minutes=1) == 0  # platforms show it a moment later
    assert look(answering, minutes=3) == 1
    assert answering.reply(reply_id).state == "verified"
    with answering.store.write() as session:
        desk.resolve(session, mention_id, session.get_one(User, answering.ana.id), answering.now)
    getattr(answering.platforms, name).delete(answering.reply(reply_id).post_id)
    assert look(answering, days=2) == 1
    missing, mention = answering.reply(reply_id), answering.mention(mention_id)
    assert (missing.state, missing.error) == ("missing", "It is no longer on the platform.")
    assert (mention.status, mention.first_reply_at) == ("open", None)  # nobody has answered it now
    with answering.store.read() as session:
        assert session.scalars(select(Memo.user_id)).all() == [answering.ana.id]
        assert session.scalars(select(Activity.happened).order_by(Activity.id.desc())).first() == "reply_missing"
    assert look(answering, days=40) == 0


def test_other_words_on_the_platform_are_no_longer_our_reply(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("reddit"), TEXT)
    deliver()
    answering.platforms.reddit.edit(answering.reply(reply_id).post_id or "", "Buy our new credit card!")
    look(answering, minutes=3)
    assert answering.reply(reply_id).error == "On the platform it has other words than here."


@pytest.mark.parametrize(("text", "state"), [(TEXT, "verified"), ("Something else", "missing")])
def test_a_logged_reply_is_looked_for_at_its_address(answering: Answering, text: str, state: str) -> None:
    mention_id = answering.collect("reddit")
    posted = answering.platforms.reddit.post(text, author="AuroraAir", parent=answering.mention(mention_id).post_id)
    url = f"https://www.reddit.com/r/flights/comments/0/_/{posted[3:]}/"
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        reply_id = desk.log_reply(session, mention_id, ana, TEXT, url, answering.now).id
    assert look(answering, minutes=1) == 1
    assert answering.reply(reply_id).state == state


def test_where_nobody_can_look_nothing_is_said(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("x"), TEXT)
    deliver()
    answering.platforms.x.fail("503")
    assert look(answering, minutes=3) == 0
    assert answering.reply(reply_id).state == "sent"
    assert look(answering, hours=2) == 1
    assert answering.reply(reply_id).state == "verified"
    with answering.store.read() as session:
        assert session.scalar(select(func.sum(Poll.usd))) > 0  # X bills it, so it is in the ledger
        assert session.scalar(select(func.count(Reply.id))) == 1


@pytest.mark.parametrize(
    ("hours", "billed", "then"), [(0, False, 1), (2, False, 24), (2, True, 24), (800, False, None)]
)
def test_looks_are_spread_over_the_age_of_a_reply(hours: int, billed: bool, then: int | None, now: datetime) -> None:
    expected = now + timedelta(hours=then) if then else None
    assert next_look(now, now + timedelta(hours=hours), billed) == expected
