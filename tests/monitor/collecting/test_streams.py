"""Feeds that are listened to: posts within a second, nothing lost between connections, the ledger and the board."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import poll_feed
from monitor.collecting.streams import LISTENS, Listening, listen_feed
from monitor.models import Activity, Feed, Gap, Mention, Poll
from monitor.scheduler import Clockwork
from monitor.settings import Settings
from monitor.store import Store
from tests.monitor.judges import PlainJudge
from tests.monitor.test_scheduler import wait_for as wait_for_some_time
from tests.platforms import Platforms

wait_for = partial(wait_for_some_time, seconds=60)


@pytest.fixture
def feeds(platforms: Platforms) -> list[dict[str, Any]]:
    """Two feeds that are listened to; a test may add to them before the desk starts."""
    x = {"name": "x", "source": "x", "stream": True, **platforms.x_options}
    return [x, {"name": "bluesky", "source": "bluesky", "stream": True, **platforms.bluesky_options}]


@pytest.fixture
def environment(platforms: Platforms) -> dict[str, str]:
    named = {"X": platforms.x_credentials, "BLUESKY": platforms.bluesky_credentials}
    return {f"MENTIONDESK_{name}_{key.upper()}": value for name, keys in named.items() for key, value in keys.items()}


@pytest.fixture
def watching(settings: Settings, feeds: list[dict[str, Any]]) -> Settings:
    brand = {"name": "Aurora Air", "terms": ["aurora"], "feed": feeds}
    return Settings.model_validate({"brand": [brand], "home": settings.home})


@pytest.fixture
def start(any_store: Store, watching: Settings, environment: dict[str, str]) -> Iterator[Callable[[], Clockwork]]:
    """Starts the desk, the same one again after `stop`."""
    made: list[Clockwork] = []

    def begin() -> Clockwork:
        with any_store.write() as session:
            sync_settings(session, watching, utcnow())
        made.append(Clockwork(any_store, watching, PlainJudge, environment))
        made[-1].start()
        return made[-1]

    yield begin
    for each in made:
        if each.clock.running:
            each.stop()


def texts(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Mention.text)))


def state(store: Store, name: str) -> tuple[str, str]:
    with store.read() as session:
        feed = session.scalars(select(Feed).where(Feed.name == name)).one()
        return feed.state, feed.state_reason


def are_listened_to(store: Store) -> bool:
    return {state(store, name) for name in ("x", "bluesky")} == {("reading", LISTENS)}


def test_posts_are_stored_as_they_are_written_and_the_board_says_that_it_listens(
    start: Callable[[], Clockwork], any_store: Store, platforms: Platforms
) -> None:
    start()
    wait_for(lambda: are_listened_to(any_store))
    posted = time.monotonic()
    platforms.x.post("aurora on X")
    platforms.bluesky.post("aurora on Bluesky")
    wait_for(lambda: texts(any_store) == {"aurora on X", "aurora on Bluesky"})
    assert time.monotonic() - posted < 10  # a busy machine; the next search is a quarter of an hour away


def test_between_two_connections_nothing_is_lost(
    start: Callable[[], Clockwork], any_store: Store, platforms: Platforms
) -> None:
    start()
    wait_for(lambda: are_listened_to(any_store))
    expected = set()
    for number in range(3):
        platforms.x.stream.hang_up()
        platforms.bluesky.jetstream.hang_up(1011)
        for name, platform in (("X", platforms.x), ("Bluesky", platforms.bluesky)):
            platform.post(f"aurora {number} on {name}")
            expected.add(f"aurora {number} on {name}")
        time.sleep(0.3)
    wait_for(lambda: texts(any_store) == expected)
    wait_for(lambda: are_listened_to(any_store))


def test_a_desk_that_stops_frees_its_feeds_and_the_next_reads_what_came_meanwhile(
    start: Callable[[], Clockwork], any_store: Store, platforms: Platforms
) -> None:
    first = start()
    wait_for(lambda: are_listened_to(any_store))
    first.stop()
    wait_for(lambda: not platforms.x.stream.open_ones)

    def is_free() -> bool:
        with any_store.read() as session:
            return set(session.scalars(select(Feed.lease_until))) == {None}

    wait_for(is_free)
    with any_store.read() as session:
        assert all(poll.finished_at and not poll.error for poll in session.scalars(select(Poll)))
    platforms.x.post("aurora meanwhile")
    platforms.bluesky.post("aurora meanwhile, too")
    start()
    wait_for(lambda: texts(any_store) == {"aurora meanwhile", "aurora meanwhile, too"})


@pytest.fixture
def feed_id(any_store: Store, watching: Settings) -> int:
    """The X feed."""
    with any_store.write() as session:
        sync_settings(session, watching, utcnow())
        return session.scalars(select(Feed.id).where(Feed.name == "x")).one()


def test_a_stream_that_is_refused_is_told_and_the_search_still_brings_its_posts(
    any_store: Store, watching: Settings, environment: dict[str, str], feed_id: int, platforms: Platforms
) -> None:
    platforms.x.post("aurora by search")
    platforms.x.fail("403", path="/search/stream")
    polled = listen_feed(any_store, watching, feed_id, Event(), environment, {})
    assert polled is not None
    assert polled.state == "refused"
    assert texts(any_store) == {"aurora by search"}
    listen_again = poll_feed(any_store, watching, feed_id, environment)  # as `mentiondesk poll` does
    assert listen_again is not None
    assert listen_again.state == "reading"
    with any_store.read() as session:
        assert set(session.scalars(select(Activity.happened).where(Activity.happened.like("feed%")))) == {
            "feed_down",
            "feed_up",
        }


def test_a_long_listening_is_many_lines_of_the_ledger_and_reads_gaps_between_them(
    any_store: Store, watching: Settings, environment: dict[str, str], feed_id: int, platforms: Platforms
) -> None:
    stop = Event()

    def listen() -> None:
        reading = partial(Listening, stop)
        poll_feed(any_store, watching, feed_id, environment, clock=platforms.clock.now, reading=reading)

    thread = Thread(target=listen)
    thread.start()
    try:
        wait_for(lambda: state(any_store, "x") == ("reading", LISTENS))
        with any_store.write() as session:
            hour_ago = utcnow() - timedelta(hours=1)
            given = {"since": hour_ago, "until": utcnow(), "found_at": utcnow(), "retry_at": utcnow()}
            session.add(Gap(feed_id=feed_id, reason="away", **given))
        for number in range(3):
            platforms.clock.advance(minutes=6)
            platforms.x.post(f"aurora {number}")
            wait_for(lambda number=number: count_lines(any_store) == number + 2)  # type: ignore[misc]
        assert texts(any_store) == {f"aurora {number}" for number in range(3)}
    finally:
        stop.set()
        thread.join(10)
    with any_store.read() as session:
        lines = session.scalars(select(Poll).order_by(Poll.id)).all()
        assert session.scalars(select(Gap.closed_at)).one() is not None
    assert sum(line.stored for line in lines) == 3
    assert sum(line.usd for line in lines) == 3 * Decimal("0.005")
    assert all(line.finished_at for line in lines)


def count_lines(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(Poll.id)).all())


@pytest.mark.parametrize(("spent", "asked", "reason"), [("4.9", "polled", "less often"), ("5", "resting", "is spent")])
def test_while_money_is_short_the_feed_is_polled_and_without_any_it_rests(
    any_store: Store,
    watching: Settings,
    environment: dict[str, str],
    feed_id: int,
    platforms: Platforms,
    spent: str,
    asked: str,
    reason: str,
) -> None:
    feed = {"name": "x", "source": "x", "stream": True, "budget": "5 USD/month", **platforms.x_options}
    frugal = Settings.model_validate({"brand": [{"name": "Aurora Air", "terms": ["aurora"], "feed": [feed]}]})
    with any_store.write() as session:
        session.add(Poll(feed_id=feed_id, started_at=utcnow(), finished_at=utcnow(), usd=Decimal(spent)))
    platforms.x.post("aurora")
    polled = listen_feed(any_store, frugal, feed_id, Event(), environment, {})
    assert polled is not None
    assert reason in polled.reason
    assert platforms.x.stream.opened == 0
    assert bool(platforms.x.requests) == (asked == "polled")


def test_money_that_runs_out_while_listening_ends_it(
    any_store: Store, watching: Settings, environment: dict[str, str], feed_id: int, platforms: Platforms
) -> None:
    feed = {"name": "x", "source": "x", "stream": True, "budget": "0.02 USD/month", **platforms.x_options}
    frugal = Settings.model_validate({"brand": [{"name": "Aurora Air", "terms": ["aurora"], "feed": [feed]}]})
    stop = Event()
    thread = Thread(target=lambda: listen_feed(any_store, frugal, feed_id, stop, environment, {}))
    thread.start()
    wait_for(lambda: state(any_store, "x") == ("reading", LISTENS))
    for number in range(5):
        platforms.x.post(f"aurora {number}")
    wait_for(lambda: not thread.is_alive())
    assert state(any_store, "x")[0] in ("unpaid", "reading")
    assert state(any_store, "x")[1] != LISTENS
    wait_for(lambda: not platforms.x.stream.open_ones)
