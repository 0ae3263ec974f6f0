"""Weeks begin on the brand's own Monday, and an account is due once for each."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.weeks import IsoWeek, digest_due
from monitor.settings import DigestSettings

LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Pacific/Auckland", "Africa/Cairo"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-W54",
        "2026-W00",
        "2025-W53",
        "2026-46",
        "2026-W6",
        "W46",
        "",
        "2026-w46",
        "0001-W01",
        "9999-W52",
        "٢٠٢٦-W46",
    ],
)
def test_what_is_not_a_week_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a week; write one like 2026-W46"):
        IsoWeek.parse(text)


@pytest.mark.parametrize(
    ("text", "monday", "previous"),
    [
        ("2026-W46", "2026-11-09", "2026-W45"),
        ("2027-W01", "2027-01-04", "2026-W53"),
        ("2026-W53", "2026-12-28", "2026-W52"),
    ],
)
def test_a_week_knows_its_monday_and_the_one_before(text: str, monday: str, previous: str) -> None:
    week = IsoWeek.parse(f" {text} ")
    assert (str(week), week.monday.isoformat(), str(week.previous())) == (text, monday, previous)


@pytest.mark.parametrize(
    ("zone", "week", "start", "hours"),
    [
        ("Europe/London", "2026-W13", "2026-03-23T00:00", 167),  # clocks go forward on Sunday
        ("Europe/London", "2026-W14", "2026-03-29T23:00", 168),
        ("Europe/London", "2026-W43", "2026-10-18T23:00", 169),  # and back
        ("America/New_York", "2026-W44", "2026-10-26T04:00", 169),
        ("Asia/Kolkata", "2026-W46", "2026-11-08T18:30", 168),
        ("Pacific/Apia", "2011-W52", "2011-12-26T10:00", 144),  # a Friday that never was
    ],
)
def test_a_week_runs_from_monday_to_monday_by_the_local_clock(zone: str, week: str, start: str, hours: int) -> None:
    begins, ends = IsoWeek.parse(week).bounds(ZoneInfo(zone))
    assert begins == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert ends - begins == timedelta(hours=hours)


@given(
    moment=st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    zone=st.sampled_from(ZONES),
)
def test_every_moment_is_in_exactly_one_week(moment: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    week = IsoWeek.of(moment.astimezone(there).date())
    begins, ends = week.bounds(there)
    assert begins <= moment < ends
    assert IsoWeek.parse(str(week)) == week
    assert week.previous().bounds(there)[1] == begins
    assert IsoWeek.last_full(moment, there) == week.previous()


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-16T08:59", "2026-W45"),  # not yet: the last account stays the newest that is due
        ("2026-11-16T09:00", "2026-W46"),
        ("2026-11-22T23:59", "2026-W46"),  # a desk that was off all week sends when it is back
        ("2026-11-23T09:00", "2026-W47"),
    ],
)
def test_an_account_is_due_from_monday_nine_for_a_week(now: str, week: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert str(digest_due(DigestSettings(), LONDON, LONG_AGO, moment)) == week


def test_nine_is_nine_by_the_brands_clock() -> None:
    def due(hour: int, zone: str) -> str:
        return str(digest_due(DigestSettings(), ZoneInfo(zone), LONG_AGO, datetime(2026, 7, 13, hour, tzinfo=UTC)))

    assert (due(7, "Europe/London"), due(8, "Europe/London")) == ("2026-W27", "2026-W28")
    assert (due(12, "America/New_York"), due(13, "America/New_York")) == ("2026-W27", "2026-W28")


def test_another_day_and_hour_may_be_set() -> None:
    friday = DigestSettings(day="fri", at="17:30")
    times = [datetime(2026, 11, 20, 17, 29, tzinfo=UTC), datetime(2026, 11, 20, 17, 30, tzinfo=UTC)]
    assert [str(digest_due(friday, LONDON, LONG_AGO, time)) for time in times] == ["2026-W45", "2026-W46"]


def test_there_is_no_account_of_weeks_before_the_brand() -> None:
    installed = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert digest_due(DigestSettings(), LONDON, installed, installed) is None
    assert digest_due(DigestSettings(), LONDON, installed, installed + timedelta(days=4)) is None
    assert str(digest_due(DigestSettings(), LONDON, installed, installed + timedelta(days=5))) == "2026-W47"
