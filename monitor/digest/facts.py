"""What a weekly account names: mentions left waiting, praise, who answered, and what could not be seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from classifier.labels import NEEDS
from monitor.alerting.alerts import author_name
from monitor.alerting.folding import begin
from monitor.digest.tally import NOT_JUDGED, Stretch, Table, in_order
from monitor.models import Activity, Feed, Gap, Mention, Reply, User
from monitor.settings import Settings
from monitor.urls import mention_url
from monitor.words import NOT_CLOSED, FeedState, Happened, ReplyState, Status

LISTED = 50  # unanswered mentions named; the rest are counted
PRAISE_LISTED = 3
IN_PUBLIC = (ReplyState.LOGGED, ReplyState.SENT, ReplyState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Named:
    """One mention that the account names."""

    id: int
    author: str  # hostile, like the text
    text: str  # an excerpt
    source: str
    posted_at: datetime
    age: timedelta  # when the account was made
    claimed_by: str | None
    link: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "author": self.author,
            "text": self.text,
            "source": self.source,
            "posted_at": self.posted_at.isoformat(),
            "age_minutes": int(self.age.total_seconds() // 60),
            "claimed_by": self.claimed_by,
            "link": self.link,
        }


@dataclass(frozen=True, slots=True)
class Work:
    """What one person did in the week, whenever the mentions were posted."""

    user: str
    replies: int
    mentions: int  # that those replies answered
    by_need: Table  # of those mentions
    resolved: int

    def as_json(self) -> dict[str, Any]:
        return {
            "user": self.user,
            "replies": self.replies,
            "mentions": self.mentions,
            "by_need": dict(self.by_need),
            "resolved": self.resolved,
        }


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something of the week that we know we could not read. `until` None: it lasts."""

    feed: str
    source: str
    reason: str
    since: datetime | None  # None: nobody knows how far back
    until: datetime | None

    def as_json(self) -> dict[str, Any]:
        return {
            "feed": self.feed,
            "source": self.source,
            "reason": self.reason,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def neglected() -> ColumnElement[bool]:
    """Urgent, by the model, by a person or by a rule, and neither answered nor closed."""
    return and_(Mention.effective_urgency == "urgent", Mention.first_reply_at.is_(None), Mention.status.in_(NOT_CLOSED))


def count_neglected(session: Session, within: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Mention.id)).where(within, neglected())) or 0


def find_neglected(session: Session, stretch: Stretch, settings: Settings, now: datetime) -> tuple[Named, ...]:
    """Those of the stretch, the longest waiting first."""
    found = named_mentions(session, stretch.posted(), neglected(), order=[Mention.posted_at, Mention.id], limit=LISTED)
    return tuple(name_mention(mention, settings, now) for mention in found)


def find_praise(session: Session, stretch: Stretch, settings: Settings, now: datetime) -> tuple[Named, ...]:
    """Praise worth passing on: what others liked most, then the newest."""
    kind = Mention.need == "praise", Mention.sentiment == "positive", Mention.abuse.is_not(True)
    order = [func.coalesce(Mention.likes, 0).desc(), Mention.posted_at.desc(), Mention.id]
    present = Mention.status != Status.GONE
    found = named_mentions(session, stretch.posted(), *kind, present, order=order, limit=PRAISE_LISTED)
    return tuple(name_mention(mention, settings, now) for mention in found)


def named_mentions(
    session: Session, *wanted: ColumnElement[bool], order: Sequence[Any], limit: int
) -> Sequence[Mention]:
    statement = select(Mention).where(*wanted).order_by(*order).limit(limit)
    return session.scalars(statement.options(joinedload(Mention.author), joinedload(Mention.assignee))).all()


def name_mention(mention: Mention, settings: Settings, now: datetime) -> Named:
    return Named(
        id=mention.id,
        author=author_name(mention),
        text=begin(mention, 240),
        source=mention.source,
        posted_at=mention.posted_at,
        age=now - mention.posted_at,
        claimed_by=mention.assignee.name if mention.assignee else None,
        link=mention_url(settings, mention.id),
    )


def count_work(session: Session, stretch: Stretch) -> tuple[Work, ...]:
    """Who replied and resolved within the stretch, the busiest first."""
    replies = count_replies(session, stretch)
    resolved = count_resolved(session, stretch)
    work = [
        count_person(name, replies.get(name, []), resolved.get(name, 0)) for name in replies.keys() | resolved.keys()
    ]
    return tuple(sorted(work, key=lambda one: (-one.replies, -one.resolved, one.user)))


def count_person(user: str, replies: Sequence[tuple[str | None, int, int]], resolved: int) -> Work:
    """`replies` are (need, replies, mentions), one for each need."""
    needs = Counter[str]()
    for need, _, mentions in replies:
        needs[need or NOT_JUDGED] += mentions
    return Work(user, sum(number for _, number, _ in replies), needs.total(), in_order(needs, NEEDS), resolved)


def count_replies(session: Session, stretch: Stretch) -> dict[str, list[tuple[str | None, int, int]]]:
    numbers = func.count(Reply.id), func.count(Reply.mention_id.distinct())
    rows = session.execute(
        select(User.name, Mention.need, *numbers)
        .select_from(Reply)
        .join(User, Reply.user_id == User.id)
        .join(Mention, Reply.mention_id == Mention.id)
        .where(Mention.brand_id == stretch.brand_id, Reply.state.in_(IN_PUBLIC))
        .where(Reply.created_at >= stretch.start, Reply.created_at < stretch.end)
        .group_by(User.name, Mention.need)
    )
    found: dict[str, list[tuple[str | None, int, int]]] = {}
    for name, need, replies, mentions in rows:
        found.setdefault(name, []).append((need, replies, mentions))
    return found


def count_resolved(session: Session, stretch: Stretch) -> dict[str, int]:
    """Mentions that each person resolved, reopened since or not."""
    rows = session.execute(
        select(User.name, func.count(Activity.mention_id.distinct()))
        .select_from(Activity)
        .join(User, Activity.user_id == User.id)
        .join(Mention, Activity.mention_id == Mention.id)
        .where(Mention.brand_id == stretch.brand_id, Activity.happened == Happened.RESOLVED)
        .where(Activity.at >= stretch.start, Activity.at < stretch.end)
        .group_by(User.name)
    )
    return {row.name: row[1] for row in rows}


def find_gaps(session: Session, stretch: Stretch) -> tuple[Unseen, ...]:
    """Open gaps that overlap the stretch. One without an end lasted until it was found."""
    until = func.coalesce(Gap.until, Gap.found_at)
    rows = session.execute(
        select(Feed.name, Feed.source, Gap.reason, Gap.since, Gap.until, Gap.found_at)
        .join(Feed, Gap.feed_id == Feed.id)
        .where(Feed.brand_id == stretch.brand_id, Gap.closed_at.is_(None))
        .where(or_(Gap.since.is_(None), Gap.since < stretch.end), until > stretch.start)
        .order_by(Gap.found_at, Gap.id)
    )
    return tuple(Unseen(row.name, row.source, row.reason, row.since, row.until or row.found_at) for row in rows)


def find_blind(session: Session, stretch: Stretch) -> tuple[Unseen, ...]:
    """Feeds that have not been able to see since before the stretch ended."""
    feeds = session.scalars(
        select(Feed)
        .where(Feed.brand_id == stretch.brand_id, Feed.enabled, Feed.state_since < stretch.end)
        .where(Feed.state.not_in([FeedState.NEW, FeedState.READING]))
        .order_by(Feed.name)
    ).all()
    return tuple(Unseen(feed.name, feed.source, feed.state_reason, feed.state_since, None) for feed in feeds)
