"""The roll of the desk's processes: each says that it is alive, and one of those that can plan holds the planning.

All times are of the clock that they share, so that those of their machines need not agree.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, delete, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.models import Lease, Part, UtcDateTime
from monitor.parts.place import is_over
from monitor.store import StoreError, insert

ALIVE = timedelta(seconds=20)  # a part that has said nothing for so long is taken for dead
REMEMBERED = timedelta(hours=1)  # so that people can be told that one fell silent
PLANNING = "planning"  # the name of the lease


def shared_clock(session: Session, now: datetime) -> datetime:
    """PostgreSQL's own clock; on SQLite, which one machine has, that of the machine."""
    if session.get_bind().dialect.name != "postgresql":
        return now
    return session.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()


def say_alive(session: Session, part: dict[str, Any], clock: datetime) -> None:
    """Enter a part, or put off its end."""
    statement = insert(session, Part).values(**part, until=clock + ALIVE)
    again = {name: statement.excluded[name] for name in ("until", "counts")}
    session.execute(statement.on_conflict_do_update(index_elements=[Part.id], set_=again))


def take_planning(session: Session, part_id: str, clock: datetime) -> bool:
    """Hold on to the planning, or take it where nobody has it any more. Of any number who try, one has it."""
    session.execute(insert(session, Lease).values(name=PLANNING, part_id="", until=clock).on_conflict_do_nothing())
    free = or_(Lease.part_id == part_id, Lease.until <= clock)
    taken = update(Lease).where(Lease.name == PLANNING, free).values(part_id=part_id, until=clock + ALIVE)
    return session.scalar(taken.returning(Lease.name)) is not None


def leave(session: Session, part_ids: Sequence[str], clock: datetime) -> None:
    """Strike parts off; what they held is free."""
    session.execute(delete(Part).where(Part.id.in_(part_ids)))
    session.execute(update(Lease).where(Lease.part_id.in_(part_ids)).values(until=clock))


def strike_off_dead(session: Session, clock: datetime) -> None:
    """Those of this machine that were killed, so that nobody need wait for them; and what nobody asks for any more."""
    leave(session, [part.id for part in session.scalars(select(Part)) if is_over(part)], clock)
    session.execute(delete(Part).where(Part.until <= clock - REMEMBERED))


def alive(clock: datetime) -> ScalarSelect[str]:
    """The ids of the parts that are alive."""
    return select(Part.id).where(Part.until > clock).scalar_subquery()


def refuse_far_file(session: Session, machine: str, clock: datetime) -> None:
    """Raises `StoreError` where another machine uses this SQLite file: its locks are in one machine's memory."""
    if session.get_bind().dialect.name != "sqlite":
        return
    elsewhere = select(Part.host).where(Part.until > clock, Part.machine != machine)
    if host := session.scalar(elsewhere.limit(1)):
        raise StoreError(
            f"The machine {host} uses this SQLite file too, which would damage it: "
            "several machines need PostgreSQL (docs/operating.md)."
        )
