"""Sending from here: once, whatever happens on the way; and in plain words where the platform will not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from monitor import desk
from monitor.collecting import conversation
from monitor.models import Activity, Memo, Poll, Promise, Reply, User
from monitor.replies import commands
from monitor.replies.sending import LEASE
from tests.replying import NAMES, Answering

TEXT = "Hi Dana, we are looking for it."
Deliver = Callable[[], int]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_reply_goes_out_and_stops_the_clock(answering: Answering, deliver: Deliver, name: str) -> None:
    mention_id = answering.collect(name)
    reply_id = answering.send(mention_id, "Hi Dana, we'll call you by tomorrow 5pm.")
    assert (answering.reply(reply_id).state, answering.mention(mention_id).first_reply_at) == ("queued", None)
    assert (deliver(), deliver()) == (1, 0)
    sent = answering.reply(reply_id)
    assert (sent.state, sent.post_id, sent.url[:4]) == (
        "sent",
        getattr(answering.platforms, name).replies[0]["id"],
        "http",
    )
    assert answering.mention(mention_id).first_reply_at == sent.created_at
    with answering.store.read() as session:
        assert session.scalars(select(Promise.reply_id)).all() == [reply_id]
        assert session.scalars(select(Poll.usd)).all() == ([Decimal("0.015")] if name == "x" else [])  # in the ledger


def test_an_answer_that_was_lost_is_found_and_not_sent_again(answering: Answering, deliver: Deliver, name: str) -> None:
    platform = getattr(answering.platforms, name)
    reply_id = answering.send(answering.collect(name))
    platform.fail(
        "drop", path={"x": "tweets", "reddit": "comment", "bluesky": "putRecord", "mastodon": "statuses"}[name]
    )
    while not answering.sent(name):  # Mastodon's first request reads the post; only the second one publishes
        assert deliver() == 0
        answering.platforms.clock.advance(minutes=2)
        if name == "mastodon" and not answering.sent(name):
            platform.fail("none", path="statuses")
            platform.fail("none", path="statuses")
            platform.fail("drop", path="statuses")
    answering.platforms.clock.advance(hours=2)  # and Mastodon has forgotten its key
    deliver()
    assert answering.sent(name) == [TEXT]
    assert answering.reply(reply_id).state == "sent"


def test_a_sender_that_was_killed_is_followed_by_another_only_after_its_lease(
    answering: Answering, deliver: Deliver, name: str
) -> None:
    reply_id = answering.send(answering.collect(name))
    now = answering.platforms.clock.now()
    with answering.store.write() as session:
        values = {"state": "sending", "attempts": 1, "attempted_at": now, "lease_until": now + LEASE}
        session.execute(update(Reply).values(values))
    assert deliver() == 0
    answering.platforms.clock.advance(LEASE.total_seconds() + 1)
    assert deliver() == 1
    assert answering.sent(name) == [TEXT]
    assert answering.reply(reply_id).attempts == 2


def test_what_the_platform_refuses_is_left_to_a_person_with_its_words(answering: Answering, deliver: Deliver) -> None:
    mention_id = answering.collect("reddit")
    reply_id = answering.send(mention_id)
    with answering.store.write() as session:
        desk.resolve(session, mention_id, session.get_one(User, answering.ana.id), answering.now)
    answering.platforms.reddit.reply_errors.append(["THREAD_LOCKED", "Comments are locked.", "parent"])
    assert deliver() == 0
    failed = answering.reply(reply_id)
    assert (failed.state, failed.text, failed.attempts) == ("failed", TEXT, 1)
    assert failed.error == "Reddit refused the reply: Comments are locked."
    assert answering.mention(mention_id).status == "open"  # back on the board
    with answering.store.read() as session:
        assert session.scalars(select(Memo.user_id)).all() == [answering.ana.id]
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        given = (session, reply_id, ana, "Hi Dana, please write to us.", answering.settings, answering.now)
        commands.send_again(*given, answering.environment)
    assert deliver() == 1
    assert answering.sent("reddit") == ["Hi Dana, please write to us."]


def test_a_limit_is_waited_for(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("reddit"))
    answering.platforms.reddit.reply_errors.append(
        ["RATELIMIT", "Take a break for 9 minutes before trying again.", "r"]
    )
    assert deliver() == 0
    waiting = answering.reply(reply_id)
    assert (waiting.state, waiting.attempted_at) == ("queued", None)
    answering.platforms.clock.advance(minutes=8)
    assert deliver() == 0
    answering.platforms.clock.advance(minutes=2)
    assert deliver() == 1


def test_where_nobody_can_tell_a_person_is_asked_and_nothing_is_sent(answering: Answering, deliver: Deliver) -> None:
    mention_id = answering.collect("x")
    reply_id = answering.send(mention_id)
    now = answering.platforms.clock.now()
    with answering.store.write() as session:
        values = {"state": "sending", "attempts": 1, "attempted_at": now, "lease_until": now}
        session.execute(update(Reply).values(values))
    answering.platforms.x.post(
        "Hi Dana, a colleague here.", author="auroraair", reply_to=answering.mention(mention_id).post_id
    )
    assert deliver() == 0
    assert (answering.reply(reply_id).state, answering.sent("x")) == ("unknown", [])
    assert "look" in answering.reply(reply_id).error
    with answering.store.write() as session:
        ana = session.get_one(User, answering.ana.id)
        commands.settle(session, reply_id, ana, False, "", answering.settings, answering.now)
    assert answering.reply(reply_id).state == "failed"


def test_an_author_on_x_who_did_not_name_us_is_not_answered_by_a_program(
    answering: Answering, deliver: Deliver
) -> None:
    mention_id = answering.collect("x", "aurora air lost my bag")
    with pytest.raises(desk.Refused, match="X lets programs answer only authors who mentioned our account"):
        answering.send(mention_id)
    named = answering.collect("x")
    answering.platforms.x.posts[int(answering.mention(named).post_id)].answerable = False
    reply_id = answering.send(named)
    assert deliver() == 0
    assert "you have not been mentioned by the author" in answering.reply(reply_id).error


def test_the_same_words_are_sent_once(answering: Answering) -> None:
    mention_id = answering.collect("bluesky")
    answering.send(mention_id)
    with pytest.raises(desk.Refused, match="same words"):
        answering.send(mention_id)


def test_a_long_reply_goes_out_as_a_thread_in_order(answering: Answering, deliver: Deliver) -> None:
    text = "We looked at your case. " * 30
    mention_id = answering.collect("bluesky")
    with pytest.raises(desk.Invalid, match="too long; shorten it, or send it as 3 posts"):
        answering.send(mention_id, text)
    answering.send(mention_id, text, as_thread=True)
    for _ in range(3):
        deliver()
    first, second, third = answering.platforms.bluesky.replies
    assert (second["to"], third["to"]) == (first["id"], second["id"])
    assert [one["text"][-5:] for one in (first, second, third)] == ["(1/3)", "(2/3)", "(3/3)"]


def test_hostile_text_arrives_as_it_was_written(answering: Answering, deliver: Deliver, name: str) -> None:
    text = "<script>alert(1)</script> & 'quotes' \u202e {{ 7*7 }} 👨‍👩‍👧"
    reply_id = answering.send(answering.collect(name), text)
    assert deliver() == 1
    assert answering.sent(name) == [answering.reply(reply_id).text]


def test_a_reply_can_be_taken_back_until_it_is_on_its_way(answering: Answering, deliver: Deliver) -> None:
    reply_id = answering.send(answering.collect("mastodon"))
    with answering.store.write() as session:
        commands.withdraw(session, reply_id, session.get_one(User, answering.ana.id), answering.now)
    assert (deliver(), answering.sent("mastodon")) == (0, [])
    with answering.store.read() as session:
        assert session.scalars(select(Activity.happened).order_by(Activity.id)).all()[-1] == "reply_withdrawn"


def test_any_number_of_senders_at_once_send_each_reply_once(answering: Answering, deliver: Deliver) -> None:
    texts = [f"Hi Dana, your bag {number} is on its way." for number in range(12)]
    for number, text in enumerate(texts):
        answering.send(answering.collect(NAMES[number % 4]), text)
    with ThreadPoolExecutor(6) as senders:
        sent = sum(senders.map(lambda _: deliver(), range(6)))
    sent += deliver()  # for what a sender left, because another was faster
    assert sent == 12
    assert sorted(text for name in NAMES for text in answering.sent(name)) == sorted(texts)


def test_a_reply_that_turns_up_in_the_conversation_is_not_sent_after_all(
    answering: Answering, deliver: Deliver
) -> None:
    mention_id = answering.collect("reddit")
    reply_id = answering.send(mention_id)
    mention = answering.mention(mention_id)
    answering.platforms.reddit.post(TEXT, author="AuroraAir", parent=mention.post_id)  # somebody was faster by hand
    with answering.store.write() as session:
        conversation.want(session, mention_id, answering.now)
    conversation.read_wanted(answering.store, answering.settings, answering.now, answering.environment)
    assert (answering.reply(reply_id).state, deliver(), answering.sent("reddit")) == ("sent", 0, [])
