"""Approval: nothing goes out that a brand wants approved, nobody approves their own words, and it is all on record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from monitor import queries
from monitor.desk import Refused
from monitor.models import Activity, Memo, User
from monitor.replies import approval, commands
from monitor.replies.rules import ApprovalSettings, why_ask
from monitor.store import Store
from tests.platforms import Platforms
from tests.replying import Answering, make_settings

TEXT = "Hi Dana, we are looking for it."
Deliver = Callable[[], int]


@pytest.fixture
def answering(any_store: Store, platforms: Platforms) -> Answering:
    """A desk whose brand has every reply of an agent approved."""
    return Answering(any_store, platforms, make_settings(platforms, approval={}), platforms.clock.now())


def decide(answering: Answering, reply_id: int, who: User, text: str = "") -> None:
    with answering.store.write() as session:
        user = session.get_one(User, who.id)
        approval.approve(session, reply_id, user, answering.settings, answering.now, text)


def refuse(answering: Answering, reply_id: int, reason: str) -> None:
    with answering.store.write() as session:
        approval.refuse(session, reply_id, session.get_one(User, answering.lea.id), reason, answering.now)


def test_a_reply_waits_until_a_lead_says_yes(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("reddit"))
    assert (answering.reply(reply_id).state, deliver(), answering.sent("reddit")) == ("asked", 0, [])
    with pytest.raises(Refused, match="Only a lead or an admin"):
        decide(answering, reply_id, answering.ana)
    decide(answering, reply_id, answering.lea, "Hi Dana, sorry. We are looking for it.")
    with pytest.raises(Refused, match="look again"):
        decide(answering, reply_id, answering.lea)
    assert deliver() == 1
    assert answering.sent("reddit") == ["Hi Dana, sorry. We are looking for it."]
    decided = answering.reply(reply_id)
    assert (decided.decided_by_id, decided.decided_at) == (answering.lea.id, answering.now)
    with answering.store.read() as session:
        line = session.scalars(select(Activity).where(Activity.happened == "reply_approved")).one()
        assert (line.user_id, line.data["was"]) == (answering.lea.id, TEXT)
        assert session.scalars(select(Memo.user_id)).all() == [answering.ana.id]


def test_nobody_approves_what_they_wrote(answering: Answering) -> None:
    reply_id = answering.send(answering.collect("reddit"))
    with answering.store.write() as session:
        session.get_one(User, answering.ana.id).role = "lead"
    with pytest.raises(Refused, match="Somebody else"):
        decide(answering, reply_id, answering.ana)


def test_a_refused_reply_is_written_anew_and_asks_again(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("bluesky"), "Calm down. " * 40, as_thread=True)
    with answering.store.read() as session:
        ((asked, _, parts),) = approval.list_asked(session)
        assert (asked.id, len(parts), queries.count_desk(session, asked.id, answering.now).asked) == (reply_id, 1, 1)
    refuse(answering, reply_id, "Kinder, please")
    assert (answering.reply(reply_id).state, answering.reply(reply_id + 1).state) == ("refused", "withdrawn")
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        given = (session, reply_id, ana, TEXT, answering.settings, answering.now, answering.environment)
        commands.send_again(*given)
    assert (answering.reply(reply_id).state, deliver()) == ("asked", 0)
    decide(answering, reply_id, answering.lea)
    assert (deliver(), answering.sent("bluesky")) == (1, [TEXT])


@pytest.mark.parametrize(
    ("rules", "role", "urgency", "abuse", "asked"),
    [
        (None, "agent", "urgent", True, False),
        ({}, "agent", "low", False, True),
        ({}, "lead", "urgent", True, False),
        ({"urgency": ("urgent",)}, "agent", "urgent", False, True),
        ({"urgency": ("urgent",)}, "agent", "high", True, False),
        ({"abuse": True}, "agent", "low", True, True),
        ({"abuse": True}, "agent", None, None, False),
        ({"roles": ("lead",)}, "lead", None, None, True),
    ],
)
def test_it_is_asked_by_role_urgency_and_abuse(
    rules: dict[str, object] | None, role: str, urgency: str | None, abuse: bool | None, asked: bool
) -> None:
    checked = None if rules is None else ApprovalSettings.model_validate(rules)
    assert bool(why_ask(checked, role, urgency, abuse)) == asked
