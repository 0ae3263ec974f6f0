"""ISO weeks in a brand's own time zone, and when the account of one is due. Pure, with `now` passed in."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from monitor.hours import DAYS
from monitor.settings import DigestSettings

YEARS = range(1970, 3000)  # of weeks that people may ask for


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """A week of ISO 8601: Monday to Sunday, and the year of its Thursday."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2026-W46`. Raises ValueError with a sentence."""
        found = re.fullmatch(r"(\d{4})-W(\d{2})", text.strip(), re.ASCII)
        try:
            week = cls.of(date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else None
        except ValueError:
            week = None
        if week is None or week.year not in YEARS:
            raise ValueError(f"'{text}' is not a week; write one like 2026-W46.")
        return week

    @classmethod
    def of(cls, day: date) -> Self:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def last_full(cls, now: datetime, zone: ZoneInfo) -> Self:
        """The week that ended last, by the zone's calendar."""
        return cls.of(now.astimezone(zone).date() - timedelta(days=7))

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    def previous(self) -> "IsoWeek":
        return IsoWeek.of(self.monday - timedelta(days=7))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Monday 00:00 to the next Monday 00:00 in the zone, as UTC; an hour shorter or longer when clocks change."""
        return midnight(self.monday, zone), midnight(self.monday + timedelta(days=7), zone)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def digest_due(digest: DigestSettings, zone: ZoneInfo, created_at: datetime, now: datetime) -> IsoWeek | None:
    """The week to account for: the last full one at the newest appointment (`[digest] day`, `at`) that has passed.

    An account stays due until the next appointment, so that a desk that was off sends it when it is back. None for a
    week that ended before the brand was created.
    """
    appointment = last_appointment(digest, zone, now)
    week = IsoWeek.last_full(appointment, zone)
    return week if week.bounds(zone)[1] > created_at else None


def last_appointment(digest: DigestSettings, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment, not after now, at which an account was to be sent."""
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - DAYS.index(digest.day)) % 7)
    moment = datetime.combine(day, time.fromisoformat(digest.at), zone)
    return moment if moment <= now else datetime.combine(day - timedelta(days=7), moment.time(), zone)
