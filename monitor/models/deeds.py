"""What people did to mentions lately and how each stood before, so that it can be taken back; muted conversations."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.models.base import Base


class Deed(Base):
    """One thing that somebody did, to one mention or to many at once; forgotten after a day."""

    __tablename__ = "deed"
    __table_args__ = (Index("ix_deed_newest", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    did: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class DeedPart(Base):
    """What a deed changed at one mention."""

    __tablename__ = "deed_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    deed_id: Mapped[int] = mapped_column(ForeignKey("deed.id", ondelete="CASCADE"), index=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"), index=True)
    was: Mapped[dict[str, Any]]  # what changed, as it was before
    line_id: Mapped[int]  # the mention's newest line of the audit trail when it was done
    undone_at: Mapped[datetime | None]


class MutedThread(Base):
    """A conversation that is kept out of the queue for a while."""

    __tablename__ = "muted_thread"
    __table_args__ = (UniqueConstraint("source", "thread_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    thread_id: Mapped[str] = mapped_column(String(200))  # of the platform, or the root post's id
    muted_until: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
