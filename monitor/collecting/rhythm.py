"""How often a feed is read: by what it brought in the past day, around the time that the configuration asks for.

Pure decisions. A busy feed is read up to four times as often, one that brought nothing for a day half as often.
"""

import zlib
from datetime import datetime, timedelta

DAY = timedelta(days=1)
SHORTEST = timedelta(seconds=5)
BUSY, BRISK = 5, 1  # new mentions expected from one poll to the next
JITTER = 0.05


def choose_interval(every: timedelta, stored_in_a_day: int, known_for_a_day: bool) -> timedelta:
    """The time to the next poll, from the number of mentions that the feed brought in the past day."""
    expected = stored_in_a_day * (every / DAY)
    if expected >= BUSY:
        return max(every / 4, min(every, SHORTEST))
    if expected >= BRISK:
        return max(every / 2, min(every, SHORTEST))
    return every * 2 if known_for_a_day and stored_in_a_day == 0 else every


def scatter(interval: timedelta, feed_id: int, now: datetime) -> timedelta:
    """The interval, up to 5 % more or less by feed and moment: feeds that once met do not meet for ever."""
    chance = zlib.crc32(f"{feed_id}:{now.isoformat()}".encode()) / 2**32
    return interval * (1 - JITTER + 2 * JITTER * chance)
