"""When the outbox may send, and when it tries again: pure decisions over plain data."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(seconds=60)  # a sender that has said nothing for so long is taken for dead
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)  # between two attempts
PATIENCE = timedelta(hours=24)  # after which an alert is old news
SPACING = timedelta(seconds=1)  # Slack takes one message a second and channel, and so do people
WINDOW = timedelta(minutes=1)
BURST = 10  # messages a channel may get in a window before the rest are folded
STORM_SPACING = timedelta(seconds=15)  # between messages once it is a storm


@dataclass(frozen=True, slots=True)
class Lately:
    """What a channel got within the last window."""

    messages: int
    last: datetime | None
    folded: bool = False  # one of them was a fold


def is_storm(lately: Lately) -> bool:
    """A storm begins when a channel has had its share, and lasts until a window has passed without a fold."""
    return lately.folded or lately.messages >= BURST


def may_send(lately: Lately, now: datetime) -> bool:
    """Whether a channel can take another message now."""
    spacing = STORM_SPACING if is_storm(lately) else SPACING
    return lately.last is None or now - lately.last >= spacing


def retry_delay(key: str, attempts: int, retry_after: timedelta | None) -> timedelta:
    """How long to wait after failed attempt number `attempts` (from 1): doubling, spread, never sooner than asked."""
    delay = SHORTEST * (1 << min(attempts - 1, 20)) * (1 + 0.5 * spread(key, attempts))
    return max(min(delay, LONGEST), retry_after or timedelta())


def spread(key: str, attempts: int) -> float:
    """Between 0 and 1, by alert and attempt: alerts that failed together do not come back together."""
    return zlib.crc32(f"{key}:{attempts}".encode()) / 2**32


def is_hopeless(attempts: int, created_at: datetime, now: datetime) -> bool:
    """Whether to give up before attempt number `attempts`. One attempt is always made, however late."""
    return attempts > 1 and now - created_at > PATIENCE
