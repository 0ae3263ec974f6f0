"""Many mentions of one trouble, and which of them belong to it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.collecting import Brand
from monitor.models.people import User
from monitor.models.records import Activity

JOINED = text("state = 'joined'")


class Incident(Base):
    """One trouble of one brand: proposed by the desk or opened by a person, and kept when it is over."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_brand_id", "brand_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    title: Mapped[str]
    state: Mapped[str] = mapped_column(String(10))
    status_text: Mapped[str] = mapped_column(default="")  # what we know and do, for colleagues
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)  # wordings with variables, used in turn
    created_at: Mapped[datetime] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]  # None: nobody has said that it is one
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]  # closed, or found to be none
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    brand: Mapped[Brand] = relationship()
    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id])


class IncidentMention(Base):
    """A mention that belongs to an incident, is proposed for it, or was taken out of it. It belongs to one at most."""

    __tablename__ = "incident_mention"
    __table_args__ = (
        Index("uq_incident_mention_joined", "mention_id", unique=True, sqlite_where=JOINED, postgresql_where=JOINED),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who said so; None: the desk
    since: Mapped[datetime]
    resolved_at: Mapped[datetime | None]  # when closing the incident closed it; by this it can be taken back


class IncidentLine(Base):
    """A line of the audit trail that tells of an incident."""

    __tablename__ = "incident_line"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True, index=True)

    activity: Mapped[Activity] = relationship()
