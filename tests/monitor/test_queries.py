"""What is read: in order, page by page, and only what was asked for."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from monitor import desk, queries
from monitor.care.closing import close
from monitor.care.notes import add_note
from monitor.models import Mention
from monitor.queries import QueueFilter
from monitor.store import Store
from tests.factories import make_mention, make_user


def all_pages(store: Store, wanted: QueueFilter, now: datetime, limit: int) -> list[Mention]:
    found: list[Mention] = []
    cursor = None
    while True:
        with store.read() as session:
            page = queries.queue_page(session, wanted, now, cursor, limit)
        found += page.mentions
        cursor = page.next
        if cursor is None:
            return found


def test_the_queue_is_most_pressing_first_and_pages_never_repeat_or_miss(any_store: Store, now: datetime) -> None:
    draw = random.Random(7)
    with any_store.write() as session:
        for _ in range(60):
            age = timedelta(minutes=draw.choice([5, 5, 30, 600]))  # equal times happen: the id must break the tie
            make_mention(session, urgency=draw.choice(["low", "normal", "high", "urgent", None]), posted_at=now - age)
    found = all_pages(any_store, QueueFilter(), now, limit=7)
    assert len({mention.id for mention in found}) == 60
    order = [(mention.press_rank, mention.press_at, mention.id) for mention in found]
    assert order == sorted(order)
    ranks = [mention.urgency for mention in found]
    assert ranks.index("urgent") < ranks.index("high") < ranks.index("normal") < ranks.index("low")


def test_paging_goes_on_where_it_was_although_the_queue_moves(store: Store, now: datetime) -> None:
    with store.write() as session:
        mentions = [make_mention(session, posted_at=now - timedelta(minutes=60 - n)) for n in range(20)]
        user = make_user(session)
    with store.read() as session:
        first = queries.queue_page(session, QueueFilter(), now, None, 10)
    with store.write() as session:
        desk.resolve(session, mentions[0].id, user, now)
        make_mention(session, urgency="urgent")
    with store.read() as session:
        second = queries.queue_page(session, QueueFilter(), now, first.next, 10)
    assert [mention.id for mention in second.mentions] == [mention.id for mention in mentions[10:]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QueueFilter(urgency="high"), {"wifi"}),
        (QueueFilter(sentiment="positive"), {"thanks"}),
        (QueueFilter(need="praise"), {"thanks"}),
        (QueueFilter(source="reddit"), {"thanks"}),
        (QueueFilter(brand="Other"), {"other"}),
        (QueueFilter(brand="Nobody"), set()),
        (QueueFilter(assignee="none"), {"thanks", "other", "100% sure_thing"}),
        (QueueFilter(assignee="any"), {"wifi"}),
        (QueueFilter(overdue=True), {"wifi"}),
        (QueueFilter(q="WIFI"), {"wifi"}),
        (QueueFilter(q="zoe thanks"), {"thanks"}),
        (QueueFilter(q="100%"), {"100% sure_thing"}),
        (QueueFilter(q="sure_thing"), {"100% sure_thing"}),
        (QueueFilter(q="%"), set()),
        (QueueFilter(status="resolved"), {"done"}),
        (QueueFilter(status=""), {"wifi", "thanks", "other", "100% sure_thing", "done"}),
    ],
)
def test_filters(any_store: Store, now: datetime, wanted: QueueFilter, expected: set[str]) -> None:
    with any_store.write() as session:
        user = make_user(session)
        wifi = make_mention(session, "wifi", urgency="high", posted_at=now - timedelta(hours=3))
        desk.claim(session, wifi.id, user, now)
        make_mention(session, "thanks", "low", "positive", "praise", source="reddit", name="Zoë", handle="zoe")
        make_mention(session, "other", brand="Other", posted_at=now)
        make_mention(session, "100% sure_thing", posted_at=now)
        done = make_mention(session, "done")
        desk.resolve(session, done.id, user, now)
    assert {mention.text for mention in all_pages(any_store, wanted, now, 50)} == expected


def test_counts_are_those_of_the_views(store: Store, now: datetime) -> None:
    with store.write() as session:
        user = make_user(session)
        mentions = [make_mention(session, urgency="urgent", posted_at=now - timedelta(hours=1)) for _ in range(5)]
        desk.claim(session, mentions[0].id, user, now)
        desk.log_reply(session, mentions[0].id, user, "Hi", "", now)
        desk.snooze(session, mentions[1].id, user, now + timedelta(hours=1), now)
        desk.resolve(session, mentions[2].id, user, now)
    with store.read() as session:
        counts = queries.view_counts(session, user.id, now)
    expected = {"open": 3, "mine": 1, "unclaimed": 2, "overdue": 2, "snoozed": 1, "resolved": 1}
    assert {name: counts[name] for name in expected} == expected


@pytest.mark.parametrize("cursor", ["x", "!!!!", "WzFd", "bnVsbA", "W251bGwsMSwyXQ", "\ud800"])
def test_a_cursor_that_is_not_ours_is_refused(store: Store, now: datetime, cursor: str) -> None:
    with store.read() as session, pytest.raises(queries.BadCursor, match="start again from the first page"):
        queries.queue_page(session, QueueFilter(), now, cursor)


def test_the_number_of_statements_does_not_grow_with_the_rows(store: Store, now: datetime) -> None:
    def statements() -> int:
        seen: list[str] = []
        event.listen(store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        with store.read() as session:
            page = queries.queue_page(session, QueueFilter(), now)
            assert all(mention.author and mention.brand.name for mention in page.mentions)
        return len(seen)

    with store.write() as session:
        make_mention(session)
    few = statements()
    with store.write() as session:
        for _ in range(30):
            make_mention(session)
    assert statements() == few == 2  # BEGIN and one SELECT


def test_what_an_author_wrote_before_comes_with_what_came_of_it_and_what_was_noted(
    any_store: Store, now: datetime
) -> None:
    with any_store.write() as session:
        ana = make_user(session)
        first, second = (make_mention(session, posted_at=now - timedelta(days=days)) for days in (3, 2))
        again = make_mention(session, posted_at=now, author_id=first.author_id, thread_id=first.root_post_id)
        second.author_id = first.author_id
        for text in ("Flies with a cello", "Prefers the phone"):
            add_note(session, first.id, ana, text, now)
        close(session, first.id, ana, now, "declined", "fare rules")
        desk.reopen(session, first.id, ana, now)
        close(session, first.id, ana, now, "solved")
    with any_store.read() as session:
        detail = queries.mention_detail(session, again.id)
        assert detail is not None
        told = [
            (one.mention.id, one.outcome and one.outcome.outcome, one.note and one.note.text, one.notes)
            for one in detail.earlier
        ]
        assert told == [(second.id, None, None, 0), (first.id, "solved", "Prefers the phone", 2)]


def test_a_mention_shows_its_conversation_and_its_authors_past(store: Store, now: datetime) -> None:
    with store.write() as session:
        first = make_mention(session, "first", posted_at=now - timedelta(days=2), thread_id="t")
        answer = make_mention(session, "answer", posted_at=now - timedelta(days=1), in_reply_to=first.root_post_id)
        again = make_mention(session, "again", posted_at=now, author_id=first.author_id)
        elsewhere = make_mention(session, "elsewhere", source="reddit", in_reply_to=first.root_post_id)
    with store.read() as session:
        detail = queries.mention_detail(session, first.id)
        later = queries.mention_detail(session, again.id)
        assert detail is not None
        assert later is not None
        assert [mention.id for mention in detail.thread] == [answer.id]
        assert [one.mention.id for one in later.earlier] == [first.id]
        assert elsewhere.id not in [mention.id for mention in detail.thread]
        assert queries.mention_detail(session, 999) is None
