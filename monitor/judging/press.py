"""How pressing a mention is: when its answer is due, and its place in the queue. Pure decisions over plain data."""

from datetime import datetime, timedelta

from monitor.settings import BrandSettings
from monitor.words import Status

RANKS = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
UNJUDGED_RANK = RANKS["normal"]  # nobody has said yet that it can wait
ANSWERED_RANK = 4  # the customer has our answer; only following up is left
ASIDE_RANK = 5  # snoozed, resolved or gone

Press = tuple[int, datetime]
"""A place in the queue: rank, then time; the least is the most pressing."""


def due_at(urgency: str, posted_at: datetime, brand: BrandSettings) -> datetime | None:
    """When an answer is due: working time after the post, but urgent counts round the clock. None: none is promised."""
    span = brand.answer_time(urgency)
    if span is None:
        return None
    return posted_at + span if urgency == "urgent" else brand.working_hours.add(posted_at, span)


def press(
    urgency: str | None, due: datetime | None, posted_at: datetime, answered: bool, status: str = Status.OPEN
) -> Press:
    """The place in the queue: by urgency, then by what is due first; then what was answered, then what is aside."""
    if status != Status.OPEN:
        return ASIDE_RANK, posted_at
    if answered:
        return ANSWERED_RANK, posted_at
    return RANKS.get(urgency or "", UNJUDGED_RANK), due or posted_at


def is_overdue(due: datetime | None, answered: bool, now: datetime) -> bool:
    return due is not None and not answered and due < now


def is_alarm(posted_at: datetime, now: datetime) -> bool:
    """Whether somebody should be woken. What is older than a day when we first see it is work, not an alarm."""
    return now - posted_at < timedelta(days=1)
