"""Working hours: when a desk is open, and what "within an hour of working time" comes to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Interval = tuple[time, time]  # local opening and closing; a closing of 00:00 is midnight at the day's end


@dataclass(frozen=True)
class WorkingHours:
    """A week of opening times in one zone. Without any, the desk is always open."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Interval]]  # 0 is Monday; intervals in order, none overlapping

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment (UTC) when `span` of working time has passed since `start`."""
        if not any(self.week.values()):
            return start + span
        for opens, closes in self._open_from(start):
            begin = max(opens, start)
            if begin + span <= closes:
                return begin + span
            span -= max(closes - begin, timedelta())
        raise AssertionError("a week with opening times never runs out")

    def closing(self, day: date) -> datetime | None:
        """When the desk closes on a local day (UTC); None where it is closed all day, or no hours are set."""
        intervals = self.week.get(day.weekday())
        return self._closing(day, intervals[-1][1]) if intervals else None

    def closing_after(self, start: datetime, days: int, evening: time) -> datetime:
        """When the working day of `start` ends (UTC), or that of `days` working days later.

        Where the desk is closed at `start` for the rest of that day, the next day that it opens is the first of them.
        Without any hours, every day ends in the `evening`.
        """
        day = start.astimezone(self.zone).date()
        if days and self._day_end(day, evening, start) is None:
            days -= 1
        while True:
            closes = self._day_end(day, evening, start)
            if closes and not days:
                return closes
            days -= bool(closes)
            day += timedelta(days=1)

    def _day_end(self, day: date, evening: time, after: datetime) -> datetime | None:
        closes = self.closing(day) if any(self.week.values()) else self._moment(day, evening)
        return closes if closes and closes > after else None

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches in UTC that end after `start`, for ever."""
        day = start.astimezone(self.zone).date()
        while True:
            for opens, closes in self.week.get(day.weekday(), ()):
                stretch = self._moment(day, opens), self._closing(day, closes)
                if stretch[1] > start:
                    yield stretch
            day += timedelta(days=1)

    def _closing(self, day: date, closes: time) -> datetime:
        return self._moment(day + timedelta(days=1) if closes == time(0) else day, closes)

    def _moment(self, day: date, at: time) -> datetime:
        # Through UTC, so that a day with a clock change has its true length.
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def parse_week(hours: Mapping[str, Sequence[str]]) -> dict[int, list[Interval]]:
    """`{"mon-fri": ["08:00-20:00"]}` as a week. Raises ValueError with a sentence for people."""
    week: dict[int, list[Interval]] = {}
    for days, intervals in hours.items():
        for day in parse_days(days):
            if day in week:
                raise ValueError(f"{DAYS[day]} is given twice")
            week[day] = parse_intervals(intervals)
    return week


def parse_days(days: str) -> list[int]:
    """`mon`, `mon-fri`, `sat,sun` or `daily` as numbers of weekdays."""
    if days == "daily":
        return list(range(7))
    found: list[int] = []
    for part in days.split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"'{days}' is not a day or a range of days; write mon, mon-fri, sat,sun or daily")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def parse_intervals(intervals: Sequence[str]) -> list[Interval]:
    """`["08:00-12:00", "13:00-17:00"]`, checked to be in order and apart."""
    parsed = [parse_interval(interval) for interval in intervals]
    for (_, closes), (opens, _) in pairwise(parsed):
        if closes == time(0) or opens < closes:
            raise ValueError("opening times of one day must be in order and must not overlap")
    return parsed


def parse_interval(interval: str) -> Interval:
    opens, _, closes = interval.partition("-")
    try:
        pair = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip().replace("24:00", "00:00"))
    except ValueError:
        raise ValueError(f"'{interval}' is not a time of day; write 08:00-20:00") from None
    if pair[1] != time(0) and pair[1] <= pair[0]:
        raise ValueError(f"'{interval}' ends before it begins")
    return pair
