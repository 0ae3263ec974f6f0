"""Polls of real clients against the fake platforms: what is kept when all goes well, and when it does not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import Polled, claim_feed, due_feeds, poll_feed
from monitor.models import Activity, Feed, Gap, Mention, Poll
from monitor.settings import Settings
from monitor.store import Store
from tests.platforms import Platforms

Poller = Callable[[], Polled | None]
ENVIRONMENT_NAME = "MENTIONDESK_X_BEARER_TOKEN"


@pytest.fixture
def feed(platforms: Platforms) -> dict[str, Any]:
    """An X feed that reads the fake platform; a test may add to it before polling."""
    return {"name": "x-search", "source": "x", "query": "aurora", **platforms.x_options}


@pytest.fixture
def poll(any_store: Store, settings: Settings, platforms: Platforms, feed: dict[str, Any]) -> Poller:
    """Poll the feed once, as it is configured by now."""

    def run() -> Polled | None:
        brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
        configured = Settings.model_validate({"brand": [brand], "home": settings.home})
        with any_store.write() as session:
            sync_settings(session, configured, utcnow())
            feed_id = session.scalars(select(Feed.id)).one()
        environment = {ENVIRONMENT_NAME: platforms.x_credentials["bearer_token"]}
        return poll_feed(any_store, configured, feed_id, environment)

    return run


def only(store: Store, table: Any) -> Any:
    with store.read() as session:
        return session.scalars(select(table).order_by(table.id.desc())).first()


def texts(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Mention.text)))


def test_posts_cursor_and_ledger_are_kept_together(poll: Poller, any_store: Store, platforms: Platforms) -> None:
    for number in range(130):
        platforms.x.post(f"aurora {number}")
    polled = poll()
    assert polled is not None
    assert (polled.state, polled.counts.stored) == ("reading", 130)
    ledger, feed = only(any_store, Poll), only(any_store, Feed)
    assert (ledger.read, ledger.stored, ledger.requests, ledger.error) == (130, 130, ledger.pages, "")
    assert ledger.usd >= Decimal("0.65")  # 130 posts at half a cent
    assert ledger.finished_at is not None
    assert feed.cursor is not None
    assert feed.lease_until is None
    assert feed.next_poll_at > utcnow()


def test_nothing_is_lost_when_polls_break_off_between_pages(
    poll: Poller, any_store: Store, platforms: Platforms
) -> None:
    expected = {f"aurora {number}" for number in range(330)}
    for text in sorted(expected):
        platforms.x.post(text)
    states = []
    for number in range(8):
        fail_second_request(platforms)
        polled = poll()
        assert polled is not None
        states.append(polled.state)
        platforms.x.post(f"aurora meanwhile {number}")
        expected.add(f"aurora meanwhile {number}")
    platforms.x.faults.clear()
    poll()
    assert states.count("unreachable") >= 3  # or the test would prove nothing
    assert texts(any_store) == expected


def fail_second_request(platforms: Platforms) -> None:
    """Let one request through, then answer one with a page of HTML."""
    platforms.x.faults.clear()
    platforms.x.fail("none", path="/2/tweets/search/recent")
    platforms.x.fail("html", path="/2/tweets/search/recent")


def test_a_failure_is_shown_told_once_and_cleared(poll: Poller, any_store: Store, platforms: Platforms) -> None:
    poll()
    platforms.x.fail("503", times=2)
    for failures in (1, 2):
        polled = poll()
        assert polled is not None
        feed = only(any_store, Feed)
        assert (feed.state, feed.failures) == ("unreachable", failures)
    poll()
    feed = only(any_store, Feed)
    assert (feed.state, feed.failures, feed.state_reason) == ("reading", 0, "")
    with any_store.read() as session:
        told = session.scalars(select(Activity.happened).where(Activity.happened.like("feed%"))).all()
    assert told == ["feed_down", "feed_up"]


def test_a_limit_is_waited_out_without_sleeping(poll: Poller, any_store: Store, platforms: Platforms) -> None:
    reset = utcnow() + timedelta(minutes=7)
    platforms.x.fail("429", reset=420)
    polled = poll()
    assert polled is not None
    feed = only(any_store, Feed)
    assert feed.state == "waiting"
    assert abs(feed.next_poll_at - reset) < timedelta(seconds=5)


def test_a_missing_key_is_named(any_store: Store, settings: Settings, feed: dict[str, Any], now: datetime) -> None:
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
    configured = Settings.model_validate({"brand": [brand]})
    with any_store.write() as session:
        sync_settings(session, configured, now)
    polled = poll_feed(any_store, configured, only(any_store, Feed).id, {})
    assert polled is not None
    assert (polled.state, ENVIRONMENT_NAME in polled.reason) == ("misconfigured", True)


def test_a_cursor_that_the_platform_forgot_leaves_a_gap_and_reading_goes_on(
    poll: Poller, any_store: Store, platforms: Platforms
) -> None:
    platforms.x.post("aurora one")
    poll()
    with any_store.write() as session:
        cursor = session.scalars(select(Feed.cursor)).one()
        old = {**cursor, "search": {**cursor["search"], "since": 1_000}}
        session.execute(update(Feed).values(cursor=old))
    platforms.x.post("aurora two")
    poll()
    poll()
    gap = only(any_store, Gap)
    assert gap is not None
    assert gap.closed_at is None
    assert texts(any_store) == {"aurora one", "aurora two"}


def test_a_feed_whose_budget_is_spent_says_so_and_costs_nothing(
    poll: Poller, any_store: Store, platforms: Platforms, feed: dict[str, Any]
) -> None:
    feed["budget"] = "0.05 USD/month"
    for number in range(20):
        platforms.x.post(f"aurora {number}")
    poll()
    asked = len(platforms.x.requests)
    polled = poll()
    assert polled is not None
    assert polled.state == "unpaid"
    assert "budget is spent" in polled.reason
    assert len(platforms.x.requests) == asked


def test_no_two_polls_of_a_feed_run_together(poll: Poller, any_store: Store) -> None:
    poll()
    feed_id = only(any_store, Feed).id
    with any_store.write() as session:
        assert claim_feed(session, feed_id, utcnow()) is not None
    assert poll() is None
    with any_store.write() as session:
        session.execute(update(Feed).values(next_poll_at=utcnow() - timedelta(hours=1)))
        assert due_feeds(session, utcnow()) == []
        # The poller was killed: when its lease has run out, the feed is due again.
        assert due_feeds(session, utcnow() + timedelta(minutes=6)) == [feed_id]


def test_a_feed_that_left_the_configuration_rests(
    store: Store, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [{"name": "demo", "source": "sample"}]}
    with store.write() as session:
        sync_settings(session, Settings.model_validate({"brand": [brand]}), now)
        assert len(due_feeds(session, now)) == 1
        sync_settings(session, settings, now)
        assert due_feeds(session, now) == []


def test_a_feed_that_could_not_be_read_from_its_start_shows_a_gap(
    poll: Poller, any_store: Store, platforms: Platforms
) -> None:
    platforms.x.fail("401")
    poll()
    poll()
    assert only(any_store, Gap) is None  # mistyped and mended: nothing was missed
    with any_store.write() as session:
        session.execute(update(Feed).values(cursor=None))
        session.execute(update(Poll).values(started_at=utcnow() - timedelta(days=3), pages=0))
    poll()
    gap = only(any_store, Gap)
    assert gap is not None
    assert gap.reason.startswith("The feed could not be read from its start")
    poll()
    with any_store.read() as session:
        assert len(session.scalars(select(Gap)).all()) == 1


def test_a_late_start_is_told_though_the_first_poll_that_began_did_not_end(
    any_store: Store, platforms: Platforms
) -> None:
    feed = {"name": "bluesky", "source": "bluesky", **platforms.bluesky_options}
    settings = Settings.model_validate({"brand": [{"name": "Aurora Air", "terms": ["aurora air"], "feed": [feed]}]})
    keys = {f"MENTIONDESK_BLUESKY_{name.upper()}": value for name, value in platforms.bluesky_credentials.items()}
    with any_store.write() as session:
        sync_settings(session, settings, utcnow())
        feed_id = session.scalars(select(Feed.id)).one()
    platforms.bluesky.fail("503", path="createSession")
    platforms.bluesky.post("aurora air, before the feed could be read")
    poll_feed(any_store, settings, feed_id, keys, clock=platforms.clock.now)
    assert only(any_store, Gap) is None
    platforms.clock.advance(days=8)
    platforms.bluesky.fail("503", path="searchPosts")  # signed in, and no further
    poll_feed(any_store, settings, feed_id, keys, clock=platforms.clock.now)
    with any_store.read() as session:
        (gap,) = session.scalars(select(Gap))
    assert gap.reason.startswith("The feed could not be read from its start")
    assert gap.closed_at is None
    poll_feed(any_store, settings, feed_id, keys, clock=platforms.clock.now)
    with any_store.read() as session:
        assert session.scalars(select(Gap.closed_at)).one() is not None  # Bluesky's search reaches back: read after all
    assert texts(any_store) == {"aurora air, before the feed could be read"}


def test_a_feed_that_nothing_read_for_long_after_it_was_made_shows_a_gap(
    any_store: Store, platforms: Platforms
) -> None:
    feed = {"name": "news", "source": "rss", **platforms.rss_options}
    settings = Settings.model_validate({"brand": [{"name": "Aurora Air", "terms": ["aurora air"], "feed": [feed]}]})
    with any_store.write() as session:
        sync_settings(session, settings, platforms.clock.now())
        feed_id = session.scalars(select(Feed.id)).one()
    platforms.clock.advance(days=8)
    for _ in range(2):
        poll_feed(any_store, settings, feed_id, {}, clock=platforms.clock.now)
    with any_store.read() as session:
        (gap,) = session.scalars(select(Gap))
    assert gap.closed_at is None
    assert gap.until - gap.since > timedelta(days=8)


def test_a_place_that_the_platform_forgot_is_no_late_start(
    poll: Poller, any_store: Store, platforms: Platforms
) -> None:
    poll()
    with any_store.write() as session:
        session.execute(update(Feed).values(cursor=None))
        session.execute(update(Poll).values(started_at=utcnow() - timedelta(days=3)))
    poll()
    assert only(any_store, Gap) is None
