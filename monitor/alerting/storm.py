"""Storms: when a channel has had its share for a minute, what still waits becomes one message."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from monitor.alerting.pace import WINDOW, Lately
from monitor.escalation.telling import ESCALATION
from monitor.models import Notification
from monitor.words import NotificationState

FOLD = "fold"


def sent_lately(session: Session, channel: str, now: datetime) -> Lately:
    """What the channel got within the last window; rows that went out in one message share its moment."""
    moments = Notification.sent_at
    folds = func.count(Notification.id).filter(Notification.kind == FOLD)
    counted = select(func.count(moments.distinct()), func.max(moments), folds).where(
        Notification.channel == channel,
        Notification.state == NotificationState.SENT,
        Notification.sent_at > now - WINDOW,
    )
    messages, last, folded = session.execute(counted).one()
    return Lately(messages, last, bool(folded))


def fold_waiting(session: Session, channel: str, now: datetime) -> None:
    """Put one row in the place of all alerts that wait for the channel; each of them names it."""
    waiting = (
        Notification.channel == channel,
        Notification.mention_id.is_not(None),
        Notification.kind != ESCALATION,  # somebody asks somebody; that is not one of many
        Notification.state == NotificationState.QUEUED,
        Notification.next_attempt_at <= now,
    )
    ids = session.scalars(select(Notification.id).where(*waiting).order_by(Notification.id)).all()
    if len(ids) < 2:
        return
    key = f"{FOLD}:{ids[0]}:{channel}"
    taken = session.execute(
        update(Notification)
        .where(Notification.id.in_(ids), *waiting)
        .values(state=NotificationState.FOLDED, payload={"folded_in": key})
        .returning(Notification.id, Notification.mention_id, Notification.created_at)
    ).all()
    if taken:  # another process may have been faster
        session.add(folded(key, channel, taken, now))
        session.flush()


def folded(key: str, channel: str, taken: Sequence[Row[int, int | None, datetime]], now: datetime) -> Notification:
    return Notification(
        key=key,
        channel=channel,
        kind=FOLD,
        payload={
            "notifications": sorted(row.id for row in taken),
            "mentions": sorted({row.mention_id for row in taken}),
            "since": min(row.created_at for row in taken).isoformat(),
        },
        next_attempt_at=now,
        created_at=now,
    )


def told_of(notification: Notification) -> list[int]:
    """The mentions that a notification tells of."""
    if notification.kind == FOLD:
        return list(notification.payload["mentions"])
    return [notification.mention_id] if notification.mention_id else []
