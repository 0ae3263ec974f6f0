"""What stands around a mention: its conversation, as near as it can be, and what its author wrote before.

Each part is read from an index and goes no further than it is shown, however long the conversation or busy the author.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select, true, union_all
from sqlalchemy.orm import Session, aliased, defer, joinedload

from monitor.models import Mention, Note, Outcome
from monitor.queries.queue import DETAILS

NEAREST = 25  # of a conversation, before the mention and after it
EARLIER = 5
THREAD, BEFORE = "thread", "before"
THIS = bindparam("mention_id", type_=Mention.id.type)
# The sum keeps SQLite, which would take the index of brands for as good as any, from reading all of the brand.
BRAND = Mention.brand_id + 0


@dataclass(frozen=True)
class Earlier:
    """A mention of before, with what came of it and what colleagues noted."""

    mention: Mention
    outcome: Outcome | None  # the last one
    note: Note | None  # the last one
    notes: int


@dataclass(frozen=True)
class Around:
    """Other mentions of the same brand."""

    thread: Sequence[Mention]  # the oldest first
    earlier: Sequence[Earlier]  # by the same author, the newest first


def find_around(session: Session, mention_id: int) -> Around:
    """What stands around a mention, in one statement."""
    thread, earlier = {}, []
    for other, kind, *past in session.execute(around(), {"mention_id": mention_id}):
        if kind == THREAD:
            thread[other.id] = other  # by whichever ways it was found
        else:
            earlier.append(Earlier(other, *past))
    return Around(
        sorted(thread.values(), key=by_time), sorted(earlier, key=lambda one: by_time(one.mention), reverse=True)
    )


def by_time(mention: Mention) -> tuple[datetime, int]:
    return mention.posted_at, mention.id


@cache
def around() -> Select[Any]:
    before = nearest(BEFORE, and_(*posted_before()), Mention.posted_at.desc(), EARLIER)
    places = union_all(*conversation(), before).subquery("place")
    past = places.c.kind == BEFORE
    noted = select(func.count(Note.id)).where(Note.mention_id == Mention.id, past)
    notes = noted.correlate(Mention, places).scalar_subquery()
    statement = select(Mention, places.c.kind, Outcome, Note, notes).join(places, places.c.id == Mention.id)
    for table in (Outcome, Note):
        statement = statement.outerjoin(table, and_(past, table.id == newest(table)))
    return statement.options(joinedload(Mention.author), *(defer(column, raiseload=True) for column in DETAILS))


def newest(table: type[Outcome | Note]) -> Any:
    """The id of the last one that hangs on a mention."""
    return select(func.max(table.id)).where(table.mention_id == Mention.id).correlate(Mention).scalar_subquery()


def conversation() -> list[Select[Any]]:
    """What it answers, what began it, what answers it; and of everything else in it the nearest in time."""
    beginning, inside = Mention.root_post_id, Mention.thread_id == of_one(Mention.thread_id)
    older, newer = Mention.posted_at.desc(), Mention.posted_at
    at = of_one(Mention.posted_at)
    return [
        nearest(THREAD, beginning == of_one(Mention.in_reply_to), older, 1),
        nearest(THREAD, beginning == of_one(Mention.thread_id), older, 1),
        nearest(THREAD, Mention.in_reply_to == of_one(Mention.root_post_id), newer, NEAREST),
        nearest(THREAD, and_(inside, Mention.posted_at <= at), older, NEAREST),
        nearest(THREAD, and_(inside, Mention.posted_at > at), newer, NEAREST),
    ]


def nearest(kind: str, wanted: ColumnElement[bool], order: Any, most: int) -> Select[Any]:
    """The ids of the first others that are so, with their kind."""
    of_source = Mention.source == of_one(Mention.source) if kind == THREAD else true()
    others = (of_source, of_one(Mention.brand_id) == BRAND, Mention.id != THIS)
    found = select(Mention.id).where(wanted, *others).order_by(order).limit(most).subquery()
    return select(found.c.id, literal_column(f"'{kind}'").label("kind"))


def of_one(column: Any) -> Any:
    """What the mention itself has there."""
    one = aliased(Mention)
    return select(getattr(one, column.key)).where(one.id == THIS).scalar_subquery()


def posted_before() -> tuple[ColumnElement[bool], ...]:
    """What the same author posted before about the same brand."""
    return (
        Mention.author_id == of_one(Mention.author_id),
        of_one(Mention.brand_id) == BRAND,
        Mention.posted_at < of_one(Mention.posted_at),
    )


def earlier_count() -> Any:
    """How many mentions the same author posted before; 0 where the author is unknown."""
    return select(func.count()).select_from(Mention).where(*posted_before()).scalar_subquery()
