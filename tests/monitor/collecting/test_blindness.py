"""Telling people that a feed cannot see: once each time, and not for a hiccup."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.alerting.alerts import Moot
from monitor.brands import ensure_brand
from monitor.collecting import gaps
from monitor.collecting.blindness import feed_message, is_silent, watch_feeds
from monitor.models import Activity, Feed, Gap, Notification
from monitor.queries import open_gaps
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def session(any_store: Store) -> Iterator[Session]:
    with any_store.write() as opened:
        yield opened


@pytest.fixture
def feed(session: Session, now: datetime) -> Feed:
    brand = ensure_brand(session, "Aurora Air", now)
    made = Feed(brand_id=brand.id, name="x-search", source="x", next_poll_at=now, state="reading", state_since=now)
    session.add(made)
    session.flush()
    return made


def told(session: Session) -> list[str]:
    return [row.payload["what"] for row in session.scalars(select(Notification).order_by(Notification.id))]


def test_a_blind_feed_is_told_of_once_each_time(
    session: Session, feed: Feed, settings: Settings, now: datetime
) -> None:
    feed.state, feed.state_reason, feed.state_since = "refused", "X refused our key (401).", now
    assert watch_feeds(session, settings, now + 9 * MINUTE) == 0
    assert watch_feeds(session, settings, now + 10 * MINUTE) == 1
    assert watch_feeds(session, settings, now + HOUR) == 0
    feed.state_since = now + 2 * HOUR  # it saw again in between
    assert watch_feeds(session, settings, now + 3 * HOUR) == 1
    assert told(session) == ["blind", "blind"]


def test_the_message_names_the_feed_the_reason_and_since_when(
    session: Session, feed: Feed, settings: Settings, now: datetime
) -> None:
    feed.state, feed.state_reason, feed.state_since = "refused", "X refused our key (401).", now
    message = feed_message(session, {"feed_id": feed.id, "what": "blind"}, settings, now + 12 * MINUTE)
    assert message.title == "x-search (Aurora Air) cannot read"
    assert message.lines == ("X refused our key (401). It has been so for 12 min; nothing that is stored is lost.",)
    assert message.links[0].url.endswith("/feeds")
    feed.state = "reading"
    with pytest.raises(Moot, match="reads again"):
        feed_message(session, {"feed_id": feed.id, "what": "blind"}, settings, now)


def test_a_feed_that_falls_silent_is_told_of_until_it_speaks_again(
    session: Session, feed: Feed, settings: Settings, now: datetime
) -> None:
    for number in range(48):
        make_mention(session, feed_id=feed.id, posted_at=now - 2 * HOUR * number)
    assert watch_feeds(session, settings, now + 2 * HOUR) == 0  # as silent as it often is
    assert watch_feeds(session, settings, now + 4 * HOUR) == 1
    assert watch_feeds(session, settings, now + 5 * HOUR) == 0
    make_mention(session, feed_id=feed.id, posted_at=now + 6 * HOUR)
    assert watch_feeds(session, settings, now + 7 * HOUR) == 0
    assert told(session) == ["silent"]


def test_of_a_feed_with_a_short_past_nothing_is_said() -> None:
    assert not is_silent([START + n * MINUTE for n in range(19)], START + 100 * HOUR)
    assert is_silent([START + n * MINUTE for n in range(20)], START + 100 * HOUR)


@given(st.lists(st.integers(1, 5_000), min_size=20, max_size=60))
def test_no_silence_of_the_past_would_have_been_told_of(gaps_in_minutes: list[int]) -> None:
    arrivals = [START]
    for minutes in gaps_in_minutes:
        arrivals.append(arrivals[-1] + minutes * MINUTE)
    assert not is_silent(arrivals, arrivals[-1] + max(gaps_in_minutes) * MINUTE)
    assert is_silent(arrivals, arrivals[-1] + 2 * max(gaps_in_minutes) * MINUTE + HOUR)


def test_a_gap_is_shown_until_a_lead_accepts_it(session: Session, feed: Feed, now: datetime) -> None:
    gap = Gap(feed_id=feed.id, reason="X reads back 7 days.", found_at=now)
    session.add(gap)
    session.flush()
    ana, lea = make_user(session, "Ana"), make_user(session, "Lea", "lead")
    with pytest.raises(desk.Refused, match="accepted by a lead"):
        gaps.accept_gap(session, gap.id, ana, now)
    assert [one.id for one in open_gaps(session)] == [gap.id]
    gaps.accept_gap(session, gap.id, lea, now)
    gaps.accept_gap(session, gap.id, lea, now + HOUR)
    session.flush()
    assert open_gaps(session) == []
    assert (gap.closed_at, gap.closed_by_id) == (now, lea.id)
    assert session.scalars(select(Activity.happened).where(Activity.happened == "gap_accepted")).all() == [
        "gap_accepted"
    ]
    with pytest.raises(desk.NotFound):
        gaps.accept_gap(session, 999, lea, now)
