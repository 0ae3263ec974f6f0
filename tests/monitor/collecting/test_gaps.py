"""Gaps are read after all as far as the platform reaches back, by the real clients; else they stay for people."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.gaps import note_gap
from monitor.models import Activity, Feed, Gap, Mention
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Gap as SourceGap
from sources.registry import source_class
from tests.benchmarks.mortal import Desk
from tests.benchmarks.storm import list_rows
from tests.platforms import Platforms

PAST = ("x", "bluesky", "mastodon", "hackernews", "rss")  # can be asked for a time; the others list the newest
LISTED = ("reddit", "youtube", "facebook", "instagram", "appstore", "googleplay")
REREADING = PAST + LISTED


class Reader:
    """A desk on one source that has read once, and gaps in what it has read."""

    def __init__(self, name: str, platforms: Platforms, store: Store) -> None:
        (row,) = [row for row in list_rows(platforms) if row.name == name]
        self.row, self.platforms, self.store = row, platforms, store
        self.desk = Desk(row, platforms, store, lambda: None)
        self.desk.poll()

    def post(self, count: int, first: int = 0) -> set[str]:
        assert self.row.post
        texts = [f"aurora air {number}" for number in range(first, first + count)]
        for text in texts:
            self.row.post(self.platforms, text)
        return set(texts)

    def miss(self, count: int, days: int = 2) -> set[str]:
        """Posts that are not read, for a new first poll looks back less; and the gap that says so."""
        since = self.now - timedelta(seconds=2)
        missed = self.post(count)
        until = self.now + timedelta(seconds=2)
        self.platforms.clock.advance(days=days)
        with self.store.write() as session:
            feed = session.get_one(Feed, self.desk.feed_id)
            if self.row.name != "rss":
                feed.cursor = None
            note_gap(session, feed, SourceGap("Nobody read.", since, until), self.now)
        return missed

    @property
    def now(self) -> datetime:
        return self.platforms.clock.now()

    @property
    def gap(self) -> Gap:
        with self.store.read() as session:
            return session.scalars(select(Gap).where(Gap.reason == "Nobody read.")).one()

    @property
    def texts(self) -> set[str]:
        with self.store.read() as session:
            found = [re.search(r"aurora air \d+", text) for text in session.scalars(select(Mention.text))]
        return {words[0] for words in found if words}

    def poll(self) -> None:
        self.desk.poll()
        assert self.desk.crashes == []


@pytest.fixture(params=REREADING)
def reader(request: pytest.FixtureRequest, any_store: Store, platforms: Platforms) -> Iterator[Reader]:
    platforms.rss.archived = True
    made = Reader(request.param, platforms, any_store)
    yield made
    made.desk.fate.part()


def test_the_named_sources_can_be_asked_for_the_past(platforms: Platforms) -> None:
    found = {row.name for row in list_rows(platforms) if hasattr(source_class(row.name), "reread")}
    assert found == set(REREADING)


def test_a_gap_of_a_source_that_shows_no_past_promises_nothing(store: Store, settings: Settings) -> None:
    now = utcnow()
    brand = {"name": "Aurora Air", "terms": ["aurora air"], "feed": [{"name": "showing", "source": "sample"}]}
    with store.write() as session:
        sync_settings(session, Settings.model_validate({"brand": [brand], "home": settings.home}), now)
        note_gap(session, session.scalars(select(Feed)).one(), SourceGap("Nobody read.", now, now), now)
    with store.read() as session:
        gap = session.scalars(select(Gap)).one()
    assert (gap.retry_at, gap.closed_at) == (None, None)


def test_a_gap_that_goes_on_is_one_that_grows(reader: Reader) -> None:
    start = reader.now
    windows = [(start + timedelta(minutes=minutes), start + timedelta(minutes=minutes + 5)) for minutes in (0, 3, 60)]
    with reader.store.write() as session:
        feed = session.get_one(Feed, reader.desk.feed_id)
        for since, until in windows:
            note_gap(session, feed, SourceGap("Nobody read.", since, until), until)
    with reader.store.read() as session:
        found = [(gap.since, gap.until) for gap in session.scalars(select(Gap).order_by(Gap.id))]
    assert found == [(windows[0][0], windows[1][1]), windows[2]]


def test_gaps_of_which_nobody_knows_where_they_begin_or_end_stand_by_themselves(reader: Reader) -> None:
    start, later = reader.now, reader.now + timedelta(minutes=5)
    windows = [(None, None), (None, later), (start, None), (start, later), (later, None)]
    with reader.store.write() as session:
        feed = session.get_one(Feed, reader.desk.feed_id)
        for since, until in windows + windows:
            note_gap(session, feed, SourceGap("Nobody read.", since, until), later)
    with reader.store.read() as session:
        found = [(gap.since, gap.until) for gap in session.scalars(select(Gap).order_by(Gap.id))]
    assert found == [(None, None), (start, None), (later, None)]


def test_a_gap_that_is_found_again_with_a_later_end_lasts_as_long(reader: Reader) -> None:
    start, minute = reader.now, timedelta(minutes=1)
    windows = [(start, start + 2 * minute), (start, start + 5 * minute), (start + minute, start + 3 * minute)]
    with reader.store.write() as session:
        feed = session.get_one(Feed, reader.desk.feed_id)
        for since, until in windows:
            note_gap(session, feed, SourceGap("Nobody read.", since, until), until)
    assert (reader.gap.since, reader.gap.until) == (start, start + 5 * minute)


def test_a_gap_does_not_grow_while_it_is_read(reader: Reader) -> None:
    start, later = reader.now, reader.now + timedelta(minutes=5)
    with reader.store.write() as session:
        feed = session.get_one(Feed, reader.desk.feed_id)
        note_gap(session, feed, SourceGap("Nobody read.", start, later), later)
        under_way = session.scalars(select(Gap)).one()
        under_way.place = {"cursor": {}, "unread": False}
        session.flush()
        note_gap(session, feed, SourceGap("Nobody read.", later, later + timedelta(minutes=5)), later)
        assert len(session.scalars(select(Gap)).all()) == 2


def test_a_gap_is_read_after_all(reader: Reader, platforms: Platforms) -> None:
    platforms.rss.shown = 30
    missed = reader.miss(100)
    later = reader.post(5, first=1_000)
    for _ in range(2):
        reader.poll()
    assert reader.texts == missed | later
    gap = reader.gap
    assert (gap.closed_at is not None, gap.closed_by_id, gap.place, gap.retry_at) == (True, None, None, None)
    with reader.store.read() as session:
        told = session.scalars(select(Activity.happened).where(Activity.happened == "gap_read")).all()
    assert len(told) == 1


@pytest.fixture
def x_reader(store: Store, platforms: Platforms) -> Iterator[Reader]:
    made = Reader("x", platforms, store)
    yield made
    made.desk.fate.part()


def test_what_the_platform_no_longer_shows_is_left_to_people(x_reader: Reader, platforms: Platforms) -> None:
    x_reader.miss(3, days=8)
    x_reader.poll()
    asked = len(platforms.x.requests)
    assert (x_reader.gap.closed_at, x_reader.gap.retry_at) == (None, None)
    x_reader.poll()
    assert len(platforms.x.requests) == asked + 1  # the search, and nothing for the gap
    assert x_reader.texts == set()


def test_a_gap_that_is_half_in_reach_shrinks(x_reader: Reader, platforms: Platforms) -> None:
    x_reader.miss(3, days=5)
    late = x_reader.post(2, first=50)
    platforms.clock.advance(days=4)
    with x_reader.store.write() as session:
        session.scalars(select(Gap)).one().until = x_reader.now - timedelta(days=1)
    x_reader.poll()
    x_reader.poll()
    gap = x_reader.gap
    assert gap.closed_at is None
    assert gap.until is not None
    assert timedelta(days=6) < x_reader.now - gap.until < timedelta(days=7)
    assert x_reader.texts == late


def test_a_failure_costs_a_try_and_not_the_feed(x_reader: Reader, platforms: Platforms) -> None:
    missed = x_reader.miss(3)
    platforms.x.fail("none")  # the feed itself reads
    platforms.x.fail("503")
    x_reader.poll()
    gap = x_reader.gap
    assert (gap.tries, gap.closed_at, x_reader.texts) == (1, None, set())
    with x_reader.store.read() as session:
        assert session.scalars(select(Feed.state)).one() == "reading"
    platforms.clock.advance(minutes=11)
    x_reader.poll()
    assert (x_reader.gap.closed_at is not None, x_reader.texts) == (True, missed)


def test_a_gap_that_is_read_when_the_desk_dies_is_gone_on_with(x_reader: Reader) -> None:
    missed = x_reader.miss(250)
    for statements in (25, 40, 60, None):
        x_reader.desk.poll(statements)
    assert x_reader.texts == missed
    assert x_reader.gap.closed_at is not None


@pytest.fixture(params=LISTED)
def listed(request: pytest.FixtureRequest, store: Store, platforms: Platforms) -> Iterator[Reader]:
    made = Reader(request.param, platforms, store)
    yield made
    made.desk.fate.part()


def test_a_listing_is_read_down_to_the_gap_and_no_feed_that_changed_meanwhile_trips(listed: Reader) -> None:
    missed = listed.miss(120, days=3)
    with listed.store.write() as session:
        session.scalars(select(Gap)).one().place = {"cursor": {"left": ["what it read before"]}, "unread": False}
    for _ in range(4):
        listed.poll()
    assert listed.texts >= missed
    assert listed.gap.closed_at is not None


def test_what_a_listing_no_longer_holds_stays_a_gap(store: Store, platforms: Platforms) -> None:
    """The newest 500 reviews are all that the App Store shows."""
    reader = Reader("appstore", platforms, store)
    reader.miss(10)
    known = reader.gap
    reader.post(500, first=100)
    for _ in range(4):
        platforms.clock.advance(hours=7)
        reader.poll()
    gap = reader.gap
    assert (gap.closed_at, gap.retry_at, gap.tries) == (None, None, 3)
    assert (gap.since, gap.until) == (known.since, known.until)
    reader.desk.fate.part()
