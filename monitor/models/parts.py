"""What runs: the desk's processes, which of them plans, what each is judging, and tries to get in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.models.base import Base


class Part(Base):
    """A process of the desk. By the store's clock it is alive until `until`, which it puts off as long as it is."""

    __tablename__ = "part"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    host: Mapped[str] = mapped_column(String(100))  # as people call the machine
    machine: Mapped[str] = mapped_column(String(100))  # the machine since it was started
    space: Mapped[str] = mapped_column(String(100))  # in which its process number counts; containers have their own
    pid: Mapped[int]
    started_at: Mapped[datetime]
    until: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it has done since it was started


class Lease(Base):
    """What one part alone may do: whose it is, and until when unless that part says more."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    part_id: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]


class Judging(Base):
    """A mention that a part is judging; nobody's once that part is gone."""

    __tablename__ = "judging"

    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True)
    part_id: Mapped[str] = mapped_column(String(32))


class SignInTries(Base):
    """How often one name or one address has tried to sign in. Only the hash of either is kept, and not for long."""

    __tablename__ = "sign_in_tries"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)  # then it is counted from the beginning
