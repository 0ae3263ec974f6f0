"""How well judgements agree with what people said of them: by week, label against label, and by model."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.labels import HEADS
from monitor.digest.weeks import IsoWeek
from monitor.judging.corrections import GivenLabel, read_labels
from monitor.models import Activity
from monitor.words import Happened

WEEKS = 12
HANDLED = (Happened.REPLIED, Happened.REPLY_SENT, Happened.RESOLVED)
LESSONS = 20  # the newest


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of so many labels that people gave, how many say what the model had said."""

    given: int = 0
    same: int = 0

    @property
    def share(self) -> float | None:
        return self.same / self.given if self.given else None


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week: what people did, and how the labels that they gave last in it agree, head by head."""

    week: IsoWeek
    handled: int  # mentions that people answered or closed
    changed: int  # mentions of which they changed a label
    heads: Mapping[str, Agreement]

    @property
    def left(self) -> float | None:
        """The share of the handled mentions whose judgement was left as it was, at least."""
        return max(0, self.handled - self.changed) / self.handled if self.handled else None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the page shows."""

    labels: int  # that people gave, all heads, all time
    mentions: int  # to which they gave them
    heads: Mapping[str, Agreement]
    weeks: Sequence[WeekLine]  # the newest first, from the first with anything in it
    tables: Mapping[str, Sequence[Sequence[int]]]  # head -> rows as labelled, columns as judged
    models: Mapping[str, Agreement]
    lessons: Sequence[Activity]  # the newest first


def read_accuracy(session: Session, zone: ZoneInfo, now: datetime) -> Accuracy:
    """Weeks are those of the zone. Labels of heads that the model had not judged count nowhere."""
    given = [label for label in read_labels(session) if label.judged is not None]
    tried = select(Activity).where(Activity.happened.in_([Happened.LEARNED, Happened.UNLEARNED]))
    return Accuracy(
        labels=len(given),
        mentions=len({label.mention_id for label in given}),
        heads={head: agree([label for label in given if label.head == head]) for head in HEADS},
        weeks=read_weeks(session, given, zone, now),
        tables={head: confuse(head, given) for head in HEADS},
        models={
            name: agree([label for label in given if label.model == name])
            for name in sorted({label.model for label in given if label.model})
        },
        lessons=session.scalars(tried.order_by(Activity.id.desc()).limit(LESSONS)).all(),
    )


def agree(given: Sequence[GivenLabel]) -> Agreement:
    return Agreement(len(given), sum(label.judged == label.label for label in given))


def confuse(head: str, given: Sequence[GivenLabel]) -> list[list[int]]:
    """How often what was judged so was labelled so: [label][judged]."""
    pairs = Counter((one.label, one.judged) for one in given if one.head == head)
    return [[pairs[label, judged] for judged in HEADS[head]] for label in HEADS[head]]


def read_weeks(session: Session, given: Sequence[GivenLabel], zone: ZoneInfo, now: datetime) -> list[WeekLine]:
    weeks = [IsoWeek.of(now.astimezone(zone).date())]
    while len(weeks) < WEEKS:
        weeks.append(weeks[-1].previous())
    handled = count_handled(session, weeks, zone)
    lines = [week_line(week, number, given, zone) for week, number in zip(weeks, handled, strict=True)]
    while lines and not (lines[-1].handled or lines[-1].changed or any(one.given for one in lines[-1].heads.values())):
        lines.pop()
    return lines


def week_line(week: IsoWeek, handled: int, given: Sequence[GivenLabel], zone: ZoneInfo) -> WeekLine:
    start, end = week.bounds(zone)
    labels = [label for label in given if start <= label.at < end]
    changed = {label.mention_id for label in labels if label.judged != label.label}
    heads = {head: agree([label for label in labels if label.head == head]) for head in HEADS}
    return WeekLine(week, handled, len(changed), heads)


def count_handled(session: Session, weeks: Sequence[IsoWeek], zone: ZoneInfo) -> list[int]:
    """How many mentions people answered or closed in each of the weeks: one query for all of them."""
    bounds = [week.bounds(zone) for week in weeks]
    counted = [
        func.count(Activity.mention_id.distinct()).filter(Activity.at >= start, Activity.at < end)
        for start, end in bounds
    ]
    by_people = (Activity.happened.in_(HANDLED), Activity.user_id.is_not(None), Activity.at >= bounds[-1][0])
    return list(session.execute(select(*counted).where(*by_people)).one())
