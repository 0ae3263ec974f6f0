"""What a failed poll means for its feed: the state to show, and when to try again. Pure decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.words import FeedState
from sources.base import AuthFailed, Misconfigured, OutOfCredits, RetryAt, SourceError

SOONEST_RETRY = timedelta(seconds=5)
LATEST_RETRY = timedelta(minutes=15)
PERSON_NEEDED = timedelta(minutes=10)  # a refused key mends only when somebody acts; asking often helps nobody


@dataclass(frozen=True)
class Outcome:
    """How a poll ended."""

    state: FeedState
    reason: str  # a sentence; empty when all is well
    next_poll_at: datetime


def judge_failure(error: SourceError, failures: int, every: timedelta, now: datetime) -> Outcome:
    """`failures` counts this one. What may pass is retried ever more slowly; the platform's own word goes first."""
    if isinstance(error, RetryAt):
        return Outcome(FeedState.WAITING, str(error), max(error.when, now + SOONEST_RETRY))
    for kind, state in (
        (AuthFailed, FeedState.REFUSED),
        (OutOfCredits, FeedState.UNPAID),
        (Misconfigured, FeedState.MISCONFIGURED),
    ):
        if isinstance(error, kind):
            return Outcome(state, str(error), now + max(every, PERSON_NEEDED))
    return Outcome(FeedState.UNREACHABLE, str(error), now + backoff(failures))


def backoff(failures: int) -> timedelta:
    """5 s, 10 s, 20 s, … at most a quarter of an hour."""
    doublings = max(0, min(failures - 1, 10))
    return min(SOONEST_RETRY * (1 << doublings), LATEST_RETRY)
