"""Following the audit trail by its ids, so that no line is missed, whichever order they are committed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from monitor.models import Activity

# A missing id is of a transaction that is under way or was taken back; no transaction of the desk takes this long.
PATIENCE = timedelta(minutes=2)
BACKWARDS = 1_000  # lines looked through for missing ids when somebody begins to follow
AT_ONCE = 2_000
MOST_HOLES = 200


@dataclass(frozen=True)
class Line:
    """One line of the trail, as light as a board needs it."""

    id: int
    happened: str
    mention_id: int | None
    user_id: int | None


@dataclass(frozen=True)
class Hole:
    """Ids that were not there when a later one was."""

    first: int
    last: int
    missed_at: datetime


class Trail:
    """How far the trail has been read. PostgreSQL hands out ids before it commits, so it may have holes for a while."""

    def __init__(self, high: int, holes: Sequence[Hole] = ()) -> None:
        self.high = high
        self.holes = list(holes)

    @property
    def settled(self) -> int:
        """Whoever has read everything after this id has missed nothing."""
        return min([hole.first - 1 for hole in self.holes], default=self.high)

    def read(self, session: Session, now: datetime) -> list[Line]:
        """The lines that were not read before, at most `AT_ONCE` of them, in the order of their ids."""
        wanted = [Activity.id > self.high, *(Activity.id.between(hole.first, hole.last) for hole in self.holes)]
        columns = (Activity.id, Activity.happened, Activity.mention_id, Activity.user_id)
        rows = session.execute(select(*columns).where(or_(*wanted)).order_by(Activity.id).limit(AT_ONCE))
        lines = [Line(*row) for row in rows]
        self.advance([line.id for line in lines], now)
        return lines

    def advance(self, found: Sequence[int], now: datetime) -> None:
        """Take note of the ids that were found, in order, and of those that were not."""
        high = max(found, default=self.high)
        waiting = [hole for hole in self.holes if now - hole.missed_at < PATIENCE]
        waiting.append(Hole(self.high + 1, high, now))
        self.holes = [
            Hole(first, last, hole.missed_at)
            for hole in waiting
            for first, last in find_missing(hole.first, hole.last, found)
        ][-MOST_HOLES:]
        self.high = max(self.high, high)


def find_missing(first: int, last: int, found: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of `first` to `last` without any of the found ids, which are in order."""
    for one in found:
        if first <= one <= last:
            if one > first:
                yield first, one - 1
            first = one + 1
    if first <= last:
        yield first, last


def join_trail(session: Session, now: datetime) -> Trail:
    """The trail from its present end, with the holes that may still be filled."""
    newest = select(Activity.id, Activity.at).order_by(Activity.id.desc()).limit(BACKWARDS).cte("newest")
    young = newest.c.at > now - PATIENCE
    last_old = select(func.max(newest.c.id)).where(~young).scalar_subquery()
    wanted = select(newest).where(or_(young, newest.c.id == last_old))
    rows = session.execute(wanted.order_by(newest.c.id)).all()
    recent = [id_ for id_, at in rows if now - at < PATIENCE]
    settled = [id_ for id_, at in rows if now - at >= PATIENCE]
    before = settled[-1] if settled else recent[0] - 1 if len(rows) == BACKWARDS else 0
    trail = Trail(before)
    trail.advance(recent, now)
    return trail


def read_since(session: Session, after: int, limit: int) -> list[Line]:
    """Up to `limit` lines after an id, for somebody who was away."""
    columns = (Activity.id, Activity.happened, Activity.mention_id, Activity.user_id)
    rows = session.execute(select(*columns).where(Activity.id > after).order_by(Activity.id).limit(limit))
    return [Line(*row) for row in rows]


def position(session: Session, now: datetime) -> int:
    """From where somebody who reads the desk now is to be told more. Read it before what it stands for."""
    if session.get_bind().dialect.name == "sqlite":  # one writer at a time: no line appears behind another
        return session.scalar(select(func.max(Activity.id))) or 0
    return join_trail(session, now).settled
