"""A feed's money: what the month comes to, and what is done about it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitor.collecting.budget import foresee, month_of, say_short, stretch

MIDDLE = datetime(2026, 11, 16, tzinfo=UTC)  # half of November is over
MINUTE = timedelta(minutes=1)


def test_a_month_comes_to_what_it_cost_so_far_and_the_rest_at_the_same_rate() -> None:
    assert foresee(Decimal(6), Decimal(20), MIDDLE).forecast == Decimal("12.00")
    assert foresee(Decimal(0), Decimal(20), MIDDLE).forecast == 0


def test_the_first_hours_of_a_month_frighten_nobody() -> None:
    first_hour = datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert foresee(Decimal("0.5"), Decimal(20), first_hour).forecast == Decimal("15.00")


@pytest.mark.parametrize(
    ("spent", "limit", "expected"),
    [
        ("6", "20", MINUTE),  # enough
        ("20", "20", 2 * MINUTE),  # twice too much: half as often
        ("19", "1", 30 * MINUTE),  # never less often than every half hour
        ("5", "0", MINUTE),  # spent already: it does not read at all
    ],
)
def test_short_money_makes_polls_rarer(spent: str, limit: str, expected: timedelta) -> None:
    assert stretch(MINUTE, foresee(Decimal(spent), Decimal(limit), MIDDLE)) == expected


def test_a_slow_feed_is_never_made_quicker() -> None:
    assert stretch(60 * MINUTE, foresee(Decimal(20), Decimal(20), MIDDLE)) == 60 * MINUTE


def test_it_says_so() -> None:
    sentence = say_short(foresee(Decimal(20), Decimal(20), MIDDLE))
    assert sentence == "Read less often: at this rate the month comes to 40.00 of 20 USD."


def test_a_month_ends_where_the_next_begins() -> None:
    assert month_of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
