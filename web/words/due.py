"""When a mention's answer is due, in its brand's own time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.models import Feed, Mention
from web.context import here
from web.words.times import Due, due_words


def zone_of(branded: Mention | Feed) -> ZoneInfo:
    """The time zone of its brand."""
    return here().settings.brand(branded.brand.name).zone


def due_of(mention: Mention, now: datetime) -> Due | None:
    """When its answer is due, in words; nothing once it is answered or closed."""
    closed = mention.status in ("resolved", "gone")
    return due_words(mention.due_at, closed or mention.first_reply_at is not None, now, zone_of(mention))
