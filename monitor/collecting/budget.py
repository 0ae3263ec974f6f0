"""What a feed's month costs: what was spent, what it comes to, and reading less often when that is too much.

Pure decisions. A month is a calendar month, UTC, as on the platforms' bills.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

SHORTEST_VIEW = timedelta(days=1)  # a forecast from less than this would only frighten
LONGEST_INTERVAL = timedelta(minutes=30)  # however short the money: a mention should not wait longer to be seen
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Spending:
    """A feed's money this month, in US dollars."""

    spent: Decimal
    limit: Decimal
    forecast: Decimal  # by the month's end, at the rate so far

    @property
    def is_spent(self) -> bool:
        return self.spent >= self.limit

    @property
    def is_short(self) -> bool:
        return self.forecast > self.limit


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """The first moments of this month and of the next."""
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begin, (begin + timedelta(days=32)).replace(day=1)


def foresee(spent: Decimal, limit: Decimal, now: datetime) -> Spending:
    """What the month comes to if it goes on as it began."""
    begin, end = month_of(now)
    rate = Decimal((end - begin) / max(now - begin, SHORTEST_VIEW))
    return Spending(spent, limit, (spent * rate).quantize(CENT))


def stretch(every: timedelta, spending: Spending) -> timedelta:
    """The time between two polls: longer by as much as the forecast exceeds the limit, up to half an hour."""
    if not spending.is_short or spending.limit == 0:
        return every
    return max(every, min(every * float(spending.forecast / spending.limit), LONGEST_INTERVAL))


def say_short(spending: Spending) -> str:
    """Why a feed is read less often."""
    return f"Read less often: at this rate the month comes to {spending.forecast} of {spending.limit} USD."
