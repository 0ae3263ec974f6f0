"""What people say of judgements: for each mention and head the label they gave last, and the one they found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from monitor.models import Correction, Edition


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A label that people gave to one head of a mention; the last word counts, and what stood before the first."""

    mention_id: int
    head: str
    judged: str | None  # by the model; None: not judged
    label: str
    model: str | None  # name and version of what judged
    at: datetime  # of the last word


def read_labels(session: Session, mention_ids: Iterable[int] | None = None) -> list[GivenLabel]:
    """Every label that people gave, or those of some mentions; by mention. What was said of an earlier text is not."""
    given: dict[tuple[int, str], GivenLabel] = {}
    for row in session.execute(find_corrections(mention_ids)):
        key = row.mention_id, row.head
        first = given.get(key) or GivenLabel(*key, row.old, row.new, row.model, row.created_at)
        given[key] = GivenLabel(*key, first.judged, row.new, first.model, row.created_at)
    return list(given.values())


def find_corrections(mention_ids: Iterable[int] | None) -> Select[Any]:
    """Those of the newest editions, oldest first."""
    edited = select(Edition.mention_id, func.max(Edition.replaced_at).label("at")).group_by(Edition.mention_id)
    last = edited.subquery()
    statement = (
        select(Correction.mention_id, Correction.head, Correction.old, Correction.new, Correction.model)
        .add_columns(Correction.created_at)
        .outerjoin(last, last.c.mention_id == Correction.mention_id)
        .where(or_(last.c.at.is_(None), last.c.at < Correction.created_at))
        .order_by(Correction.mention_id, Correction.id)
    )
    return statement if mention_ids is None else statement.where(Correction.mention_id.in_(list(mention_ids)))
