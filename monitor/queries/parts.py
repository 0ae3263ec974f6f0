"""Which processes of the desk are alive, which fell silent, and whether one plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.models import Lease, Part
from monitor.parts.kinds import CAN_WORK
from monitor.parts.roll import PLANNING, shared_clock


@dataclass(frozen=True)
class Parts:
    """Those of the last hour that did not say goodbye."""

    alive: Sequence[Part]
    silent: Sequence[Part]
    planning: bool

    @property
    def working(self) -> bool:
        return any(part.kind in CAN_WORK for part in self.alive)

    def count(self, kind: str) -> int:
        return sum(part.kind == kind for part in self.alive)


def read_parts(session: Session, now: datetime) -> Parts:
    clock = shared_clock(session, now)
    parts = session.scalars(select(Part).order_by(Part.started_at)).all()
    alive = [part for part in parts if part.until > clock]
    holder = session.scalar(select(Lease.part_id).where(Lease.name == PLANNING, Lease.until > clock))
    return Parts(
        alive=alive,
        silent=[part for part in parts if part.until <= clock],
        planning=any(part.id == holder for part in alive),
    )
