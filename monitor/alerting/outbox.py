"""The outbox: takes what is due, sends it with no transaction open, and writes down how that went."""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.alerting.alerts import DIGEST, Moot, channel_named, fold_message, mention_message
from monitor.alerting.pace import LEASE, is_hopeless, is_storm, may_send, retry_delay
from monitor.alerting.spoken import language_for
from monitor.alerting.storm import FOLD, fold_waiting, sent_lately, told_of
from monitor.channels.base import ChannelError, Message
from monitor.channels.registry import build
from monitor.clock import utcnow
from monitor.collecting.blindness import FEED, feed_message
from monitor.digest.page import digest_message
from monitor.escalation.telling import ESCALATION, escalation_message
from monitor.models import Notification
from monitor.promises.telling import PROMISE, promise_message
from monitor.settings import Settings
from monitor.store import Store
from monitor.translating import speaking
from monitor.words import Happened, NotificationState

SENDERS = 8  # channels served at the same time
DRAIN = timedelta(seconds=30)


def deliver_due(store: Store, settings: Settings, now: datetime, environment: Mapping[str, str] = os.environ) -> int:
    """Send what is due, at most one message to each channel; how many got through. Made to be called every second.

    Channels are served side by side, so that one which hangs holds up no other. Any number of processes may call it
    at once: a row is claimed by one of them, and taken again by another only when its lease has run out.
    """
    names = due_channels(store, now)
    if not names:
        return 0
    with ThreadPoolExecutor(min(len(names), SENDERS), thread_name_prefix="outbox") as senders:
        return sum(senders.map(partial(deliver_next, store, settings, now, environment), names))


def deliver_waiting(store: Store, settings: Settings, environment: Mapping[str, str] = os.environ) -> int:
    """For a command that ends: send what is due, at the channels' pace, for half a minute at most; how much went."""
    end = utcnow() + DRAIN
    sent = 0
    while (now := utcnow()) < end:
        sent += deliver_due(store, settings, now, environment)
        if not due_channels(store, now):
            break
        time.sleep(0.2)
    return sent


def due_channels(store: Store, now: datetime) -> Sequence[str]:
    """The channels that something due waits for."""
    with store.read() as session:
        return session.scalars(select(Notification.channel).where(is_due(now)).distinct()).all()


def deliver_next(store: Store, settings: Settings, now: datetime, environment: Mapping[str, str], channel: str) -> bool:
    """Send the most pressing message that waits for a channel; whether one got through."""
    with store.write() as session:
        claimed = claim_next(session, channel, now)
    if claimed is None:
        return False
    trouble = attempt(store, claimed, settings, now, environment)
    with store.write() as session:
        if trouble is None:
            return record_sent(session, claimed, now)
        record_trouble(session, claimed, trouble, now)
    return False


def claim_next(session: Session, channel: str, now: datetime) -> Notification | None:
    """Take one due row for a minute; None while the channel rests. In a storm, fold what waits first."""
    lately = sent_lately(session, channel, now)
    if not may_send(lately, now) or is_resting(session, channel, now):
        return None
    if is_storm(lately):
        fold_waiting(session, channel, now)
    alarms_first = case((Notification.kind.in_(["urgent", ESCALATION, FOLD]), 0), else_=1)
    head = (
        select(Notification.id)
        .where(Notification.channel == channel, is_due(now))
        .order_by(alarms_first, Notification.next_attempt_at, Notification.id)
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        update(Notification)
        .where(Notification.id == head, is_due(now))
        .values(state=NotificationState.SENDING, lease_until=now + LEASE, attempts=Notification.attempts + 1)
        .returning(Notification)
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come, or left behind by a sender that was killed."""
    return or_(
        and_(Notification.state == NotificationState.QUEUED, Notification.next_attempt_at <= now),
        and_(Notification.state == NotificationState.SENDING, Notification.lease_until <= now),
    )


def is_resting(session: Session, channel: str, now: datetime) -> bool:
    """Whether the channel asked to be left alone for longer than until now."""
    asked = exists().where(
        Notification.channel == channel,
        Notification.state == NotificationState.QUEUED,
        Notification.payload["rests_until"].as_float() > now.timestamp(),
    )
    return bool(session.scalar(select(asked)))


def attempt(
    store: Store, claimed: Notification, settings: Settings, now: datetime, environment: Mapping[str, str]
) -> ChannelError | Moot | None:
    """Build the message as things stand now and send it, with no transaction open. What went wrong, or None."""
    if is_hopeless(claimed.attempts, claimed.created_at, now):
        return ChannelError(f"Given up after a day of trying. {claimed.error}".strip(), permanent=True)
    try:
        told = channel_named(settings, claimed.channel)
        channel = build(told, environment)
        with store.read() as session, speaking(language_for(session, claimed, told, settings)):
            message = message_for(session, claimed, settings, now)
        channel.send(message, claimed.key)
    except (ChannelError, Moot) as trouble:
        return trouble
    return None


def message_for(session: Session, notification: Notification, settings: Settings, now: datetime) -> Message:
    """What a notification says, made when it is sent. Raises `Moot` where there is nothing left to tell."""
    if notification.kind == FOLD:
        since = datetime.fromisoformat(notification.payload["since"])
        return fold_message(session, notification.payload["mentions"], since, settings)
    if notification.kind == DIGEST:
        return digest_message(session, notification.payload, settings, now)
    if notification.kind == FEED:
        return feed_message(session, notification.payload, settings, now)
    if notification.kind == ESCALATION:
        return escalation_message(session, notification.payload, settings, now)
    if notification.kind == PROMISE:
        return promise_message(session, notification.payload, settings, now)
    if notification.mention_id is None:
        raise Moot("The mention is no longer kept.")
    return mention_message(session, notification.mention_id, settings, now)


def record_sent(session: Session, sent: Notification, now: datetime) -> bool:
    """Write down that it got through. False where another sender, who took it for ours as dead, has done so already."""
    if not settle(session, sent, {"state": NotificationState.SENT, "sent_at": now, "error": ""}):
        return False
    record_activity(session, Happened.ALERTED, sent, now)
    if sent.kind == DIGEST:
        record(session, Happened.DIGEST_SENT, now, channel=sent.channel, **sent.payload)
    return True


def record_trouble(session: Session, failed: Notification, trouble: ChannelError | Moot, now: datetime) -> None:
    """Plan the next attempt, or give up where that is pointless."""
    if isinstance(trouble, Moot) or trouble.permanent:
        if settle(session, failed, {"state": NotificationState.FAILED, "error": str(trouble)}):
            record_activity(session, Happened.ALERT_FAILED, failed, now, reason=str(trouble))
        return
    next_attempt = now + retry_delay(failed.key, failed.attempts, trouble.retry_after)
    values: dict[str, Any] = {"next_attempt_at": next_attempt, "error": str(trouble)}
    if trouble.retry_after:
        values["payload"] = {**failed.payload, "rests_until": next_attempt.timestamp()}
    still_ours = Notification.state == NotificationState.SENDING, Notification.attempts == failed.attempts
    values |= {"state": NotificationState.QUEUED, "lease_until": None}
    session.execute(update(Notification).where(Notification.id == failed.id, *still_ours).values(values))


def settle(session: Session, notification: Notification, values: dict[str, Any]) -> bool:
    """Close a row, and with it the rows that were folded into it. Whether it was still open."""
    still_open = Notification.state.not_in([NotificationState.SENT, NotificationState.FAILED])
    statement = update(Notification).where(still_open).values(**values, lease_until=None)
    closed = session.scalar(statement.where(Notification.id == notification.id).returning(Notification.id))
    if closed is None:
        return False
    if notification.kind == FOLD:
        session.execute(statement.where(Notification.id.in_(notification.payload["notifications"])))
    return True


def record_activity(
    session: Session, happened: Happened, notification: Notification, now: datetime, **data: Any
) -> None:
    for mention_id in told_of(notification):
        record(session, happened, now, mention_id=mention_id, channel=notification.channel, **data)
