"""What is past its time: the conditions, by table. What somebody still has to deal with never is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_

from monitor.deeds.keeping import KEPT
from monitor.models import (
    Activity,
    Deed,
    Draft,
    Escalation,
    IdempotencyKey,
    Memo,
    Mention,
    Notification,
    Outcome,
    Promise,
    Reply,
    SecondPerson,
    SignInLink,
)
from monitor.privacy.settings import RetentionSettings
from monitor.privacy.shells import is_whole
from monitor.words import NOT_CLOSED, Ended, NotificationState, ReplyState, Status

ANSWERS = timedelta(days=7)  # for so long a write that is sent again is answered as before
UNDER_WAY = (ReplyState.ASKED, ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)
OUT = (NotificationState.SENT, NotificationState.FAILED, NotificationState.FOLDED)


def is_over(rules: RetentionSettings, now: datetime) -> ColumnElement[bool]:
    """Mentions that are to be emptied; ask for few ids at a time.

    The moments are expressions that no index knows: of some ids SQLite would rather read all that is closed.
    """
    past = or_(before(closed_at(), rules.mentions, now), before(ignored_since(), rules.ignored, now))
    return and_(is_whole(), past, ~is_pending())


def closed_at() -> ColumnElement[datetime | None]:
    """Null while the mention is none of those that are closed or deleted at their platform."""
    closed = Mention.status.in_([Status.RESOLVED, Status.GONE])
    return case((closed, func.coalesce(Mention.resolved_at, Mention.collected_at)))


def ignored_since() -> ColumnElement[datetime | None]:
    """Null but for hidden ones that nobody took, and those that were closed because they needed no answer."""
    hidden = and_(Mention.status == Status.OPEN, Mention.hidden.is_not(None), Mention.assignee_id.is_(None))
    said_so = exists().where(Outcome.mention_id == Mention.id, Outcome.outcome == Ended.UNNEEDED)
    unneeded = and_(Mention.status == Status.RESOLVED, Mention.first_reply_at.is_(None), said_so)
    return case((or_(hidden, unneeded), Mention.collected_at))


def is_pending() -> ColumnElement[bool]:
    """Something about the mention is still to be done, though it may be closed itself."""
    return or_(
        exists().where(Promise.mention_id == Mention.id, Promise.settled_at.is_(None)),
        exists().where(Escalation.mention_id == Mention.id, Escalation.closed_at.is_(None)),
        exists().where(SecondPerson.mention_id == Mention.id, SecondPerson.closed_at.is_(None)),
        exists().where(Reply.mention_id == Mention.id, Reply.state.in_(UNDER_WAY)),
    )


def was_read_long_ago(rules: RetentionSettings, now: datetime) -> ColumnElement[bool]:
    """Mentions around which nobody needs the conversation that was read: opening one reads it again."""
    return and_(Mention.status.not_in(NOT_CLOSED), before(Mention.thread_read_at, rules.conversations, now))


def is_old_line(rules: RetentionSettings, now: datetime) -> ColumnElement[bool]:
    """Lines of the audit trail, but those of a mention that waits."""
    waits = exists().where(Mention.id == Activity.mention_id, Mention.status.in_(NOT_CLOSED))
    return and_(before(Activity.at, rules.audit, now), ~waits)


def old_rows(rules: RetentionSettings, now: datetime) -> Iterator[tuple[str, Any, ColumnElement[bool]]]:
    """Rows that are deleted as they are: what they are called, their table, and which."""
    yield "drafts", Draft, before(Draft.saved_at, rules.drafts, now)
    out = and_(Notification.state.in_(OUT), before(Notification.next_attempt_at, rules.notices, now))
    yield "alerts", Notification, out
    yield "memos", Memo, before(Memo.read_at, rules.notices, now)
    yield "links", SignInLink, before(SignInLink.expires_at, rules.notices, now)
    yield "deeds", Deed, before(Deed.at, KEPT, now)
    yield "answers", IdempotencyKey, before(IdempotencyKey.created_at, ANSWERS, now)


def before(moment: Any, span: timedelta | None, now: datetime) -> ColumnElement[bool]:
    """Whether it was longer ago than a span; never where there is none."""
    return false() if span is None else moment < now - span
