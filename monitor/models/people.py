"""The team: who they are, how they sign in, and what each keeps for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.words import Role


class User(Base):
    """A person who works at the desk."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(10), default=Role.AGENT)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(10))  # of the pages; none: as the browser asks for


class SignInLink(Base):
    """A link that signs a user in once. Only its hash is kept."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class ApiToken(Base):
    """A key for programs, acting as a user. Only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class CalendarLink(Base):
    """A secret address under which a calendar reads a user's promises. Only its hash is kept."""

    __tablename__ = "calendar_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class SavedView(Base):
    """A part of the queue that somebody gave a name, for themselves or for the whole team."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)  # who saved it
    shared: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(40))
    filters: Mapped[dict[str, Any]]  # as in the address of the board
    created_at: Mapped[datetime]
