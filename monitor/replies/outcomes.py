"""How a reply's way ends: in public, refused, in doubt, verified or missing; with what that means for its mention."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.cleaning import cut, safe_url
from monitor.desk import set_press
from monitor.models import Activity, Mention, Poll, Reply, User
from monitor.promises import propose
from monitor.settings import BrandSettings
from monitor.signals.marking import mark_authors
from monitor.teamwork.memos import tell
from monitor.words import Happened, ReplyState, Status
from sources.base import Receipt

IN_PUBLIC = (ReplyState.LOGGED, ReplyState.SEEN, ReplyState.SENT, ReplyState.VERIFIED)
UNDECIDED = (
    ReplyState.ASKED,
    ReplyState.REFUSED,
    ReplyState.QUEUED,
    ReplyState.SENDING,
    ReplyState.UNKNOWN,
    ReplyState.FAILED,
)
FIRST_LOOK = timedelta(minutes=2)  # after which a platform shows what it took


def publish(
    session: Session, reply: Reply, receipt: Receipt, brand: BrandSettings, now: datetime, by: User | None = None
) -> bool:
    """Write down that a reply is in public: it stops the clock. False where that was known already."""
    values: dict[str, Any] = {"state": ReplyState.SENT, "error": ""}
    values |= {"post_id": cut(receipt.id) or None, "url": safe_url(receipt.url)}
    values |= {"created_at": now, "lease_until": None, "next_at": now + FIRST_LOOK}
    if not change(session, reply.id, Reply.state.in_(UNDECIDED), values):
        return False
    sent = reread(session, reply.id)
    mention = session.get_one(Mention, sent.mention_id, options=[joinedload(Mention.brand)], populate_existing=True)
    stop_clock(session, mention, now)
    enter(session, mention, receipt, now)
    record(session, Happened.REPLY_SENT, now, mention_id=mention.id, user_id=by.id if by else None, reply_id=sent.id)
    propose(session, sent, brand, now)
    return True


def stop_clock(session: Session, mention: Mention, now: datetime) -> None:
    mention.first_reply_at = mention.first_reply_at or now
    set_press(mention)
    session.flush()
    mark_authors(session, [mention.author_id], mention.posted_at, now)


def enter(session: Session, mention: Mention, receipt: Receipt, now: datetime) -> None:
    """A line in the feed's ledger for what the platform bills; its budget counts it."""
    if receipt.usd:
        counts = {"requests": 1, "usd": receipt.usd}
        session.add(Poll(feed_id=mention.feed_id, started_at=now, finished_at=now, **counts))


def give_up(session: Session, reply: Reply, state: ReplyState, reason: str, now: datetime) -> bool:
    """Leave a reply to a person: refused by the platform, or in doubt. Its text is kept, its mention comes back."""
    ours = (Reply.state == ReplyState.SENDING) & (Reply.attempts == reply.attempts)
    if not change(session, reply.id, ours, {"state": state, "error": reason, "lease_until": None, "next_at": None}):
        return False
    happened = Happened.REPLY_FAILED if state == ReplyState.FAILED else Happened.REPLY_UNKNOWN
    bring_back(session, reply, happened, reason, now)
    return True


def verify(session: Session, reply: Reply, post_id: str, url: str, next_at: datetime | None, now: datetime) -> None:
    """The reply stands as it was written. A line in the trail only when that is news."""
    news = reply.state != ReplyState.VERIFIED
    values = {"state": ReplyState.VERIFIED, "post_id": cut(post_id), "url": safe_url(url) or reply.url, "error": ""}
    if change(session, reply.id, Reply.state == reply.state, {**values, "next_at": next_at}) and news:
        record(session, Happened.REPLY_VERIFIED, now, mention_id=reply.mention_id, reply_id=reply.id)


def miss(session: Session, reply: Reply, reason: str, now: datetime) -> None:
    """The reply is gone or changed: its mention is back on the board, and waits again if nothing else answers it."""
    if change(
        session, reply.id, Reply.state == reply.state, {"state": ReplyState.MISSING, "error": reason, "next_at": None}
    ):
        bring_back(session, reply, Happened.REPLY_MISSING, reason, now)


def change(session: Session, reply_id: int, still: Any, values: dict[str, Any]) -> bool:
    """Whether the row still stood where it was seen, and so was changed."""
    statement = update(Reply).where(Reply.id == reply_id, still).values(values).returning(Reply.id)
    return session.scalar(statement) is not None


def bring_back(session: Session, reply: Reply, happened: Happened, reason: str, now: datetime) -> None:
    """Put the mention before people again, and tell those whose reply and whose mention it is."""
    mention = session.get_one(Mention, reply.mention_id, populate_existing=True)
    if mention.status in (Status.RESOLVED, Status.SNOOZED):
        mention.status, mention.resolved_at, mention.snoozed_until = Status.OPEN, None, None
    standing = select(func.min(Reply.created_at)).where(Reply.mention_id == mention.id, Reply.state.in_(IN_PUBLIC))
    mention.first_reply_at = session.scalar(standing)
    set_press(mention)
    line: Activity = record(session, happened, now, mention_id=mention.id, reply_id=reply.id, reason=reason)
    for user_id in {reply.user_id, mention.assignee_id}:
        if user_id is not None:
            tell(session, line, user_id)


def reread(session: Session, reply_id: int) -> Reply:
    return session.get_one(Reply, reply_id, options=[joinedload(Reply.user)], populate_existing=True)
