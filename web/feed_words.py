"""What the board says of its feeds: who reads, who is blind, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.blindness import BLIND
from monitor.models import Feed
from monitor.units import say_duration
from monitor.words import FeedState
from web.wording import FEED_WORDS, plural


@dataclass(frozen=True)
class Sight:
    """Whether the desk sees all it should, in a sentence."""

    sentence: str
    blind: bool = False


def is_blind(feed: Feed) -> bool:
    """A feed that waits a moment because its platform asked is not blind; it goes on by itself."""
    return feed.state in BLIND


def say_state(feed: Feed) -> str:
    return FEED_WORDS.get(FeedState(feed.state), str(feed.state))


def say_sight(feeds: Sequence[Feed], now: datetime) -> Sight:
    """`Reading all 7 feeds.`, or which one is blind and since when."""
    if not feeds:
        return Sight("No feeds are set up; mentions come by import.")
    blind = [feed for feed in feeds if is_blind(feed)]
    if len(blind) == 1:
        span = say_duration(now - blind[0].state_since)
        return Sight(f"{blind[0].name} has been blind for {span}: {say_state(blind[0])}.", blind=True)
    if blind:
        first = min(feed.state_since for feed in blind)
        return Sight(
            f"{len(blind)} of {len(feeds)} feeds are blind, the first for {say_duration(now - first)}.", blind=True
        )
    return Sight(say_reading(feeds))


def say_reading(feeds: Sequence[Feed]) -> str:
    waiting = [feed for feed in feeds if feed.state != FeedState.READING]
    if not waiting:
        return f"Reading {'all ' if len(feeds) > 1 else ''}{plural(len(feeds), 'feed')}."
    if len(feeds) == 1:
        return f"{feeds[0].name}: {say_state(feeds[0])}."
    reading = f"{len(feeds) - len(waiting)} of {plural(len(feeds), 'feed')}"
    return f"Reading {reading}; {waiting[0].name}: {say_state(waiting[0])}."
