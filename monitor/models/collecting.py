"""Where posts come from: brands, their feeds, every poll of a feed, and what could not be read."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.words import FeedState


class Brand(Base):
    """Whom we watch for. Terms, handles and hours live in the configuration, found by the name."""

    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Feed(Base):
    """One brand on one source with one query: how far it has read, when it is next due, and whether it can see."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("brand_id", "name"), Index("ix_feed_due", "enabled", "next_poll_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool] = mapped_column(default=True)  # False once the configuration no longer names it
    cursor: Mapped[dict[str, Any] | None]
    next_poll_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]  # somebody is polling until then
    state: Mapped[str] = mapped_column(String(20), default=FeedState.NEW)
    state_since: Mapped[datetime]
    state_reason: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)  # polls failed in a row
    read_at: Mapped[datetime | None]  # when a poll last ended well
    silence_told_at: Mapped[datetime | None]  # when people were last told that it has been silent for too long

    brand: Mapped[Brand] = relationship()


class Poll(Base):
    """The ledger: one row a poll, saying what came and what it cost."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_feed_id_started_at", "feed_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # None: running, or the program ended in the middle of it
    pages: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    edited: Mapped[int] = mapped_column(default=0)
    ignored: Mapped[int] = mapped_column(default=0)  # our own posts, and posts that the brand's terms rule out
    echoes: Mapped[int] = mapped_column(default=0)  # reposts
    rechecked: Mapped[int] = mapped_column(default=0)  # stored mentions asked about again
    requests: Mapped[int] = mapped_column(default=0)
    usd: Mapped[Decimal] = mapped_column(default=Decimal(0))
    error: Mapped[str] = mapped_column(default="")


class Gap(Base):
    """A window of a feed that we know we could not read."""

    __tablename__ = "gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), index=True)
    reason: Mapped[str]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # read after all, or accepted by a person
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # at reading it after all
    retry_at: Mapped[datetime | None]  # when to try next; None: nothing more can be done
    place: Mapped[dict[str, Any] | None]  # how far the try under way has read
