"""What pages, the API and the digest read. Nothing here writes."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from monitor.models import (
    Activity,
    Author,
    Brand,
    Correction,
    Edition,
    Feed,
    Gap,
    Mention,
    Note,
    Notification,
    Poll,
    Reply,
    User,
)
from monitor.press import ANSWERED_RANK
from monitor.words import Status

PAGE_SIZE = 50
Position = tuple[int, datetime, int]  # press_rank, press_at, id


class BadCursor(ValueError):
    """A page was asked for with a cursor that this desk did not make."""


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


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the cursor of the next; None at the end."""

    mentions: Sequence[Mention]
    next: str | None


def queue_page(
    session: Session, wanted: QueueFilter, now: datetime, cursor: str | None = None, limit: int = PAGE_SIZE
) -> QueuePage:
    """The most pressing first. Pages by position (keyset), so page 1,000 costs what page 1 does."""
    statement = filtered(select(Mention), wanted, now).options(
        joinedload(Mention.author), joinedload(Mention.assignee), joinedload(Mention.brand)
    )
    order = (Mention.press_rank, Mention.press_at, Mention.id)
    if cursor:
        statement = statement.where(tuple_(*order) > tuple_(*read_cursor(cursor)))
    found = session.scalars(statement.order_by(*order).limit(limit + 1)).all()
    page = found[:limit]
    return QueuePage(page, write_cursor(page[-1]) if len(found) > limit else None)


def filtered(statement: Select[Any], wanted: QueueFilter, now: datetime) -> Select[Any]:
    """The statement with every wanted condition."""
    return statement.where(*conditions(wanted, now))


def conditions(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    columns = {
        "status": Mention.status,
        "urgency": Mention.urgency,
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
    if wanted.overdue:
        found.append(and_(Mention.due_at < now, Mention.press_rank < ANSWERED_RANK))
    if wanted.abuse is not None:
        found.append(Mention.abuse.is_(wanted.abuse))
    return found + ([searched(wanted.q)] if wanted.q.strip() else [])


def assigned(assignee: int | str) -> ColumnElement[bool]:
    if assignee == "none":
        return Mention.assignee_id.is_(None)
    if assignee == "any":
        return Mention.assignee_id.is_not(None)
    return Mention.assignee_id == assignee


def searched(q: str) -> ColumnElement[bool]:
    """Every word somewhere in the text, or in the author's handle or name."""

    def word_found(word: str) -> ColumnElement[bool]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        author = select(Author.id).where(
            or_(Author.handle.ilike(pattern, escape="\\"), Author.name.ilike(pattern, escape="\\"))
        )
        return or_(Mention.text.ilike(pattern, escape="\\"), Mention.author_id.in_(author))

    return and_(*(word_found(word) for word in q.split()[:8]))


def count(session: Session, wanted: QueueFilter, now: datetime) -> int:
    return session.scalar(filtered(select(func.count(Mention.id)), wanted, now)) or 0


def view_counts(session: Session, user_id: int, now: datetime, brand: str = "") -> dict[str, int]:
    """How many mentions each view of the board holds."""
    everything = QueueFilter(brand=brand)
    views = {
        "open": everything,
        "mine": replace(everything, assignee=user_id),
        "unclaimed": replace(everything, assignee="none"),
        "overdue": replace(everything, overdue=True),
        "snoozed": replace(everything, status=Status.SNOOZED),
        "resolved": replace(everything, status=Status.RESOLVED),
        "praise": replace(everything, need="praise"),
        "abusive": replace(everything, abuse=True),
    }
    return {name: count(session, view, now) for name, view in views.items()}


def newest_id(session: Session) -> int:
    """The newest mention's id; a page that remembers it can tell how many came since."""
    return session.scalar(select(func.max(Mention.id))) or 0


def count_newer(session: Session, wanted: QueueFilter, after_id: int, now: datetime) -> int:
    statement = filtered(select(func.count(Mention.id)), wanted, now).where(Mention.id > after_id)
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class MentionDetail:
    """All that a mention's page shows."""

    mention: Mention
    notes: Sequence[Note]
    replies: Sequence[Reply]
    editions: Sequence[Edition]
    corrections: Sequence[Correction]
    timeline: Sequence[Activity]
    thread: Sequence[Mention]
    earlier: Sequence[Mention]  # by the same author, newest first
    earlier_count: int
    alerts: Sequence[Notification]


def mention_detail(session: Session, mention_id: int) -> MentionDetail | None:
    mention = session.get(
        Mention,
        mention_id,
        options=[
            joinedload(Mention.author),
            joinedload(Mention.assignee),
            joinedload(Mention.brand),
            joinedload(Mention.feed),
        ],
    )
    if mention is None:
        return None
    return MentionDetail(
        mention=mention,
        notes=of_mention(session, Note, mention_id, joinedload(Note.user)),
        replies=of_mention(session, Reply, mention_id, joinedload(Reply.user)),
        editions=of_mention(session, Edition, mention_id),
        corrections=of_mention(session, Correction, mention_id),
        timeline=of_mention(session, Activity, mention_id, joinedload(Activity.user)),
        thread=thread(session, mention),
        earlier=earlier(session, mention),
        earlier_count=count_earlier(session, mention),
        alerts=of_mention(session, Notification, mention_id),
    )


def of_mention(session: Session, table: Any, mention_id: int, *options: Any) -> Sequence[Any]:
    """The rows that hang on a mention, oldest first."""
    return session.scalars(
        select(table).where(table.mention_id == mention_id).order_by(table.id).options(*options)
    ).all()


def thread(session: Session, mention: Mention) -> Sequence[Mention]:
    """The other mentions of its conversation that we hold, oldest first."""
    linked = [Mention.root_post_id == mention.in_reply_to] if mention.in_reply_to else []
    linked.append(Mention.in_reply_to == mention.root_post_id)
    if mention.thread_id:
        linked += [Mention.thread_id == mention.thread_id, Mention.root_post_id == mention.thread_id]
    statement = select(Mention).where(
        Mention.source == mention.source, Mention.brand_id == mention.brand_id, Mention.id != mention.id
    )
    return session.scalars(
        statement.where(or_(*linked)).options(joinedload(Mention.author)).order_by(Mention.posted_at).limit(50)
    ).all()


def earlier(session: Session, mention: Mention, limit: int = 5) -> Sequence[Mention]:
    """What the same author posted before, newest first."""
    if mention.author_id is None:
        return []
    statement = select(Mention).where(*posted_before(mention))
    return session.scalars(statement.order_by(Mention.posted_at.desc()).limit(limit)).all()


def count_earlier(session: Session, mention: Mention) -> int:
    """How many mentions the same author posted before; 0 where the author is unknown."""
    if mention.author_id is None:
        return 0
    return session.scalar(select(func.count(Mention.id)).where(*posted_before(mention))) or 0


def posted_before(mention: Mention) -> tuple[ColumnElement[bool], ...]:
    return (
        Mention.author_id == mention.author_id,
        Mention.brand_id == mention.brand_id,
        Mention.posted_at < mention.posted_at,
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


def brand_names(session: Session) -> Sequence[str]:
    return session.scalars(select(Brand.name).order_by(Brand.name)).all()


def source_names(session: Session) -> Sequence[str]:
    """The platforms that mentions came from."""
    return session.scalars(select(Author.source).distinct().order_by(Author.source)).all()


def waiting_for_triage(session: Session) -> int:
    return (
        session.scalar(
            select(func.count(Mention.id)).where(Mention.judged_at.is_(None), Mention.triage_error.is_(None))
        )
        or 0
    )


def user_named(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.name == name))


def write_cursor(mention: Mention) -> str:
    position = [mention.press_rank, mention.press_at.isoformat(), mention.id]
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """Raises `BadCursor`."""
    try:
        rank, at, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(rank), datetime.fromisoformat(at), int(last)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor("This page's address is no longer good; start again from the first page.") from None


def count_set_aside(session: Session) -> int:
    """Mentions that could not be judged."""
    return session.scalar(select(func.count(Mention.id)).where(Mention.triage_error.is_not(None))) or 0


def count_users(session: Session) -> int:
    return session.scalar(select(func.count(User.id))) or 0
