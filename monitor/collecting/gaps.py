"""Gaps: windows of a feed that we could not read, shown until they are read after all or a person accepts them."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import NotFound, Refused
from monitor.models import Feed, Gap, Poll, User
from monitor.words import FeedState, Happened, Role
from sources.base import Gap as SourceGap
from sources.base import Page
from sources.registry import source_class

LATE_START = timedelta(hours=1)  # a key that was mistyped at first is no gap worth showing
LOOK_BACK = timedelta(days=1)  # of a first poll, unless the feed says otherwise
LATE = "The feed could not be read from its start; the first poll that succeeded looked back from here."
PAUSES = (timedelta(minutes=10), timedelta(hours=6))  # between tries at reading a gap after all


def note_gap(session: Session, feed: Feed, gap: SourceGap, now: datetime) -> None:
    """Write a gap down once, however often the platform repeats it; it is tried again at once where it can be.

    One that goes on with every poll is one gap that grows, unless it is being read after all: that would miss its end.
    """
    same = (Gap.feed_id == feed.id, Gap.reason == gap.reason, Gap.closed_at.is_(None))
    begun = session.scalars(select(Gap).where(*same, Gap.since == gap.since)).all()
    if any(gap.until is None or one.until is None or gap.until <= one.until for one in begun):
        return
    readable = hasattr(source_class(feed.source), "reread")
    before = find_touching(session, feed, gap)
    if before and before.until and gap.until:
        before.until = max(before.until, gap.until)
        before.retry_at = before.retry_at or (now + PAUSES[-1] if readable else None)
        return
    given = {"reason": gap.reason, "since": gap.since, "until": gap.until}
    again = now if readable else None
    session.add(Gap(feed_id=feed.id, found_at=now, retry_at=again, **given))
    record(session, Happened.GAP_FOUND, now, feed=feed.name, reason=gap.reason)


def find_touching(session: Session, feed: Feed, gap: SourceGap) -> Gap | None:
    """The open gap for the same reason that reaches into this one, unless it is being read. None, too, where nobody
    knows where this one begins or ends.
    """
    if gap.since is None or gap.until is None:
        return None
    same = (Gap.feed_id == feed.id, Gap.reason == gap.reason, Gap.closed_at.is_(None), Gap.place.is_(None))
    inside = (Gap.since <= gap.since, Gap.until >= gap.since)
    return session.scalar(select(Gap).where(*same, *inside).order_by(Gap.id.desc()).limit(1))


def note_idle_start(session: Session, feed: Feed, now: datetime) -> None:
    """Before the ledger's first line: a feed that nothing read for long after it was made looks back from here."""
    begun = session.scalar(select(exists().where(Poll.feed_id == feed.id)))
    if feed.state == FeedState.NEW and not begun and now - feed.state_since > LATE_START:
        note_gap(session, feed, SourceGap(LATE, feed.state_since - LOOK_BACK, now), now)


def note_late_start(session: Session, feed: Feed, now: datetime) -> None:
    """A first poll looks back from now. What came before, while the feed could not be read at all, is a gap.

    With the first page, not after the last: whatever fails after it, the feed is no longer at its start.
    """
    ledger = select(func.min(Poll.started_at), func.sum(Poll.pages)).where(Poll.feed_id == feed.id)
    tried, pages = session.execute(ledger).one()
    if pages == 1 and now - tried > LATE_START:
        note_gap(session, feed, SourceGap(LATE, tried - LOOK_BACK, now), now)


def find_due_gap(session: Session, feed_id: int, now: datetime) -> Gap | None:
    """The oldest open gap of a feed that is to be tried again now."""
    due = (Gap.feed_id == feed_id, Gap.closed_at.is_(None), Gap.retry_at <= now)
    return session.scalar(select(Gap).where(*due).order_by(Gap.id).limit(1))


def advance(session: Session, gap: Gap, feed: Feed, page: Page, now: datetime) -> None:
    """After a page of a gap that is read after all; with the last it closes, unless some of it stayed unread."""
    unread = page.gap is not None or bool(gap.place and gap.place["unread"])
    if page.next_cursor:
        gap.place = {"cursor": page.next_cursor, "unread": unread}
    elif unread:
        if page.gap and page.gap.reason == gap.reason:
            gap.since, gap.until = page.gap.since, page.gap.until  # what is left of it
        put_off(gap, now)
    else:
        gap.closed_at, gap.retry_at, gap.place = now, None, None
        record(session, Happened.GAP_READ, now, feed=feed.name, reason=gap.reason)


def put_off(gap: Gap, now: datetime, hopeless: bool = False) -> None:
    """A try came to nothing, or not to all: try again later, and after the last leave it to people."""
    again = gap.tries < len(PAUSES) and not hopeless
    gap.retry_at = now + PAUSES[gap.tries] if again else None
    gap.tries, gap.place = gap.tries + 1, None


def accept_gap(session: Session, gap_id: int, user: User, now: datetime) -> Gap:
    """Take note that a window stays unread. A lead may; who did, and when, is kept."""
    gap = session.get(Gap, gap_id)
    if gap is None:
        raise NotFound("There is no such gap.")
    if user.role == Role.AGENT:
        raise Refused("A gap is accepted by a lead, who answers for what was not read.")
    if gap.closed_at is None:
        gap.closed_at, gap.closed_by_id = now, user.id
        feed = session.get_one(Feed, gap.feed_id)
        record(session, Happened.GAP_ACCEPTED, now, user_id=user.id, feed=feed.name, reason=gap.reason)
    return gap
