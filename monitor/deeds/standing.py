"""How a mention stands, so far as people change it: read before and after they do, and put back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Label, delete, func, select, update
from sqlalchemy.orm import Session

from monitor.desk import set_press
from monitor.models import Activity, Correction, Mention, Outcome

MOMENTS = ("claimed_at", "due_at", "snoozed_until", "resolved_at")
PLAIN = ("status", "hidden", "assignee_id", "urgency", "sentiment", "need", "abuse", "lifted_to")
CARE = (*PLAIN, *MOMENTS)


@dataclass(frozen=True)
class Standing:
    """A mention's care as plain JSON, with what hangs on it; and its newest line of the audit trail."""

    values: Mapping[str, Any]
    line_id: int


def read_standing(session: Session, mention_id: int) -> Standing | None:
    """None where there is no such mention. `outcome` is the id of the one that stands, `correction` of the last."""
    stands = (Outcome.mention_id == mention_id, Outcome.reopened_at.is_(None))
    newest = {
        "outcome": select(func.max(Outcome.id)).where(*stands),
        "correction": select(func.max(Correction.id)).where(Correction.mention_id == mention_id),
        "line": select(func.max(Activity.id)).where(Activity.mention_id == mention_id),
    }
    columns: list[Any] = [getattr(Mention, name) for name in CARE]
    hanging: list[Label[Any]] = [found.scalar_subquery().label(name) for name, found in newest.items()]
    row = session.execute(select(*columns, *hanging).where(Mention.id == mention_id)).mappings().one_or_none()
    if row is None:
        return None
    return Standing({name: as_json(value) for name, value in row.items() if name != "line"}, row["line"] or 0)


def find_changes(before: Standing, after: Standing) -> dict[str, Any]:
    """What is not as it was, by name, as it was; of an outcome also the one that stands now."""
    found = {name: value for name, value in before.values.items() if after.values[name] != value}
    if "outcome" in found:
        found["outcome"] = [before.values["outcome"], after.values["outcome"]]
    return found


def put_back(session: Session, mention: Mention, was: Mapping[str, Any], now: datetime) -> None:
    """Let the mention stand as it did; its place in the queue follows."""
    for name in CARE:
        if name in was:
            setattr(mention, name, from_json(name, was[name]))
    mention.weigh_at = now  # rules that were silent before a person's word may speak again
    set_press(mention)
    if "outcome" in was:
        put_back_outcome(session, *was["outcome"])
    if "correction" in was:
        given = (Correction.mention_id == mention.id, Correction.id > (was["correction"] or 0))
        session.execute(delete(Correction).where(*given))


def put_back_outcome(session: Session, before: int | None, after: int | None) -> None:
    """What was closed by mistake was never closed, and what was reopened so still stands."""
    session.execute(delete(Outcome).where(Outcome.id == after))
    session.execute(update(Outcome).where(Outcome.id == before).values(reopened_at=None, reopened_by_id=None))


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def from_json(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name in MOMENTS else value
