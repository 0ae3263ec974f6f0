"""What was escalated within a stretch: how often, why, and how soon somebody had it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.abusive.masking import mask
from monitor.digest.tally import Stretch, minutes, percentile
from monitor.models import Escalation, Mention
from monitor.wording import excerpt

REASON_LENGTH = 80


@dataclass(frozen=True, slots=True)
class EscalationTally:
    """The escalations that began within a stretch, as they stand now."""

    escalated: int
    taken: int  # somebody took it on
    median: timedelta | None  # from escalating to taking on; None where nobody took any
    slowest: timedelta | None
    further: int  # nobody of the first group took it on in time
    waiting: int  # neither taken on nor settled
    by_reason: Mapping[str, int]  # in a colleague's words, what was said most first

    def as_json(self) -> dict[str, Any]:
        return {
            "escalated": self.escalated,
            "taken": self.taken,
            "median_minutes": minutes(self.median),
            "slowest_minutes": minutes(self.slowest),
            "further": self.further,
            "waiting": self.waiting,
            "by_reason": dict(self.by_reason),
        }


def tally_escalations(session: Session, stretch: Stretch) -> EscalationTally:
    """One query, a row for each: people escalate by hand."""
    begun = (Escalation.created_at >= stretch.start, Escalation.created_at < stretch.end)
    statement = select(Escalation).join(Mention, Escalation.mention_id == Mention.id)
    found = session.scalars(statement.where(Mention.brand_id == stretch.brand_id, *begun).order_by(Escalation.id)).all()
    spans = sorted(one.taken_at - one.created_at for one in found if one.taken_at)
    return EscalationTally(
        escalated=len(found),
        taken=len(spans),
        median=percentile(spans, 0.5),
        slowest=spans[-1] if spans else None,
        further=sum(one.step > 0 for one in found),
        waiting=sum(one.taken_at is None and one.closed_at is None for one in found),
        by_reason=count_reasons(one.reason for one in found),
    )


def count_reasons(reasons: Iterable[str]) -> dict[str, int]:
    """The same words count together, whatever their case and the full stop behind them; shown as first written."""
    said, counts = dict[str, str](), Counter[str]()
    for reason in reasons:
        words = mask(excerpt(reason, REASON_LENGTH)).rstrip(".!")
        counts[said.setdefault(words.casefold(), words)] += 1
    return dict(counts.most_common())
