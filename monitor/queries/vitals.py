"""How the desk does at this moment, in numbers for a monitor. Every read is of an index or of a small table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from monitor.judging.press import RANKS
from monitor.models import Feed, Gap, Mention, Notification, Promise, Reply
from monitor.queries.counts import MOST, count_up_to, count_view
from monitor.queries.parts import Parts, read_parts
from monitor.queries.promises import unsettled
from monitor.queries.queue import QueueFilter
from monitor.words import NotificationState, PromiseState, ReplyState, Status
from sources.registry import PUSHED

SOON = timedelta(hours=1)
LATELY = timedelta(hours=1)
WAITING = (Mention.status == Status.OPEN, Mention.hidden.is_(None))
ON_THE_WAY = (NotificationState.QUEUED, NotificationState.SENDING)


@dataclass(frozen=True)
class Vitals:
    """Counts of mentions, alerts and replies go up to `MOST + 1`; times are in seconds."""

    unanswered: Mapping[str, int]  # by urgency
    overdue: int
    unjudged: int
    set_aside: int
    oldest_unclaimed: float  # since it was posted; 0 where everything is claimed
    feeds: Mapping[str, int]  # by state
    lateness: float  # of the feed whose poll is the most overdue
    gaps: int
    alerts: Mapping[str, int]  # waiting, failing: tried in vain and to be tried again; failed: given up
    alerted: int  # within the last hour
    replies: Mapping[str, int]  # by state, of those that are not settled
    promises: Mapping[str, int]  # open, due_soon, broken
    parts: Parts


def read_vitals(session: Session, channels: Sequence[str], now: datetime) -> Vitals:
    """`channels` are the names of those that alerts go to."""
    asked = wanted(now) | {"alerted": alerted(channels, now)}
    numbers = session.execute(select(*(one.label(name) for name, one in asked.items()))).mappings().one()
    return Vitals(
        unanswered={urgency: numbers[urgency] for urgency in RANKS},
        overdue=numbers["overdue"],
        unjudged=numbers["unjudged"],
        set_aside=numbers["set_aside"],
        oldest_unclaimed=oldest_unclaimed(session, now),
        feeds=feeds_by_state(session),
        lateness=lateness(session, now),
        gaps=numbers["gaps"],
        alerts={name: numbers[name] for name in ("waiting", "failing", "failed")},
        alerted=numbers["alerted"],
        replies={state: numbers[f"replies_{state}"] for state in UNSETTLED},
        promises={name: numbers[f"promises_{name}"] for name in ("open", "due_soon", "broken")},
        parts=read_parts(session, now),
    )


UNSETTLED = (ReplyState.ASKED, ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN, ReplyState.FAILED)


def wanted(now: datetime) -> dict[str, ColumnElement[int]]:
    """What is counted, all in one statement."""
    tried = (Notification.state.in_(ON_THE_WAY), Notification.error != "")
    owed = (unsettled(), Promise.state == PromiseState.OPEN)
    return {
        **{urgency: count_up_to(*WAITING, Mention.press_rank == rank) for urgency, rank in RANKS.items()},
        "overdue": count_view(QueueFilter(overdue=True), now),
        "unjudged": count_up_to(Mention.judged_at.is_(None), Mention.triage_error.is_(None)),
        "set_aside": count_up_to(Mention.triage_error.is_not(None), Mention.urgency.is_(None)),
        "gaps": bounded(Gap, Gap.closed_at.is_(None)),
        "waiting": bounded(Notification, Notification.state.in_(ON_THE_WAY)),
        "failing": bounded(Notification, *tried),
        "failed": bounded(Notification, Notification.state == NotificationState.FAILED),
        **{f"replies_{state}": bounded(Reply, Reply.state == state) for state in UNSETTLED},
        "promises_open": bounded(Promise, *owed),
        "promises_due_soon": bounded(Promise, *owed, Promise.due_at <= now + SOON),
        "promises_broken": bounded(Promise, unsettled(), Promise.state == PromiseState.BROKEN),
    }


def alerted(channels: Sequence[str], now: datetime) -> ColumnElement[int]:
    return bounded(Notification, Notification.channel.in_(channels), Notification.sent_at > now - LATELY)


def bounded(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    some = select(literal_column("1").label("one")).select_from(table).where(*conditions).limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def oldest_unclaimed(session: Session, now: datetime) -> float:
    """The first in each part of the queue stands there for the longest, by when its answer is due."""
    free = (*WAITING, Mention.assignee_id.is_(None))
    firsts = [
        select(Mention.posted_at).where(*free, Mention.press_rank == rank).order_by(Mention.press_at).limit(1)
        for rank in RANKS.values()
    ]
    posted = [moment for first in firsts if (moment := session.scalar(first))]
    return (now - min(posted)).total_seconds() if posted else 0.0


def lateness(session: Session, now: datetime) -> float:
    """How long the feed that should have been polled first has waited for that; 0 where none waits."""
    free = Feed.lease_until.is_(None) | (Feed.lease_until <= now)
    due = session.scalar(select(func.min(Feed.next_poll_at)).where(Feed.enabled, Feed.source.not_in(PUSHED), free))
    return max((now - due).total_seconds(), 0.0) if due else 0.0


def feeds_by_state(session: Session) -> dict[str, int]:
    counted = select(Feed.state, func.count(Feed.id).label("number")).where(Feed.enabled).group_by(Feed.state)
    return {row.state: row.number for row in session.execute(counted)}
