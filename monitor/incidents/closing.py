"""Closing an incident with all that still waits in it, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor import desk
from monitor.care.closing import close
from monitor.incidents.commands import LIVE, find, move, refuse_unless_open
from monitor.incidents.lines import write_line
from monitor.models import IncidentMention, Mention, User
from monitor.words import NOT_CLOSED, Belonging, Ended, Happened, IncidentState, Status


@dataclass(frozen=True)
class Closed:
    """What closing an incident did: what it resolved, and what stays open because a colleague holds it."""

    resolved: list[int]
    left: list[int]


def close_incident(
    session: Session, incident_id: int, user: User, now: datetime, outcome: str = Ended.SOLVED, reason: str = ""
) -> Closed:
    """Resolve every mention of the incident with one outcome, all or none; a colleague's own stay theirs to resolve.

    Raises `Invalid` for an outcome that does not fit, `Refused` where it is not open.
    """
    refuse_unless_open(find(session, incident_id))
    closed = Closed([], [])
    for mention in waiting_members(session, incident_id):
        if mention.assignee_id not in (None, user.id):
            closed.left.append(mention.id)
            continue
        close(session, mention.id, user, now, outcome, reason)
        closed.resolved.append(mention.id)
    ended = {"state": IncidentState.CLOSED, "ended_at": now, "ended_by_id": user.id}
    incident = move(session, incident_id, LIVE, ended)
    by_this = (IncidentMention.incident_id == incident_id, IncidentMention.mention_id.in_(closed.resolved))
    session.execute(update(IncidentMention).where(*by_this).values(resolved_at=now))
    counts: dict[str, Any] = {"resolved": len(closed.resolved), "left": len(closed.left), "outcome": outcome}
    write_line(session, incident, Happened.INCIDENT_CLOSED, now, user=user, **counts)
    return closed


def reopen_incident(session: Session, incident_id: int, user: User, now: datetime) -> int:
    """Take the closing back: what it resolved and nobody has touched since is open again; how many."""
    values = {"state": IncidentState.OPEN, "ended_at": None, "ended_by_id": None}
    incident = move(session, incident_id, (IncidentState.CLOSED,), values)
    theirs = (IncidentMention.incident_id == incident_id, IncidentMention.resolved_at.is_not(None))
    untouched = (Mention.status == Status.RESOLVED, Mention.resolved_at == IncidentMention.resolved_at)
    statement = select(Mention.id).join(IncidentMention, IncidentMention.mention_id == Mention.id)
    ids = session.scalars(statement.where(*theirs, *untouched).order_by(Mention.id)).all()
    for mention_id in ids:
        desk.reopen(session, mention_id, user, now)
    session.execute(update(IncidentMention).where(*theirs).values(resolved_at=None))
    write_line(session, incident, Happened.INCIDENT_REOPENED, now, user=user, reopened=len(ids))
    return len(ids)


def waiting_members(session: Session, incident_id: int) -> Sequence[Mention]:
    """The mentions of an incident that somebody has still to deal with, the oldest first."""
    statement = select(Mention).join(IncidentMention, IncidentMention.mention_id == Mention.id)
    joined = (IncidentMention.incident_id == incident_id, IncidentMention.state == Belonging.JOINED)
    loaded = (joinedload(Mention.author), joinedload(Mention.brand), joinedload(Mention.assignee))
    statement = statement.where(*joined, Mention.status.in_(NOT_CLOSED)).options(*loaded, joinedload(Mention.feed))
    return session.scalars(statement.order_by(Mention.id).execution_options(populate_existing=True)).all()
