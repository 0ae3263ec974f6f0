"""Feeds, what their polls brought, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from monitor.collecting.budget import month_of
from monitor.models import (
    Feed,
    Gap,
    Poll,
)


def feeds(session: Session) -> Sequence[Feed]:
    """Every feed in use, by brand and name."""
    return session.scalars(
        select(Feed).where(Feed.enabled).options(joinedload(Feed.brand)).order_by(Feed.brand_id, Feed.name)
    ).all()


@dataclass(frozen=True)
class Reading:
    """What the polls of one feed brought in since a moment."""

    polls: int = 0
    stored: int = 0
    duplicates: int = 0
    failed: int = 0
    usd: Decimal = Decimal(0)


def readings(session: Session, since: datetime) -> dict[int, Reading]:
    """By feed id; a feed that was not polled since is absent."""
    failed = func.sum(case((Poll.error != "", 1), else_=0))
    statement = (
        select(
            Poll.feed_id,
            func.count(Poll.id),
            func.sum(Poll.stored),
            func.sum(Poll.duplicates),
            failed,
            func.sum(Poll.usd),
        )
        .where(Poll.started_at >= since)
        .group_by(Poll.feed_id)
    )
    return {feed_id: Reading(*numbers) for feed_id, *numbers in session.execute(statement)}


def past_day(session: Session, feed_id: int, now: datetime) -> tuple[int, bool]:
    """How many new mentions a feed brought in the past day, and whether it was being read before that."""
    stored = select(func.sum(Poll.stored)).where(Poll.feed_id == feed_id, Poll.started_at > now - timedelta(days=1))
    before = select(Poll.id).where(Poll.feed_id == feed_id, Poll.started_at <= now - timedelta(days=1)).limit(1)
    return session.scalar(stored) or 0, session.scalar(before) is not None


def month_spending(session: Session, now: datetime) -> dict[int, Decimal]:
    """US dollars spent this calendar month, by feed id; a feed that cost nothing is absent."""
    statement = (
        select(Poll.feed_id, func.sum(Poll.usd)).where(Poll.started_at >= month_of(now)[0]).group_by(Poll.feed_id)
    )
    return {feed_id: usd for feed_id, usd in session.execute(statement) if usd}


def latest_polls(session: Session, since: datetime, each: int = 8) -> dict[int, list[Poll]]:
    """The last polls of every feed in use, newest first, by feed id; none from before `since`."""
    place = func.row_number().over(partition_by=Poll.feed_id, order_by=Poll.id.desc()).label("place")
    newest = select(Poll.id, place).join(Feed).where(Feed.enabled, Poll.started_at >= since).subquery()
    statement = select(Poll).join(newest, Poll.id == newest.c.id).where(newest.c.place <= each).order_by(Poll.id.desc())
    found: dict[int, list[Poll]] = {}
    for poll in session.scalars(statement):
        found.setdefault(poll.feed_id, []).append(poll)
    return found


def open_gaps(session: Session) -> Sequence[Gap]:
    return session.scalars(select(Gap).where(Gap.closed_at.is_(None)).order_by(Gap.found_at)).all()
