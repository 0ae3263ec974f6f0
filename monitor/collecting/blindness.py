"""Telling people that a feed cannot see: it fails, or it has been silent for longer than its own past makes likely."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.alerting.alerts import Moot, alert_channels, queue
from monitor.channels.base import Link, Message
from monitor.models import Feed, Mention, Poll
from monitor.settings import Settings
from monitor.translating import _
from monitor.translations.dates import say_span
from monitor.translations.retelling import retell
from monitor.urls import board_url
from monitor.words import FeedState, Happened

FEED = "feed"  # the kind of these notifications
BLIND = frozenset({FeedState.UNREACHABLE, FeedState.REFUSED, FeedState.UNPAID, FeedState.MISCONFIGURED})
PATIENCE = timedelta(minutes=10)  # a platform's hiccup is no news
PAST = timedelta(days=14)  # the history that a silence is held against
FEWEST = 20  # mentions in it; of a feed with fewer nothing can be said
SHORTEST = timedelta(hours=1)
LIKELY = 1.5  # times the longest silence of the past: nights and weekends are in there already


def is_blind(state: str, since: datetime, now: datetime) -> bool:
    """Whether a feed has been unable to read for long enough to say so."""
    return state in BLIND and now - since >= PATIENCE


def is_silent(arrivals: list[datetime], now: datetime) -> bool:
    """Whether the time since the newest of `arrivals` (in order, of the past fortnight) is longer than is likely."""
    if len(arrivals) < FEWEST:
        return False
    longest = max(later - earlier for earlier, later in pairwise(arrivals))
    return now - arrivals[-1] > max(longest * LIKELY, SHORTEST)


def watch_feeds(session: Session, settings: Settings, now: datetime) -> int:
    """Queue an alert for each feed that went blind or silent, once each time; how many are new."""
    feeds = session.scalars(select(Feed).where(Feed.enabled)).all()
    return queue(session, [row for feed in feeds for row in rows_for(session, feed, settings, now)])


def rows_for(session: Session, feed: Feed, settings: Settings, now: datetime) -> Iterator[dict[str, Any]]:
    if is_blind(feed.state, feed.state_since, now):
        yield from notifications(feed, "blind", feed.state_since, settings, now)
    elif feed.state == FeedState.READING and went_silent(session, feed, now):
        feed.silence_told_at = now
        record(session, Happened.FEED_SILENT, now, feed=feed.name)
        yield from notifications(feed, "silent", now, settings, now)


def went_silent(session: Session, feed: Feed, now: datetime) -> bool:
    """Whether a feed is silent, and nobody has been told since it last brought something."""
    lately = select(Poll.id).where(Poll.feed_id == feed.id, Poll.started_at > now - SHORTEST, Poll.stored > 0)
    if session.scalar(lately.limit(1)):  # so the fortnight need not be looked through
        return False
    statement = select(Mention.posted_at).where(Mention.feed_id == feed.id, Mention.posted_at > now - PAST)
    arrivals = list(session.scalars(statement.order_by(Mention.posted_at)))
    told = feed.silence_told_at is not None and bool(arrivals) and feed.silence_told_at > arrivals[-1]
    return not told and is_silent(arrivals, now)


def notifications(
    feed: Feed, what: str, since: datetime, settings: Settings, now: datetime
) -> Iterator[dict[str, Any]]:
    for channel in alert_channels(settings):
        yield {
            "key": f"{what}:{feed.id}:{since.isoformat()}:{channel.name}",
            "channel": channel.name,
            "kind": FEED,
            "payload": {"feed_id": feed.id, "what": what},
            "next_attempt_at": now,
            "created_at": now,
        }


def feed_message(session: Session, payload: dict[str, Any], settings: Settings, now: datetime) -> Message:
    """What to say of a feed, as it stands now. Raises `Moot` where it sees again."""
    feed = session.get(Feed, payload["feed_id"], options=[joinedload(Feed.brand)])
    if feed is None or not feed.enabled:
        raise Moot("The feed is no longer in use.")
    silent = payload["what"] == "silent"
    if not silent and feed.state not in BLIND:
        raise Moot("The feed reads again.")
    return Message(
        kind=FEED,
        title=say_title(f"{feed.name} ({feed.brand.name})", silent),
        lines=(say_silence() if silent else say_blindness(feed, now),),
        links=(Link(_("Feeds"), f"{board_url(settings)}/feeds"),),
        data={"feed": feed.name, "brand": feed.brand.name, "state": "silent" if silent else feed.state},
    )


def say_title(name: str, silent: bool) -> str:
    if silent:
        return _("%(name)s has been silent for unusually long", name=name)
    return _("%(name)s cannot read", name=name)


def say_blindness(feed: Feed, now: datetime) -> str:
    lasting = _("It has been so for %(span)s; nothing that is stored is lost.", span=say_span(now - feed.state_since))
    return f"{retell(feed.state_reason)} {lasting}"


def say_silence() -> str:
    return _("It is polled without errors but brings nothing: check its query, and whether the platform shows it all.")
