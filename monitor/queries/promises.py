"""Promises: by whom, to whom, and what became of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.digest.tally import Stretch
from monitor.models import Mention, Promise
from monitor.words import PromiseState

MOST = 200  # on one page
SOON = timedelta(hours=24)
VIEWS = ("mine", "team", "soon", "broken", "settled")
GIVEN = (PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN)


@dataclass(frozen=True)
class PromiseCounts:
    """What waits for somebody: theirs, and how many of the whole desk's are broken."""

    mine: int
    broken: int


@dataclass(frozen=True)
class PromiseTally:
    """What became of the promises that were due in a stretch of time."""

    due: int
    kept: int
    broken: int
    open: int

    def as_json(self) -> dict[str, Any]:
        return {"due": self.due, "kept": self.kept, "broken": self.broken, "open": self.open}


def promises(session: Session, view: str, user_id: int, now: datetime) -> Sequence[Promise]:
    """One of `VIEWS`; what is due first comes first, and of what is settled the newest."""
    wanted = {
        "mine": and_(unsettled(), theirs(user_id)),
        "team": unsettled(),
        "soon": and_(unsettled(), Promise.state != PromiseState.BROKEN, Promise.due_at <= now + SOON),
        "broken": and_(unsettled(), Promise.state == PromiseState.BROKEN),
        "settled": and_(~unsettled(), Promise.state != PromiseState.DISMISSED),
    }
    order = (Promise.settled_at.desc(), Promise.id) if view == "settled" else (Promise.due_at, Promise.id)
    return session.scalars(loaded().where(wanted[view]).order_by(*order).limit(MOST)).all()


def promises_to_author(session: Session, author_id: int) -> Sequence[Promise]:
    """What was promised to somebody, in all their mentions; what is still to be kept first."""
    settled = case((Promise.settled_at.is_(None), 0), else_=1)
    to_them = loaded().join(Promise.mention).where(Mention.author_id == author_id, Promise.state.in_(GIVEN))
    return session.scalars(to_them.order_by(settled, Promise.due_at.desc(), Promise.id).limit(MOST)).all()


def promises_by(session: Session, user_id: int) -> Sequence[Promise]:
    """What somebody has still to keep."""
    given = Promise.state.in_([PromiseState.OPEN, PromiseState.BROKEN])
    statement = loaded().where(unsettled(), given, theirs(user_id))
    return session.scalars(statement.order_by(Promise.due_at, Promise.id).limit(MOST)).all()


def tally_promises(session: Session, stretch: Stretch) -> PromiseTally:
    """Promises that were due within the stretch. Kept too late is broken; a proposal, or what was put away, is none."""
    rows = session.execute(
        select(Promise.state, func.count(Promise.id))
        .join(Mention, Promise.mention_id == Mention.id)
        .where(Mention.brand_id == stretch.brand_id, Promise.state.in_(GIVEN))
        .where(Promise.due_at >= stretch.start, Promise.due_at < stretch.end)
        .group_by(Promise.state)
    )
    counts = Counter({row.state: row[1] for row in rows})
    return PromiseTally(counts.total(), *(counts[state] for state in ("kept", "broken", "open")))


def loaded() -> Select[Promise]:
    """With everything that a line about a promise names."""
    mention = joinedload(Promise.mention)
    return select(Promise).options(
        joinedload(Promise.user), mention.joinedload(Mention.author), mention.joinedload(Mention.brand)
    )


def unsettled() -> ColumnElement[bool]:
    return Promise.settled_at.is_(None)


def theirs(user_id: int) -> ColumnElement[bool]:
    """Given by them; or by nobody at the desk, on a mention that they hold."""
    held = select(Mention.id).where(Mention.assignee_id == user_id)
    return or_(Promise.user_id == user_id, and_(Promise.user_id.is_(None), Promise.mention_id.in_(held)))
