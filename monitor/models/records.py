"""What happened and who is told: the audit trail, its memos, alerts on their way, answers given to requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.people import User
from monitor.words import NotificationState


class Activity(Base):
    """Who did what when. Append-only: the audit trail, the timeline and live updates are all read from it."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_mention_id", "mention_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    happened: Mapped[str] = mapped_column(String(20))
    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the desk itself
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user: Mapped[User | None] = relationship()


class Memo(Base):
    """A line of the audit trail that one person is to be told of; it stays on their board until they have read it."""

    __tablename__ = "memo"
    __table_args__ = (Index("ix_memo_unread", "user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # who is told
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    read_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship()


class Notification(Base):
    """One alert on its way to one channel: the outbox. The row is the queue and the truth."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_due", "state", "next_attempt_at"),
        Index("ix_notification_channel_sent_at", "channel", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # so that the same alert is never written twice
    channel: Mapped[str] = mapped_column(String(100))  # the configuration's name for it
    kind: Mapped[str] = mapped_column(String(20))  # what it is about: "urgent", "digest"
    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"), index=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=NotificationState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """What a write through the API answered, so that sending it again changes nothing."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
