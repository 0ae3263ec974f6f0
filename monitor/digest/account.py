"""The weekly account of a brand: what came, what was answered and by whom, and what we know we missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerting.alerts import DIGEST, digest_channels, queue
from monitor.digest.facts import (
    Named,
    Unseen,
    Work,
    count_neglected,
    count_work,
    find_blind,
    find_gaps,
    find_neglected,
    find_praise,
)
from monitor.digest.tally import Counts, FirstReply, Stretch, count_mentions, measure_first_replies
from monitor.digest.weeks import IsoWeek, digest_due
from monitor.models import Brand, Mention, Notification
from monitor.queries.escalations import EscalationTally, tally_escalations
from monitor.queries.incidents import IncidentTally, tally_incidents
from monitor.queries.outcomes import OutcomeTally, tally_outcomes
from monitor.queries.promises import PromiseTally, tally_promises
from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Digest:
    """One brand's week. Mentions are counted by when they were posted, from Monday 00:00 in the brand's time zone."""

    brand: str
    week: IsoWeek
    timezone: str
    start: datetime
    end: datetime
    made_at: datetime
    counts: Counts
    before: Counts  # of the week before
    first_reply: FirstReply
    first_reply_before: FirstReply
    unanswered_urgent: tuple[Named, ...]
    unanswered_urgent_count: int
    unanswered_urgent_older: int  # posted before the week and waiting still
    answered_by: tuple[Work, ...]
    gaps: tuple[Unseen, ...]
    blind: tuple[Unseen, ...]  # feeds that could not see when the week ended, and cannot now
    praise: tuple[Named, ...]
    promises: PromiseTally  # that were due in the week
    outcomes: OutcomeTally  # of what was closed in the week, whenever it was posted
    incidents: IncidentTally  # opened or closed in the week
    escalations: EscalationTally  # that began in the week

    def as_json(self) -> dict[str, Any]:
        return {
            "brand": self.brand,
            "week": str(self.week),
            "timezone": self.timezone,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "mentions": self.counts.mentions,
            "mentions_before": self.before.mentions,
            **self.counts.as_json(),
            "before": {**self.before.as_json(), "first_reply": self.first_reply_before.as_json()},
            "first_reply": self.first_reply.as_json(),
            "unanswered_urgent": [named.as_json() for named in self.unanswered_urgent],
            "unanswered_urgent_count": self.unanswered_urgent_count,
            "unanswered_urgent_older": self.unanswered_urgent_older,
            "answered_by": [work.as_json() for work in self.answered_by],
            "gaps": [gap.as_json() for gap in self.gaps],
            "blind": [feed.as_json() for feed in self.blind],
            "praise": [named.as_json() for named in self.praise],
            "promises": self.promises.as_json(),
            "outcomes": self.outcomes.as_json(),
            "incidents": self.incidents.as_json(),
            "escalations": self.escalations.as_json(),
        }


def compute_digests(session: Session, settings: Settings, week: IsoWeek, now: datetime) -> list[Digest]:
    """The account of every brand, by name; one that the configuration dropped only if there is something to say."""
    configured = {brand.name for brand in settings.brands}
    brands = session.scalars(select(Brand).order_by(Brand.name)).all()
    digests = [compute_digest(session, settings, brand, week, now) for brand in brands]
    return [one for one in digests if one.brand in configured or one.counts.mentions or one.before.mentions]


def digests_json(week: IsoWeek, digests: Sequence[Digest]) -> dict[str, Any]:
    """The accounts of one week as one JSON document."""
    brands = [digest.as_json() for digest in digests]
    return {"week": str(week), "mentions": sum(digest.counts.mentions for digest in digests), "brands": brands}


def compute_digest(session: Session, settings: Settings, brand: Brand, week: IsoWeek, now: datetime) -> Digest:
    """Count one brand's week as it stands now."""
    known = settings.brand(brand.name)
    stretch = Stretch(brand.id, *week.bounds(known.zone))
    earlier = Stretch(brand.id, *week.previous().bounds(known.zone))
    before_the_week = (Mention.brand_id == brand.id) & (Mention.posted_at < stretch.start)
    return Digest(
        brand=brand.name,
        week=week,
        timezone=known.timezone,
        start=stretch.start,
        end=stretch.end,
        made_at=now,
        counts=count_mentions(session, stretch),
        before=count_mentions(session, earlier),
        first_reply=measure_first_replies(session, stretch, now),
        first_reply_before=measure_first_replies(session, earlier, now),
        unanswered_urgent=find_neglected(session, stretch, settings, now),
        unanswered_urgent_count=count_neglected(session, stretch.posted()),
        unanswered_urgent_older=count_neglected(session, before_the_week),
        answered_by=count_work(session, stretch),
        gaps=find_gaps(session, stretch),
        blind=find_blind(session, stretch),
        praise=find_praise(session, stretch, settings, now),
        promises=tally_promises(session, stretch),
        outcomes=tally_outcomes(session, stretch),
        incidents=tally_incidents(session, stretch),
        escalations=tally_escalations(session, stretch),
    )


def queue_digests(session: Session, settings: Settings, now: datetime) -> int:
    """Queue every account that is due and was not queued before, for each channel that wants it; how many are new."""
    rows = list(due_notifications(session, settings, now))
    known = session.scalars(select(Notification.key).where(Notification.key.in_([row["key"] for row in rows]))).all()
    return queue(session, [row for row in rows if row["key"] not in known])


def due_notifications(session: Session, settings: Settings, now: datetime) -> Iterator[dict[str, Any]]:
    brands = session.scalars(select(Brand).where(Brand.name.in_([brand.name for brand in settings.brands])))
    for brand in brands:
        week = digest_due(settings.digest, settings.brand(brand.name).zone, brand.created_at, now)
        if week:
            yield from notifications(brand, week, settings, now)


def notifications(brand: Brand, week: IsoWeek, settings: Settings, now: datetime) -> Iterator[dict[str, Any]]:
    """Outbox rows for one account, one for each channel; the account itself is made when it is sent."""
    for channel in digest_channels(settings):
        yield {
            "key": f"digest:{brand.id}:{week}:{channel.name}",
            "channel": channel.name,
            "kind": DIGEST,
            "payload": {"brand_id": brand.id, "week": str(week)},
            "next_attempt_at": now,
            "created_at": now,
        }
