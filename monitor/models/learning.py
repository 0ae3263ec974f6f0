"""What people said about judgements, and what the classifier made of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.models.base import Base


class Correction(Base):
    """A person's relabelling of one head of a judgement."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    head: Mapped[str] = mapped_column(String(10))
    old: Mapped[str | None] = mapped_column(String(12))
    new: Mapped[str] = mapped_column(String(12))
    model: Mapped[str | None] = mapped_column(String(80))  # whose judgement was corrected
    created_at: Mapped[datetime]


class Lesson(Base):
    """What the classifier learned from the team at one time; the newest that was not rolled back is in use."""

    __tablename__ = "lesson"

    id: Mapped[int] = mapped_column(primary_key=True)  # the version
    made_at: Mapped[datetime]
    encoder: Mapped[str] = mapped_column(String(80))  # the model that it is for
    shifts: Mapped[bytes] = mapped_column(LargeBinary)  # see classifier.learned
    rolled_back_at: Mapped[datetime | None]
