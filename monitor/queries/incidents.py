"""Incidents as pages, the API and the digest read them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.digest.tally import Stretch
from monitor.incidents.commands import LIVE, find
from monitor.models import Activity, Incident, IncidentLine, IncidentMention, Mention
from monitor.words import NOT_CLOSED, Belonging, IncidentState

View = Literal["live", "over"]
VIEWS: tuple[View, ...] = ("live", "over")
AT_ONCE = 100
LISTED = 20  # named in the weekly account


@dataclass(frozen=True)
class Sizes:
    """How many mentions of an incident there are; `waiting` and `answered` are of the joined."""

    joined: int = 0
    proposed: int = 0
    waiting: int = 0
    answered: int = 0


@dataclass(frozen=True)
class IncidentDetail:
    """All that an incident's page shows."""

    incident: Incident
    sizes: Sizes
    joined: Sequence[Mention]
    proposed: Sequence[Mention]
    timeline: Sequence[Activity]  # the newest first


def incidents(session: Session, view: View, limit: int = AT_ONCE) -> list[tuple[Incident, Sizes]]:
    """Those that go on, proposals first; or those that are over, the newest first."""
    live = Incident.state.in_(LIVE)
    statement = select(Incident).where(live if view == "live" else ~live).options(joinedload(Incident.brand))
    proposed_first = (Incident.state == IncidentState.OPEN, Incident.created_at.desc())
    order = proposed_first if view == "live" else (Incident.ended_at.desc(),)
    found = session.scalars(statement.order_by(*order, Incident.id.desc()).limit(limit)).all()
    sizes = measure(session, [one.id for one in found])
    return [(one, sizes.get(one.id, Sizes())) for one in found]


def measure(session: Session, ids: Collection[int]) -> dict[int, Sizes]:
    joined, proposed = (IncidentMention.state == state for state in (Belonging.JOINED, Belonging.PROPOSED))
    waits = Mention.status.in_(NOT_CLOSED)
    columns = (
        func.count().filter(joined),
        func.count().filter(proposed),
        func.count().filter(and_(joined, waits)),
        func.count().filter(and_(joined, Mention.first_reply_at.is_not(None))),
    )
    statement = select(IncidentMention.incident_id, *columns).join(Mention, Mention.id == IncidentMention.mention_id)
    rows = session.execute(
        statement.where(IncidentMention.incident_id.in_(ids)).group_by(IncidentMention.incident_id)
    ).all()
    return {incident_id: Sizes(*counts) for incident_id, *counts in rows}


def incident_detail(session: Session, incident_id: int) -> IncidentDetail:
    """Raises `NotFound`."""
    incident = find(session, incident_id)
    sizes = measure(session, [incident_id]).get(incident_id, Sizes())
    joined, proposed = (members(session, incident_id, state) for state in (Belonging.JOINED, Belonging.PROPOSED))
    return IncidentDetail(incident, sizes, joined, proposed, timeline(session, incident_id))


def members(session: Session, incident_id: int, state: Belonging, limit: int = AT_ONCE) -> Sequence[Mention]:
    """Mentions of an incident, what waits longest first."""
    statement = select(Mention).join(IncidentMention, IncidentMention.mention_id == Mention.id)
    theirs = (IncidentMention.incident_id == incident_id, IncidentMention.state == state)
    loaded = (joinedload(Mention.author), joinedload(Mention.brand), joinedload(Mention.assignee))
    order = (Mention.press_rank, Mention.press_at, Mention.id)
    return session.scalars(statement.where(*theirs).options(*loaded).order_by(*order).limit(limit)).all()


def timeline(session: Session, incident_id: int) -> Sequence[Activity]:
    """What happened to the incident itself; what happened to each mention stands there."""
    statement = select(Activity).join(IncidentLine, IncidentLine.activity_id == Activity.id)
    own = (IncidentLine.incident_id == incident_id, Activity.mention_id.is_(None))
    return session.scalars(
        statement.where(*own).options(joinedload(Activity.user)).order_by(Activity.id.desc()).limit(AT_ONCE)
    ).all()


@dataclass(frozen=True, slots=True)
class IncidentTally:
    """The incidents that were opened or closed within a stretch; proposals that nobody opened are none."""

    opened: int
    closed: int
    mentions: int  # that belong to those opened or closed
    titles: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        names = ("opened", "closed", "mentions")
        return {**{name: getattr(self, name) for name in names}, "titles": list(self.titles)}


def tally_incidents(session: Session, stretch: Stretch) -> IncidentTally:
    opened, closed = (during(moment, stretch) for moment in (Incident.opened_at, Incident.ended_at))
    closed = and_(closed, Incident.state == IncidentState.CLOSED)
    theirs = and_(Incident.brand_id == stretch.brand_id, Incident.opened_at.is_not(None), or_(opened, closed))
    counts = select(func.count(Incident.id).filter(opened), func.count(Incident.id).filter(closed))
    joined = (
        select(func.count()).select_from(IncidentMention).join(Incident, Incident.id == IncidentMention.incident_id)
    )
    mentions = session.scalar(joined.where(theirs, IncidentMention.state == Belonging.JOINED)) or 0
    titles = session.scalars(select(Incident.title).where(theirs).order_by(Incident.opened_at).limit(LISTED)).all()
    began, ended = session.execute(counts.where(theirs)).one()
    return IncidentTally(began, ended, mentions, tuple(titles))


def during(moment: Any, stretch: Stretch) -> ColumnElement[bool]:
    return and_(moment >= stretch.start, moment < stretch.end)
