"""How a mention ends, and what its author says afterwards; on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.care import closing
from monitor.care.following import follow_authors
from monitor.care.praise import pass_praise_on
from monitor.models import Activity, Mention, Outcome, Reply, User
from monitor.store import Store
from monitor.teamwork.memos import unread
from monitor.words import Ended, Status
from tests.factories import make_mention, make_user

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """Ana, the mention that she answered, and the session of a transaction."""

    session: Session
    ana: User
    mention: Mention
    now: datetime

    def close(self, outcome: str = "", **how: Any) -> Mention:
        return closing.close(self.session, self.mention.id, self.ana, self.now, outcome, **how)

    def outcomes(self) -> list[Outcome]:
        self.session.flush()
        return list(self.session.scalars(select(Outcome).order_by(Outcome.id)))

    def write_again(self, sentiment: str = "negative", need: str = "billing", **fields: Any) -> Mention:
        """The author's next post, an hour after the mention was closed, judged and followed."""
        given = {"author_id": self.mention.author_id, "posted_at": self.now + HOUR, "in_reply_to": self.thread}
        post = make_mention(self.session, "And now?", sentiment=sentiment, need=need, **{**given, **fields})
        follow_authors(self.session, [post.id], self.now + HOUR)
        self.session.flush()
        return post

    @property
    def thread(self) -> str:
        return self.mention.root_post_id


@pytest.fixture
def at_desk(any_store: Store, now: datetime) -> Iterator[Desk]:
    with any_store.write() as session:
        ana, mention = make_user(session), make_mention(session)
        desk.claim(session, mention.id, ana, now)
        desk.log_reply(session, mention.id, ana, "We refunded it, Dana.", "https://x.example/us/77", now)
        yield Desk(session, ana, mention, now)


SIMPLE = [one for one in Ended if one not in (Ended.DECLINED, Ended.DUPLICATE, Ended.UNANSWERED)]


@pytest.mark.parametrize("outcome", SIMPLE)
def test_each_outcome_is_kept_with_how_the_author_felt(at_desk: Desk, outcome: Ended) -> None:
    assert at_desk.close(outcome).status == Status.RESOLVED
    (kept,) = at_desk.outcomes()
    assert (kept.outcome, kept.sentiment, kept.user_id, kept.reopened_at) == (outcome, "negative", at_desk.ana.id, None)


def test_closing_without_a_word_says_what_happened(at_desk: Desk) -> None:
    at_desk.close()
    quiet = make_mention(at_desk.session)
    desk.resolve(at_desk.session, quiet.id, at_desk.ana, at_desk.now)
    assert [one.outcome for one in at_desk.outcomes()] == [Ended.ANSWERED, Ended.UNNEEDED]


def test_declining_needs_a_reason(at_desk: Desk) -> None:
    with pytest.raises(desk.Invalid, match="a short reason for declining"):
        at_desk.close("declined", reason=" ")
    assert at_desk.close("declined", reason="past the 30 days of returns").status == Status.RESOLVED
    assert at_desk.outcomes()[0].reason == "past the 30 days of returns"


def test_only_what_attacks_people_may_be_left_without_an_answer_and_only_with_a_reason(at_desk: Desk) -> None:
    with pytest.raises(desk.Refused, match="decline this one"):
        at_desk.close("will_not_answer", reason="rude")
    at_desk.mention.abuse = True
    with pytest.raises(desk.Invalid, match="why we will not answer"):
        at_desk.close("will_not_answer", reason=" ")
    assert at_desk.close("will_not_answer", reason="threats against staff").status == Status.RESOLVED
    assert (at_desk.outcomes()[0].outcome, at_desk.outcomes()[0].reason) == (Ended.UNANSWERED, "threats against staff")


def test_a_duplicate_names_another_mention_of_the_same_brand(at_desk: Desk) -> None:
    elsewhere = make_mention(at_desk.session, brand="Borealis").id
    for original in (None, at_desk.mention.id, 999_999, elsewhere):
        with pytest.raises(desk.Invalid):
            at_desk.close("duplicate", duplicate_of=original)
    original = make_mention(at_desk.session).id
    at_desk.close("duplicate", duplicate_of=original)
    assert at_desk.outcomes()[0].duplicate_of_id == original


def test_there_is_no_other_outcome(at_desk: Desk) -> None:
    with pytest.raises(desk.Invalid, match="choose from solved"):
        at_desk.close("fixed")
    assert at_desk.outcomes() == []


def test_closing_twice_keeps_one_outcome_and_reopening_ends_it(at_desk: Desk) -> None:
    at_desk.close("solved")
    at_desk.close("declined", reason="too late")
    desk.reopen(at_desk.session, at_desk.mention.id, at_desk.ana, at_desk.now)
    at_desk.close("answered")
    first, second = at_desk.outcomes()
    assert (first.outcome, first.reopened_at, first.reopened_by_id) == ("solved", at_desk.now, at_desk.ana.id)
    assert (second.outcome, second.reopened_at) == ("answered", None)


@pytest.mark.parametrize("way", ["below it", "below our answer", "in its thread"])
def test_the_authors_next_post_opens_it_again_and_its_holder_is_told(at_desk: Desk, way: str) -> None:
    at_desk.mention.thread_id = "t1"
    (reply,) = at_desk.session.scalars(select(Reply))
    reply.post_id = "77"
    fields: dict[str, Any] = {
        "below it": {"in_reply_to": at_desk.thread},
        "below our answer": {"in_reply_to": "77"},
        "in its thread": {"in_reply_to": "elsewhere", "thread_id": "t1"},
    }[way]
    at_desk.close("solved")
    post = at_desk.write_again(**fields)
    assert at_desk.mention.status == Status.OPEN
    (kept,) = at_desk.outcomes()
    assert (kept.reopened_at, kept.reopened_by_id) == (at_desk.now + HOUR, None)
    assert (kept.followed_by_id, kept.next_sentiment) == (post.id, "negative")
    ((memo, about),) = unread(at_desk.session, at_desk.ana.id)
    assert (memo.activity.happened, memo.activity.data, about.id) == ("reopened", {"by_post": post.id}, about.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"sentiment": "positive"},
        {"need": "praise", "sentiment": "neutral"},
        {"in_reply_to": None},
        {"source": "reddit"},
        {"brand": "Borealis"},
        {"collected_at": datetime.fromisoformat("2026-11-18T11:59+00:00")},
    ],
)
def test_a_thank_you_or_something_else_opens_nothing(at_desk: Desk, fields: dict[str, Any]) -> None:
    at_desk.close("solved")
    at_desk.write_again(**fields)
    assert at_desk.mention.status == Status.RESOLVED
    assert at_desk.outcomes()[0].reopened_at is None


def test_after_a_thank_you_a_complaint_still_opens_it(at_desk: Desk) -> None:
    at_desk.close("solved")
    thanks = at_desk.write_again(sentiment="positive")
    at_desk.write_again(posted_at=at_desk.now + 2 * HOUR)
    (kept,) = at_desk.outcomes()
    assert (kept.followed_by_id, kept.next_sentiment) == (thanks.id, "positive")
    assert at_desk.mention.status == Status.OPEN


def test_praise_after_an_answer_reaches_whoever_wrote_it_once(at_desk: Desk) -> None:
    at_desk.close("solved")
    post = at_desk.write_again(sentiment="positive", need="praise")
    follow_authors(at_desk.session, [post.id], at_desk.now)  # judged a second time
    ((memo, about),) = unread(at_desk.session, at_desk.ana.id)
    assert (memo.activity.happened, memo.activity.data["to"], about.id) == ("praise_passed_on", "Ana", post.id)


def test_praise_is_passed_on_by_hand(at_desk: Desk) -> None:
    ben = make_user(at_desk.session, "Ben")
    praise = make_mention(at_desk.session, "Ben at the gate was lovely", need="praise", sentiment="positive")
    pass_praise_on(at_desk.session, praise.id, at_desk.ana, ben.id, "Look, Ben!", at_desk.now)
    ((memo, _),) = unread(at_desk.session, ben.id)
    assert memo.activity.data == {"to": "Ben", "to_id": ben.id, "words": "Look, Ben!"}
    with pytest.raises(desk.Invalid, match="Choose a colleague"):
        pass_praise_on(at_desk.session, praise.id, at_desk.ana, 999, "", at_desk.now)
    with pytest.raises(desk.Invalid, match="500"):
        pass_praise_on(at_desk.session, praise.id, at_desk.ana, ben.id, "x" * 501, at_desk.now)


def test_an_outcome_that_is_not_stored_closes_nothing(store: Store, now: datetime) -> None:
    with store.write() as session:
        ana, mention = make_user(session), make_mention(session)

    def close_and_die() -> None:
        with store.write() as session:
            closing.close(session, mention.id, session.get_one(User, ana.id), now, "solved")
            raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        close_and_die()
    with store.read() as session:
        assert session.get_one(Mention, mention.id).status == Status.OPEN
        assert session.query(Outcome).count() == 0
        assert session.query(Activity).filter_by(happened="resolved").count() == 0
