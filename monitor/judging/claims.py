"""Which part judges which mention, so that any number of them may do it at once and none is judged twice."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from monitor.models import Judging, Mention
from monitor.parts.roll import alive, shared_clock
from monitor.store import insert


def find_free(session: Session, part_id: str, size: int, now: datetime) -> Sequence[int]:
    """Unjudged mentions that no other part has. The newest first: an urgent post of this minute must not wait behind
    an import of last year's.
    """
    waiting = (Mention.judged_at.is_(None), Mention.triage_error.is_(None))
    free = or_(Judging.mention_id.is_(None), is_free(part_id, shared_clock(session, now)))
    statement = select(Mention.id).outerjoin(Judging, Judging.mention_id == Mention.id).where(*waiting, free)
    return session.scalars(statement.order_by(Mention.id.desc()).limit(size)).all()


def claim(session: Session, mention_ids: Sequence[int], part_id: str, now: datetime) -> Sequence[int]:
    """Those of the mentions that this part has now; the others went to somebody faster."""
    rows = [{"mention_id": mention_id, "part_id": part_id} for mention_id in mention_ids]
    statement = insert(session, Judging).values(rows)
    free = is_free(part_id, shared_clock(session, now))
    taken = statement.on_conflict_do_update(
        index_elements=[Judging.mention_id], set_={"part_id": part_id}, where=free
    ).returning(Judging.mention_id)
    return session.scalars(taken).all()


def is_free(part_id: str, clock: datetime) -> ColumnElement[bool]:
    """What a part began and did not end, by an error, it may take up again; what the dead left, everybody."""
    return or_(Judging.part_id == part_id, Judging.part_id.not_in(alive(clock)))


def let_go(session: Session, mention_ids: Collection[int]) -> None:
    session.execute(delete(Judging).where(Judging.mention_id.in_(mention_ids)))
