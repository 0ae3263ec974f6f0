"""What one person is to be told of: lines of the audit trail that wait on their board until they have read them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from monitor.models import Activity, Memo, Mention
from monitor.words import Happened

TELLING = frozenset(
    {Happened.TAKEN_OVER, Happened.ASSIGNED, Happened.IDLE_WARNED, Happened.HANDED_BACK}
    | {Happened.HANDED_OVER}
    | {Happened.ESCALATED, Happened.ESCALATED_FURTHER, Happened.ESCALATION_TAKEN, Happened.ESCALATION_SETTLED}
    | {Happened.SECOND_ASKED, Happened.SECOND_ACCEPTED, Happened.SECOND_ENDED}
    | {Happened.UNDONE}
    | {Happened.PROMISE_REMINDED, Happened.PROMISE_BROKEN}
    | {Happened.NOTED, Happened.REOPENED, Happened.PRAISE_PASSED_ON}
    | {Happened.REPLY_APPROVED, Happened.REPLY_REFUSED}
    | {Happened.REPLY_FAILED, Happened.REPLY_UNKNOWN, Happened.REPLY_MISSING}
)
AT_ONCE = 20


def tell(session: Session, line: Activity, user_id: int) -> None:
    """Put a line before somebody, in the transaction in which it is written."""
    session.add(Memo(user_id=user_id, activity=line))


def tell_others(session: Session, line: Activity, concerned: Iterable[int | None], but_id: int) -> None:
    """Put a line before each of those whom it concerns, once, and not before whoever did it."""
    for user_id in sorted({one for one in concerned if one is not None} - {but_id}):
        tell(session, line, user_id)


def unread(session: Session, user_id: int) -> Sequence[tuple[Memo, Mention]]:
    """What somebody has not read yet, each with the mention it is about; the newest first."""
    statement = (
        select(Memo, Mention)
        .join(Memo.activity)
        .join(Mention, Mention.id == Activity.mention_id)
        .where(*waits_for(user_id))
        .options(contains_eager(Memo.activity).joinedload(Activity.user), joinedload(Mention.author))
        .options(joinedload(Mention.brand))
    )
    rows = session.execute(statement.order_by(Memo.id.desc()).limit(AT_ONCE)).all()
    return [(memo, mention) for memo, mention in rows]


def waits_for(user_id: Any) -> tuple[ColumnElement[bool], ...]:
    """What somebody, by their id or a parameter that holds it, has not read yet."""
    return Memo.user_id == user_id, Memo.read_at.is_(None)


def is_told(session: Session, user_id: int, line_ids: Sequence[int]) -> bool:
    """Whether any of these lines is for somebody."""
    found = select(Memo.id).where(Memo.user_id == user_id, Memo.activity_id.in_(line_ids)).limit(1)
    return session.scalar(found) is not None


def mark_read(session: Session, memo_id: int, user_id: int, now: datetime) -> None:
    """Only whom a memo is for can put it away; a second time changes nothing."""
    theirs = (Memo.id == memo_id, Memo.user_id == user_id, Memo.read_at.is_(None))
    session.execute(update(Memo).where(*theirs).values(read_at=now))
