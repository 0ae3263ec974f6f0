"""Counting a stretch of time for a brand, in the database: what came, and how soon it was answered."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from classifier.labels import NEEDS, SENTIMENTS, URGENCIES
from monitor.models import Mention
from monitor.words import NOT_CLOSED

NOT_JUDGED = "not judged"  # so that every table adds up to the same total
Table = Mapping[str, int]
"""How many mentions by label; a label that none has is absent."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The mentions of one brand that were posted from `start` until before `end` (aware UTC)."""

    brand_id: int
    start: datetime
    end: datetime

    def posted(self) -> ColumnElement[bool]:
        return and_(Mention.brand_id == self.brand_id, Mention.posted_at >= self.start, Mention.posted_at < self.end)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were posted, deleted ones included; each table adds up to `mentions`."""

    mentions: int
    by_source: Table
    by_sentiment: Table
    by_urgency: Table
    by_need: Table

    def as_json(self) -> dict[str, Any]:
        tables = ("by_source", "by_sentiment", "by_urgency", "by_need")
        return {name: dict(getattr(self, name)) for name in tables}


@dataclass(frozen=True, slots=True)
class FirstReply:
    """How soon the mentions of a stretch had their first public answer."""

    answered: int
    median: timedelta | None  # from posting to answer, whenever that was; None where nothing was answered
    p90: timedelta | None
    within_due: int  # answered by when it was due
    due: int  # what that is a share of: answered with a due time, or still waiting past it

    def as_json(self) -> dict[str, Any]:
        return {
            "answered": self.answered,
            "median_minutes": minutes(self.median),
            "p90_minutes": minutes(self.p90),
            "within_due": self.within_due,
            "due": self.due,
        }


def count_mentions(session: Session, stretch: Stretch) -> Counts:
    """One grouped query, rolled up: as many rows as there are combinations of labels, however many the mentions."""
    heads = (Mention.source, Mention.sentiment, Mention.effective_urgency, Mention.need)
    groups = session.execute(select(*heads, func.count(Mention.id)).where(stretch.posted()).group_by(*heads)).all()
    tallies = [Counter[str]() for _ in heads]
    for *labels, number in groups:
        for tally, label in zip(tallies, labels, strict=True):
            tally[label or NOT_JUDGED] += number
    source, sentiment, urgency, need = tallies
    return Counts(
        mentions=source.total(),
        by_source=dict(sorted(source.items(), key=lambda item: (-item[1], item[0]))),
        by_sentiment=in_order(sentiment, SENTIMENTS),
        by_urgency=in_order(urgency, URGENCIES[::-1]),
        by_need=in_order(need, NEEDS),
    )


def in_order(tally: Counter[str], labels: Sequence[str]) -> Table:
    """The table in the order of its labels, whatever is not among them after those."""
    known = [*labels, *sorted(set(tally) - {*labels})]
    return {label: tally[label] for label in known if tally[label]}


def measure_first_replies(session: Session, stretch: Stretch, now: datetime) -> FirstReply:
    """How soon, and how many in time. What a person closed without an answer counts for neither."""
    answered = Mention.first_reply_at.is_not(None)
    late = and_(Mention.first_reply_at.is_(None), Mention.due_at <= now, Mention.status.in_(NOT_CLOSED))
    within, due = session.execute(
        select(
            func.count(Mention.id).filter(Mention.first_reply_at <= Mention.due_at),
            func.count(Mention.id).filter(Mention.due_at.is_not(None), or_(answered, late)),
        ).where(stretch.posted())
    ).one()
    # Two columns of what people answered in a week: no database of ours has percentiles that the other has too.
    pairs = session.execute(select(Mention.posted_at, Mention.first_reply_at).where(stretch.posted(), answered))
    spans = sorted(replied - posted for posted, replied in pairs if replied is not None)
    return FirstReply(len(spans), percentile(spans, 0.5), percentile(spans, 0.9), within, due)


def percentile(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """Linear between the two nearest (Hyndman and Fan's type 7, as NumPy and spreadsheets do); None of nothing."""
    if not ordered:
        return None
    position = share * (len(ordered) - 1)
    below, above = ordered[math.floor(position)], ordered[math.ceil(position)]
    return below + (above - below) * (position % 1)


def minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 60, 1)
