"""The hard ones: what was escalated, who stands by whom, the team's guidance, who took what attacks people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.mentions import Mention
from monitor.models.people import User

OPEN = text("closed_at IS NULL")


class Escalation(Base):
    """A mention that was put before a group, until it is settled. It is its own queue: see monitor.escalation."""

    __tablename__ = "escalation"
    __table_args__ = (
        # Of many who escalate the same mention at once, one does.
        Index("ix_escalation_open", "mention_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_escalation_further", "further_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # who escalated it
    reason: Mapped[str]
    group: Mapped[str] = mapped_column(String(100))  # whom it is before now; a name of the configuration
    step: Mapped[int] = mapped_column(default=0)  # how many groups it has passed
    created_at: Mapped[datetime] = mapped_column(index=True)
    step_at: Mapped[datetime]  # since when it is before this group
    further_at: Mapped[datetime | None]  # when it goes to the next one; None: never, or somebody has it
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who acknowledged it
    taken_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the desk, with the mention
    closed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")  # what was decided

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    taken_by: Mapped[User | None] = relationship(foreign_keys=[taken_by_id])
    mention: Mapped[Mention] = relationship()


class SecondPerson(Base):
    """Somebody asked not to be alone with a mention, and perhaps a colleague stands by them."""

    __tablename__ = "second_person"
    __table_args__ = (
        Index("ix_second_person_open", "mention_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # who asked
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # whom; None: anybody
    words: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    asked: Mapped[User | None] = relationship(foreign_keys=[asked_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
    mention: Mapped[Mention] = relationship()


class GuidanceEdition(Base):
    """One page of guidance as somebody wrote it; the newest of a kind holds, and without any our own."""

    __tablename__ = "guidance_edition"
    __table_args__ = (Index("ix_guidance_edition_kind", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str]  # Markdown
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class AbuseTurn(Base):
    """Somebody took a mention that attacks people: counted, so that nobody has more of them in a day than is fair."""

    __tablename__ = "abuse_turn"
    __table_args__ = (Index("ix_abuse_turn_at", "user_id", "at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True)
    at: Mapped[datetime]  # the last time


class CapLift(Base):
    """A lead let somebody take more of what attacks people than the cap allows, until a moment."""

    __tablename__ = "cap_lift"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    until: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]
