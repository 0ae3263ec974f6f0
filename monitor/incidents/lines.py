"""The audit trail of incidents: what happens to one, and to a mention because of one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.models import Activity, Incident, IncidentLine, User
from monitor.words import Happened


def write_line(
    session: Session,
    incident: Incident,
    happened: Happened,
    now: datetime,
    *,
    user: User | None = None,
    mention_id: int | None = None,
    **data: Any,
) -> Activity:
    """A line that stands in the incident's history; with a mention, in that one's timeline too."""
    named = {"incident": incident.title, "incident_id": incident.id}
    line = record(session, happened, now, mention_id=mention_id, user_id=user.id if user else None, **named, **data)
    session.add(IncidentLine(incident_id=incident.id, activity=line))
    return line
