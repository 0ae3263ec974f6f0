"""What came of the mentions that were closed, and how their authors felt afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from classifier.labels import SENTIMENTS
from monitor.digest.tally import Stretch, Table, in_order
from monitor.models import Activity, Brand, Mention, Outcome
from monitor.words import Ended, Happened

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class OutcomeTally:
    """Mentions closed within a stretch; what a colleague took back counts nowhere.

    `reopened` were opened again by their author's next post; every other one is in `by_outcome`.
    `better` and `worse` are of `followed`.
    """

    by_outcome: Table
    reopened: int
    followed: int  # the author wrote again, and how they felt is known before and after
    better: int
    worse: int
    praise_passed_on: int

    @property
    def closed(self) -> int:
        return sum(self.by_outcome.values()) + self.reopened

    def as_json(self) -> dict[str, Any]:
        return {
            "closed": self.closed,
            "by_outcome": dict(self.by_outcome),
            "reopened": self.reopened,
            "recovery": {"followed": self.followed, "better": self.better, "worse": self.worse},
            "praise_passed_on": self.praise_passed_on,
        }


def tally_outcomes(session: Session, stretch: Stretch) -> OutcomeTally:
    """Two grouped queries, however many were closed."""
    reopened = Outcome.reopened_at.is_not(None).label("reopened")
    columns = (Outcome.outcome, reopened, Outcome.sentiment, Outcome.next_sentiment)
    rows = session.execute(
        select(*columns, func.count(Outcome.id))
        .join(Mention, Outcome.mention_id == Mention.id)
        .where(Mention.brand_id == stretch.brand_id)
        .where(Outcome.created_at >= stretch.start, Outcome.created_at < stretch.end)
        .where(case((reopened, Outcome.reopened_by_id.is_(None)), else_=True))
        .group_by(*columns)
    ).all()
    stood, ways = Counter[str](), Counter[int]()
    for outcome, again, before, after, number in rows:
        stood[outcome] += 0 if again else number
        if before and after:
            ways[compare(before, after)] += number
    reopened_count = sum(row[-1] for row in rows if row.reopened)
    passed = count_praise(session, stretch)
    return OutcomeTally(in_order(stood, list(Ended)), reopened_count, ways.total(), ways[1], ways[-1], passed)


def compare(before: str, after: str) -> int:
    """1: the author feels better than before, -1: worse, 0: the same."""
    ranks = SENTIMENTS.index(before), SENTIMENTS.index(after)
    return (ranks[1] > ranks[0]) - (ranks[1] < ranks[0])


def count_praise(session: Session, stretch: Stretch) -> int:
    """Mentions whose praise was passed on within the stretch."""
    counted = select(func.count(Activity.mention_id.distinct())).join(Mention, Activity.mention_id == Mention.id)
    passed = (Mention.brand_id == stretch.brand_id, Activity.happened == Happened.PRAISE_PASSED_ON)
    return session.scalar(counted.where(*passed, Activity.at >= stretch.start, Activity.at < stretch.end)) or 0


def outcomes_after(session: Session, brand: str, after: int, limit: int = AT_ONCE) -> Sequence[tuple[Outcome, str]]:
    """Outcomes with their brand's name in the order of their ids, from behind `after` on; of one brand, or of all."""
    statement = select(Outcome, Brand.name).join(Mention, Outcome.mention_id == Mention.id).join(Mention.brand)
    wanted = [Brand.name == brand] if brand else []
    newer = statement.where(Outcome.id > after, *wanted).order_by(Outcome.id).limit(limit)
    return [(outcome, name) for outcome, name in session.execute(newer.options(joinedload(Outcome.user)))]
