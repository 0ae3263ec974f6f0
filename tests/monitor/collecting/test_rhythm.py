"""How often a feed is read."""

from datetime import timedelta

import pytest

from monitor.collecting.rhythm import choose_interval, scatter
from tests.factories import NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("stored", "known", "expected"),
    [
        (0, False, MINUTE),  # a new feed: as it is configured
        (0, True, 2 * MINUTE),  # nothing for a day
        (30, True, MINUTE),
        (1_440, True, MINUTE / 2),  # one a minute
        (7_200, True, MINUTE / 4),  # five a minute
        (1_000_000, True, MINUTE / 4),
    ],
)
def test_a_busy_feed_is_read_often_and_a_quiet_one_seldom(stored: int, known: bool, expected: timedelta) -> None:
    assert choose_interval(MINUTE, stored, known) == expected


def test_no_feed_is_read_more_than_every_five_seconds_unless_it_is_configured_so() -> None:
    assert choose_interval(timedelta(seconds=12), 10**6, True) == timedelta(seconds=5)
    assert choose_interval(timedelta(seconds=2), 10**6, True) == timedelta(seconds=2)


def test_feeds_that_met_do_not_meet_again() -> None:
    moments = {scatter(MINUTE, feed_id, NOON) for feed_id in range(200)}
    assert len(moments) > 190
    assert min(moments) >= MINUTE * 0.95
    assert max(moments) <= MINUTE * 1.05
