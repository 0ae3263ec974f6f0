"""Reusable answers, their earlier versions, and how often each served."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.collecting import Brand
from monitor.models.people import User


class SavedReply(Base):
    """A reusable answer, or a piece of product knowledge; archived, never deleted."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120), unique=True)
    text: Mapped[str]
    knowledge: Mapped[bool] = mapped_column(default=False)  # what colleagues should know, rather than an answer
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)  # that it is for; empty: any
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand.id"))  # None: all
    lang: Mapped[str | None] = mapped_column(String(20))  # None: any
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    brand: Mapped[Brand | None] = relationship()


class SavedReplyEdition(Base):
    """A saved reply as it was before somebody changed it."""

    __tablename__ = "saved_reply_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who replaced it; None: an import
    was: Mapped[dict[str, Any]]
    replaced_at: Mapped[datetime]

    user: Mapped[User | None] = relationship()


class SavedReplyUse(Base):
    """A saved reply was put into the answer to a mention; the mention is from then on an example of what it is for."""

    __tablename__ = "saved_reply_use"

    saved_reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    used_at: Mapped[datetime]
