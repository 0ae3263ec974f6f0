"""Working time, over nights, weekends and clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.hours import WorkingHours, parse_week

LONDON = ZoneInfo("Europe/London")
OFFICE = WorkingHours(LONDON, parse_week({"mon-fri": ["08:00-12:00", "13:00-20:00"], "sat": ["09:00-13:00"]}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-18T09:00", 1, "2026-11-18T10:00"),  # within an interval
        ("2026-11-18T11:30", 1, "2026-11-18T13:30"),  # over lunch
        ("2026-11-18T06:00", 1, "2026-11-18T09:00"),  # before opening
        ("2026-11-20T19:30", 1, "2026-11-21T09:30"),  # Friday evening into Saturday
        ("2026-11-21T12:30", 1, "2026-11-23T08:30"),  # over Sunday
        ("2026-11-18T11:00", 1, "2026-11-18T12:00"),  # ends as the desk closes
    ],
)
def test_working_time_counts_only_while_open(start: str, hours: int, expected: str) -> None:
    assert OFFICE.add(at(start), timedelta(hours=hours)) == at(expected)


def test_the_night_of_a_clock_change_has_its_true_length() -> None:
    nights = WorkingHours(LONDON, parse_week({"daily": ["00:00-24:00"]}))
    # In London 2026-03-29 has 23 hours and 2026-10-25 has 25.
    assert nights.add(at("2026-03-29T00:00"), timedelta(hours=23)) == at("2026-03-30T00:00")
    assert nights.add(at("2026-10-25T00:00"), timedelta(hours=25)) == at("2026-10-26T00:00")


def test_without_hours_the_desk_is_always_open() -> None:
    assert WorkingHours(LONDON, {}).add(at("2026-11-22T03:00"), timedelta(hours=2)) == at("2026-11-22T05:00")


@given(
    st.datetimes(at("2026-01-01").replace(tzinfo=None), at("2027-01-01").replace(tzinfo=None)),
    st.integers(1, 6000),
    st.integers(1, 6000),
)
def test_working_time_adds_up(start: datetime, first: int, second: int) -> None:
    begin = start.replace(tzinfo=ZoneInfo("UTC"))
    both = OFFICE.add(begin, timedelta(minutes=first + second))
    assert OFFICE.add(OFFICE.add(begin, timedelta(minutes=first)), timedelta(minutes=second)) == both


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ({"moon": ["08:00-10:00"]}, "'moon' is not a day"),
        ({"mon": ["8-10"]}, "'8-10' is not a time of day"),
        ({"mon": ["10:00-08:00"]}, "ends before it begins"),
        ({"mon": ["08:00-12:00", "11:00-13:00"]}, "must not overlap"),
        ({"mon-fri": ["08:00-12:00"], "wed": ["09:00-10:00"]}, "wed is given twice"),
    ],
)
def test_hours_that_cannot_be_are_told_apart(hours: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_week(hours)
