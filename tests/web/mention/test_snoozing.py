"""Until when a snooze lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.desk import Invalid
from monitor.settings import BrandSettings
from web.mention.snoozing import snooze_until

FRIDAY_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BRAND = BrandSettings(name="A", timezone="America/New_York", hours={"mon-fri": ("08:30-18:00",)})
ALWAYS = BrandSettings(name="B", timezone="Europe/London")


def test_an_hour() -> None:
    assert snooze_until("hour", "", FRIDAY_NOON, BRAND) == FRIDAY_NOON + timedelta(hours=1)


def test_the_next_morning_is_when_the_desk_next_opens_on_a_later_day() -> None:
    assert snooze_until("morning", "", FRIDAY_NOON, BRAND) == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert snooze_until("morning", "", FRIDAY_NOON, ALWAYS) == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_a_time_of_ones_own_is_the_brands_local_time() -> None:
    assert snooze_until("at", "2026-11-21T10:00", FRIDAY_NOON, BRAND) == datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", ["", "soon", "2026-13-01T10:00", "9999-12-31T23:59"])
def test_an_unusable_time_is_refused(at: str) -> None:
    with pytest.raises(Invalid):
        snooze_until("at", at, FRIDAY_NOON, BRAND)
