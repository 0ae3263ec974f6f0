"""How many mentions each view of the board holds and what else waits, asked for in one statement.

A count goes no further than `MOST`: it is exact up to there and then means "more", so that a desk with a million
mentions is counted as fast as one with a few thousand.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from monitor.incidents.commands import LIVE
from monitor.judging.press import ANSWERED_RANK
from monitor.models import Escalation, Incident, Mention, Promise, Reply, SecondPerson, User
from monitor.queries.promises import PromiseCounts, theirs, unsettled
from monitor.queries.queue import Moment, QueueFilter, conditions
from monitor.words import PromiseState, ReplyState, Status

MOST = 1_000
KEPT = 256  # statements, of so many people and brands
NOW = bindparam("now", type_=Mention.due_at.type)


@dataclass(frozen=True)
class DeskCounts:
    """What the first column of the board counts; each number up to `MOST + 1`."""

    views: dict[str, int]
    waiting: int  # for the classifier
    set_aside: int  # could not be judged, and no person has since
    asked: int  # replies that wait for approval
    escalated: int  # mentions before a group, and people who asked not to be alone
    incidents: int  # that go on, or are proposed
    promises: PromiseCounts


def count_desk(session: Session, user_id: int, now: datetime, brand: str = "") -> DeskCounts:
    row = session.execute(counted_desk(user_id, brand), {"now": now}).one()
    views = dict(zip(wanted_views(user_id, brand), row, strict=False))
    waiting, set_aside, asked, escalated, alone, incidents, mine, broken = row[len(views) :]
    return DeskCounts(
        views=views,
        waiting=waiting,
        set_aside=set_aside,
        asked=asked,
        escalated=escalated + alone,
        incidents=incidents,
        promises=PromiseCounts(mine, broken),
    )


@lru_cache(maxsize=KEPT)
def counted_desk(user_id: int, brand: str) -> Select[*tuple[Any, ...]]:
    """What the first column asks for. It is long, and thinking it up takes longer than the answer."""
    promised = select(func.count(Promise.id)).where(unsettled())
    others = {
        "waiting": count_up_to(Mention.judged_at.is_(None), Mention.triage_error.is_(None)),
        "set_aside": count_up_to(Mention.triage_error.is_not(None), Mention.urgency.is_(None)),
        "asked": select(func.count(Reply.id)).where(Reply.state == ReplyState.ASKED).scalar_subquery(),
        "escalated": count_open(Escalation.id, Escalation.closed_at),
        "alone": count_open(SecondPerson.id, SecondPerson.closed_at),
        "incidents": select(func.count(Incident.id)).where(Incident.state.in_(LIVE)).scalar_subquery(),
        "mine": promised.where(theirs(user_id)).scalar_subquery(),
        "broken": promised.where(Promise.state == PromiseState.BROKEN).scalar_subquery(),
    }
    return select(*named([*counted_views(user_id, brand), *others.values()]))


def count_held(session: Session, now: datetime, brand: str = "") -> dict[int, int]:
    """How many open mentions everybody holds, by their ids; each number up to `MOST + 1`."""
    held = count_up_to(*conditions(QueueFilter(brand=brand), now), Mention.assignee_id == User.id, whose=User)
    return dict(session.execute(select(User.id, held).where(User.active)).all())


def count_open(key: Any, closed_at: Any) -> ColumnElement[int]:
    return select(func.count(key)).where(closed_at.is_(None)).scalar_subquery()


def view_counts(session: Session, user_id: int, now: datetime, brand: str = "") -> dict[str, int]:
    """How many mentions each view of the board holds, up to `MOST + 1`."""
    row = session.execute(select(*named(counted_views(user_id, brand))), {"now": now}).one()
    return dict(zip(wanted_views(user_id, brand), row, strict=True))


def counted_views(user_id: int, brand: str) -> list[ColumnElement[int]]:
    return [count_view(view, NOW) for view in wanted_views(user_id, brand).values()]


def named(counted: list[ColumnElement[int]]) -> list[Label[int]]:
    return [one.label(f"count_{number}") for number, one in enumerate(counted)]


def wanted_views(user_id: int, brand: str) -> dict[str, QueueFilter]:
    everything = QueueFilter(brand=brand)
    return {
        "open": everything,
        "mine": replace(everything, assignee=user_id),
        "unclaimed": replace(everything, assignee="none"),
        "overdue": replace(everything, overdue=True),
        "snoozed": replace(everything, status=Status.SNOOZED),
        "resolved": replace(everything, status=Status.RESOLVED),
        "praise": replace(everything, need="praise"),
        "abusive": replace(everything, abuse=True),
        "everything": replace(everything, status=""),
        "unjudged": replace(everything, unjudged="any"),
        "hidden": replace(everything, hidden=True),
    }


def count_view(view: QueueFilter, now: Moment) -> ColumnElement[int]:
    found = conditions(view, now)
    if view.overdue:
        # What stands among the unanswered is ordered by when it is due, or by when it was posted, which is before.
        found.append(and_(Mention.press_rank.in_(range(ANSWERED_RANK)), Mention.press_at < now))
    return count_up_to(*found)


def count_up_to(*wanted: ColumnElement[bool], whose: type[User] | None = None) -> ColumnElement[int]:
    """With `whose`, of each row of the statement around it."""
    some: Select[Any] = select(literal_column("1").label("one")).select_from(Mention).where(*wanted).correlate(whose)
    return select(func.count()).select_from(some.limit(MOST + 1).subquery()).scalar_subquery()
