"""What the board says of its feeds: who reads, who is blind, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.collecting.blindness import BLIND
from monitor.models import Feed
from monitor.translations.dates import say_span
from monitor.words import FeedState
from web.translations import N_, _, ngettext, say_number

FEED_WORDS = {
    FeedState.NEW: N_("not read yet"),
    FeedState.READING: N_("reading"),
    FeedState.WAITING: N_("waiting, as the platform asked"),
    FeedState.UNREACHABLE: N_("cannot reach the platform"),
    FeedState.REFUSED: N_("the platform refuses our credentials"),
    FeedState.UNPAID: N_("out of credits or budget"),
    FeedState.MISCONFIGURED: N_("set up wrongly"),
}


@dataclass(frozen=True)
class Sight:
    """Whether the desk sees all it should, in a sentence."""

    sentence: str
    blind: bool = False


def is_blind(feed: Feed) -> bool:
    """A feed that waits a moment because its platform asked is not blind; it goes on by itself."""
    return feed.state in BLIND


def say_state(feed: Feed) -> str:
    return _(FEED_WORDS[FeedState(feed.state)])


def say_sight(feeds: Sequence[Feed], now: datetime) -> Sight:
    """`Reading all 7 feeds.`, or which one is blind and since when."""
    if not feeds:
        return Sight(_("No feeds are set up; mentions come by import."))
    blind = [feed for feed in feeds if is_blind(feed)]
    if len(blind) == 1:
        one = blind[0]
        known = {"feed": one.name, "span": say_span(now - one.state_since), "state": say_state(one)}
        return Sight(_("%(feed)s has been blind for %(span)s: %(state)s.", **known), blind=True)
    if blind:
        span = say_span(now - min(feed.state_since for feed in blind))
        known = {"blind": say_number(len(blind)), "all": say_number(len(feeds)), "span": span}
        return Sight(_("%(blind)s of %(all)s feeds are blind, the first for %(span)s.", **known), blind=True)
    return Sight(say_reading(feeds))


def say_reading(feeds: Sequence[Feed]) -> str:
    waiting = [feed for feed in feeds if feed.state != FeedState.READING]
    if not waiting:
        return ngettext("Reading %(num)s feed.", "Reading all %(num)s feeds.", len(feeds))
    first = {"feed": waiting[0].name, "state": say_state(waiting[0])}
    if len(feeds) == 1:
        return _("%(feed)s: %(state)s.", **first)
    reading = say_number(len(feeds) - len(waiting))
    return _("Reading %(reading)s of %(all)s feeds; %(feed)s: %(state)s.", reading=reading, all=len(feeds), **first)
