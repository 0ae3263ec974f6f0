"""The queue: which mentions, in their order, page by page; and how many there are."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, defer, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from monitor.judging.press import ANSWERED_RANK, RANKS
from monitor.models import (
    Brand,
    Escalation,
    Mention,
)
from monitor.queries.search import Searched, has_words, on_postgresql, search_newest
from monitor.words import Status

PAGE_SIZE = 32  # three screens of rows; the first load of the board stays under 100 kB
Position = tuple[int, datetime, int]  # press_rank, press_at, id
Moment = datetime | ColumnElement[datetime]  # the second in a statement that is made for any time
DETAILS = (Mention.scores, Mention.reasons, Mention.signals, Mention.extra)  # which only its own page shows
# Nor does a row of the queue show these; to read them costs as much as all that it does.
UNSHOWN = (
    *DETAILS, Mention.feed_id, Mention.post_id, Mention.root_post_id, Mention.thread_id, Mention.in_reply_to,
    Mention.url, Mention.likes, Mention.reposts, Mention.collected_at, Mention.recheck_at, Mention.thread_wanted_at,
    Mention.thread_read_at, Mention.thread_error, Mention.model, Mention.weigh_at, Mention.claimed_at,
    Mention.snoozed_until, Mention.resolved_at,
)  # fmt: skip
order = (Mention.press_rank, Mention.press_at, Mention.id)


class BadCursor(ValueError):
    """A page was asked for with a cursor that this desk did not make."""


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind a position, and in a search of only the newest, up to which mention it looks."""

    after: Position
    until: int | None


@dataclass(frozen=True)
class QueueFilter:
    """Which mentions. An empty field leaves everything in; `assignee` is a user's id, "none" or "any"."""

    brand: str = ""
    status: str = Status.OPEN
    urgency: str = ""
    sentiment: str = ""
    need: str = ""
    source: str = ""
    assignee: int | str = ""
    q: str = ""
    overdue: bool = False
    abuse: bool | None = None
    unjudged: str = ""  # "language": the model does not read it; "failed": it could not be judged; "any" of both
    hidden: bool | None = False  # True: only what is hidden; None: that too


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the cursor of the next; None at the end."""

    mentions: Sequence[Mention]
    next: str | None
    bounded_to: int | None = None  # so many of the newest that hold the words were looked at, and there are more


def queue_page(
    session: Session,
    wanted: QueueFilter,
    now: datetime,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
    unread: tuple[InstrumentedAttribute[Any], ...] = (),
) -> QueuePage:
    """The most pressing first, without the columns that are to stay unread. Raises `BadCursor`.

    Pages by position (keyset), so page 1,000 costs what page 1 does.
    """
    place = read_cursor(cursor) if cursor else None
    searched = search_newest(session, wanted.q, place.until if place else None) if wanted.q.strip() else None
    asked = conditions(wanted, now)
    if place:
        asked.append(tuple_(*order) > tuple_(*place.after))
    if searched:
        asked = [Mention.id.in_(first_of(session, searched.ids, asked, limit + 1))]
    statement = select(Mention).where(*asked).options(*row_options(unread))
    # As a number, not as a parameter: for a limit that it does not see PostgreSQL makes a new plan each time.
    found = session.scalars(statement.order_by(*order).limit(literal_column(str(limit + 1)))).all()
    page = found[:limit]
    following = write_cursor(page[-1], searched) if len(found) > limit else None
    return QueuePage(page, following, len(searched.ids) if searched and searched.more else None)


@lru_cache  # a few sets of columns, and slow to write down anew for each page
def row_options(unread: tuple[InstrumentedAttribute[Any], ...]) -> Sequence[ORMOption]:
    """What a row of the queue is read with, and without."""
    return (
        *(defer(column, raiseload=True) for column in unread),
        joinedload(Mention.author),
        joinedload(Mention.assignee),
        joinedload(Mention.brand),
        joinedload(Mention.escalation).joinedload(Escalation.taken_by),
    )


def first_of(session: Session, ids: Sequence[int], asked: Sequence[ColumnElement[bool]], most: int) -> Select[int]:
    """The ids of the first of these, put in order before anything is joined to them.

    They are looked up one by one: SQLite would rather walk the queue for them.
    """
    first = select(Mention.id).with_hint(Mention, "NOT INDEXED", "sqlite").where(among(session, ids), *asked)
    return select(first.order_by(*order).limit(literal_column(str(most))).subquery("first").c.id)


def among(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    """That it is one of so many. PostgreSQL takes them as one array: a thousand numbers apart are slow to plan."""
    if on_postgresql(session):
        return Mention.id == any_(literal(ids, ARRAY(Integer)))
    known: BindParameter[int] = bindparam("known", ids, expanding=True, literal_execute=True)
    return Mention.id.in_(known)


def filtered(session: Session, statement: Select[Any], wanted: QueueFilter, now: datetime) -> Select[Any]:
    """The statement with every wanted condition; words are looked for in one mention after the other."""
    statement = statement.where(*conditions(wanted, now))
    return statement.where(has_words(session, wanted.q)) if wanted.q.strip() else statement


def conditions(wanted: QueueFilter, now: Moment) -> list[ColumnElement[bool]]:
    columns = {
        "status": Mention.status,
        "urgency": Mention.effective_urgency,
        "sentiment": Mention.sentiment,
        "need": Mention.need,
        "source": Mention.source,
    }
    found: list[ColumnElement[bool]] = [
        column == getattr(wanted, name) for name, column in columns.items() if getattr(wanted, name)
    ]
    if wanted.brand:
        found.append(Mention.brand_id == select(Brand.id).where(Brand.name == wanted.brand).scalar_subquery())
    if wanted.assignee != "":
        found.append(assigned(wanted.assignee))
    if wanted.urgency and wanted.status == Status.OPEN:
        # Where such mentions stand in the queue, so that the rest of it is not looked through.
        found.append(Mention.press_rank.in_([RANKS[wanted.urgency], ANSWERED_RANK]))
    if wanted.overdue:
        found.append(and_(Mention.due_at < now, Mention.press_rank < ANSWERED_RANK))
    if wanted.hidden is not None:
        found.append(Mention.hidden.is_not(None) if wanted.hidden else Mention.hidden.is_(None))
    if wanted.unjudged:
        found.append(left_unjudged(wanted.unjudged))
    if wanted.abuse is not None:
        found.append(Mention.abuse == wanted.abuse)
    return found


def left_unjudged(which: str) -> ColumnElement[bool]:
    """What the model gave no urgency and no person has since."""
    language, failed = Mention.judged_at.is_not(None), Mention.triage_error.is_not(None)
    kinds = {"language": language, "failed": failed}
    return and_(Mention.urgency.is_(None), kinds.get(which, or_(language, failed)))


def assigned(assignee: int | str) -> ColumnElement[bool]:
    if assignee == "none":
        return Mention.assignee_id.is_(None)
    if assignee == "any":
        return Mention.assignee_id.is_not(None)
    return Mention.assignee_id == assignee


def count(session: Session, wanted: QueueFilter, now: datetime) -> int:
    return session.scalar(filtered(session, select(func.count(Mention.id)), wanted, now)) or 0


def fitting(session: Session, wanted: QueueFilter, ids: Sequence[int], now: datetime) -> list[int]:
    """Those of the mentions that are in this part of the queue."""
    return list(session.scalars(filtered(session, select(Mention.id), wanted, now).where(Mention.id.in_(ids))))


def write_cursor(mention: Mention, searched: Searched | None = None) -> str:
    """Where the page ends; of a search of only the newest also where that began, so that all pages look at the same."""
    position = [mention.press_rank, mention.press_at.isoformat(), mention.id]
    until = [searched.ids[0]] if searched and searched.more else []
    return base64.urlsafe_b64encode(json.dumps([*position, *until]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """Raises `BadCursor`."""
    try:
        rank, at, last, *until = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return Place((int(rank), datetime.fromisoformat(at), int(last)), int(*until) if until else None)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor("This page's address is no longer good; start again from the first page.") from None
