"""Answering all of an incident: by name, never twice word for word, one after the other, and only what can be."""

from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.incidents import commands
from monitor.incidents.answering import PACE, log_all, plan_answers, send_all
from monitor.models import Author, Mention, Reply, User
from monitor.store import Store
from tests.platforms import Platforms
from tests.replying import Answering, make_settings

pytestmark = pytest.mark.postgresql
WORDS = ["Hi {author_name}, the belt is being mended.", "Hello {author_name}: bags come by 6."]


@pytest.fixture
def answering(any_store: Store, platforms: Platforms) -> Answering:
    """Three mentions on Mastodon by Dana, Dana and Bo, all in incident 1, which Ana opened."""
    made = Answering(any_store, platforms, make_settings(platforms), platforms.clock.now())
    ids = [made.collect("mastodon", f"@ann your belt is stuck {number}") for number in range(3)]
    with any_store.write() as session:
        ana = session.get_one(User, made.ana.id)
        for mention_id in ids:
            desk.release(session, mention_id, ana, made.now)
        give_author(session, ids[2], "Bo Ek")
        commands.open_new(session, ana, "Belt in Oslo", ids, made.now)
        commands.describe(session, 1, ana, made.now, answers=WORDS)
    return made


def give_author(session: Session, mention_id: int, name: str) -> None:
    mention = session.get_one(Mention, mention_id)
    author = Author(source="mastodon", platform_id=name, handle=name.lower().replace(" ", ""), name=name)
    session.add(author)
    session.flush()
    mention.author_id = author.id


def replies(answering: Answering) -> list[Reply]:
    with answering.store.read() as session:
        return list(session.scalars(select(Reply).order_by(Reply.id)))


def test_each_is_greeted_by_name_and_no_two_read_the_same(answering: Answering) -> None:
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        given = send_all(session, 1, [1, 2, 3], ana, answering.settings, answering.now, answering.environment)
    assert (given.answered, given.refused) == ([1, 2, 3], {})
    sent = replies(answering)
    assert [one.text for one in sent] == [
        "Hi Dana, the belt is being mended.",
        "Hello Dana: bags come by 6.",
        "Hi Bo, the belt is being mended.",
    ]
    moments = [one.next_at for one in sent if one.next_at]
    assert [after - before for before, after in pairwise(moments)] == [PACE, PACE]
    assert all(answering.mention(one).assignee_id == answering.ana.id for one in (1, 2, 3))


def test_what_was_said_word_for_word_waits_for_another_wording(answering: Answering) -> None:
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        commands.describe(session, 1, ana, answering.now, answers=WORDS[:1])
        given = send_all(session, 1, [1, 2, 3], ana, answering.settings, answering.now, answering.environment)
    assert given.answered == [1, 3]
    assert "write one more" in given.refused[2]
    assert answering.mention(2).assignee_id is None
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        commands.describe(session, 1, ana, answering.now, answers=WORDS)
        given = send_all(session, 1, [1, 2, 3], ana, answering.settings, answering.now, answering.environment)
    assert given.answered == [2]  # the others wait for theirs, and get no second one
    assert replies(answering)[-1].text == "Hello Dana: bags come by 6."


def test_what_a_colleague_holds_and_what_has_holes_is_left_alone(answering: Answering) -> None:
    with answering.store.write() as session:
        ana, lea = session.get_one(User, answering.ana.id), session.get_one(User, answering.lea.id)
        desk.claim(session, 1, lea, answering.now)
        commands.describe(session, 1, ana, answering.now, answers=["Hi {author_name}, see {link:belt}"])
        plan = plan_answers(session, 1, ana, answering.settings)
    assert [one.why_not for one in plan] == ["Lea holds it."] + ["{link:belt} was not filled in."] * 2


def test_what_cannot_be_sent_from_here_says_why_and_stays_unclaimed(answering: Answering) -> None:
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        given = send_all(session, 1, [1], ana, answering.settings, answering.now, {})
    assert given.answered == []
    assert given.refused[1]
    assert answering.mention(1).assignee_id is None
    assert replies(answering) == []


def test_what_was_said_to_all_at_once_is_logged_for_each(answering: Answering) -> None:
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        commands.describe(session, 1, ana, answering.now, answers=["The belt in Oslo is being mended."])
        given = log_all(session, 1, [1, 2, 3], ana, "https://aurora.example/belt", answering.settings, answering.now)
    assert given.answered == [1, 2, 3]
    assert {(one.state, one.url, one.next_at) for one in replies(answering)} == {
        ("logged", "https://aurora.example/belt", None)
    }
    assert answering.mention(3).first_reply_at is not None


def test_nobody_answers_more_abuse_at_once_than_their_share(answering: Answering) -> None:
    claims = answering.settings.claims.model_copy(update={"most_abusive": 1})
    settings = answering.settings.model_copy(update={"claims": claims})
    with answering.store.write() as session:
        for mention_id in (1, 2):
            session.get_one(Mention, mention_id).abuse = True
        ana = session.get_one(User, answering.ana.id)
        given = send_all(session, 1, [1, 2, 3], ana, settings, answering.now, answering.environment)
    assert given.answered == [1, 3]
    assert "You have had your share of abusive mentions today (1)" in given.refused[2]
    assert answering.mention(2).assignee_id is None
    assert len(replies(answering)) == 2
