"""What the team does about a mention: replies and drafts, notes, promises, outcomes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.mentions import Mention
from monitor.models.people import User
from monitor.words import ReplyState


class Reply(Base):
    """A public answer. One that is sent from here is its own queue: see monitor.replies.sending."""

    __tablename__ = "reply"
    __table_args__ = (Index("ix_reply_next", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: written outside the desk
    post_id: Mapped[str | None] = mapped_column(String(200), index=True)  # at the platform, where it is known
    text: Mapped[str]
    url: Mapped[str] = mapped_column(default="")  # where it was posted
    state: Mapped[str] = mapped_column(String(10), default=ReplyState.LOGGED)
    created_at: Mapped[datetime] = mapped_column(index=True)  # of one sent from here: since when it is in public

    # On its way out.
    key: Mapped[str | None] = mapped_column(String(20), unique=True)  # the same at every attempt; None: not sent here
    after_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # the part of a thread that it goes on from
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None]  # the first attempt of which nobody knows that it failed
    lease_until: Mapped[datetime | None]  # somebody is sending it until then
    next_at: Mapped[datetime | None]  # when to send it, or to look again whether it stands; None: never
    error: Mapped[str] = mapped_column(default="")  # why it stands where it does

    # Where a colleague has to approve it first.
    asked_why: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Draft(Base):
    """What a person is writing on a mention and has not sent; kept through a crash, signing out and a take-over."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True, index=True)
    reply: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]


class Note(Base):
    """What colleagues tell each other; it never leaves the desk."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]
    # Pinned: shown on every mention of this author; None: on its own alone.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"), index=True)

    user: Mapped[User] = relationship()


class Promise(Base):
    """What a reply commits us to, until somebody has dealt with it."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_due", "state", "due_at"),
        Index("ix_promise_user_id", "user_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # what says it; None: added by hand
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who gave it; None: outside the desk
    promised: Mapped[str] = mapped_column(String(10))
    text: Mapped[str]  # in our own words, as the reply has them
    begins: Mapped[int | None]  # where they stand in the reply's text
    ends: Mapped[int | None]
    due_at: Mapped[datetime]
    rule: Mapped[str]  # how the due time follows from the words
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # kept, dismissed, or made good after it was broken; None: to be dealt with
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # the reply that kept it

    mention: Mapped[Mention] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class Outcome(Base):
    """How a mention was closed, once for each time it was; the newest that was not reopened stands."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))
    sentiment: Mapped[str | None] = mapped_column(String(10))  # of the mention, when it was closed
    created_at: Mapped[datetime] = mapped_column(index=True)
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: by the author's next post
    followed_by_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))  # the author's next post
    next_sentiment: Mapped[str | None] = mapped_column(String(10))  # of that one

    user: Mapped[User] = relationship(foreign_keys=[user_id])
