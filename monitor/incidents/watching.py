"""The clock's part: proposes an incident where a storm arises, and for those that are there whatever is like them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from monitor.incidents.grouping import Vectors, centre, find_groups, name_group, near_centre, unit_rows
from monitor.incidents.lines import write_line
from monitor.incidents.settings import IncidentSettings
from monitor.likeness import likeness_of
from monitor.models import Brand, Embedding, Incident, IncidentMention, Mention
from monitor.settings import Settings
from monitor.store import Store, insert
from monitor.wording import excerpt
from monitor.words import Belonging, Happened, IncidentState, Status

MOST = 1_500  # mentions of the time just past that are compared with each other
MOST_BEFORE = 4_000
TIMES = 11  # as long again, before it, of which storms must stand out
MEMBERS = 200  # of an incident, the newest, that say where its centre is
FORGIVEN = timedelta(days=1)  # what a person found to be no incident is not proposed again for so long
LIVE = (IncidentState.PROPOSED, IncidentState.OPEN)


@dataclass(frozen=True)
class Stretch:
    """The mentions of a brand in which storms are looked for; the vectors' rows are those of `recent`."""

    recent: Sequence[Row[int, str, int | None, bytes, datetime]]
    vectors: Vectors
    earlier: Sequence[str]  # the texts before them
    before: Vectors
    model: str


@dataclass(frozen=True)
class Found:
    """Mentions that belong together: to an incident that is there, or to one that is to be proposed by a name."""

    mention_ids: list[int]
    incident_id: int | None = None
    title: str = ""


def watch_incidents(store: Store, settings: Settings, now: datetime) -> int:
    """Propose what looks like one trouble; how many mentions were. Compares outside of any transaction."""
    with store.read() as session:
        brands = [(brand.id, settings.brand(brand.name).incidents) for brand in session.scalars(select(Brand))]
    same = likeness_of(settings).same
    return sum(
        watch_brand(store, brand_id, rules, rules.alike or same, now) for brand_id, rules in brands if rules.propose
    )


def watch_brand(store: Store, brand_id: int, rules: IncidentSettings, alike: float, now: datetime) -> int:
    """Of one brand, two of whose mentions tell of the same where the cosine of their embeddings is `alike`."""
    with store.read() as session:
        stretch = read_stretch(session, brand_id, rules, now)
        known = read_centres(session, brand_id, stretch.model, alike, now) if stretch.recent else {}
        dismissed = {incident_id for incident_id, one in known.items() if one.state not in LIVE}
    found = find_all(stretch, known, rules.least, alike)
    wanted = [one for one in found if one.incident_id not in dismissed]
    if not wanted:
        return 0
    with store.write() as session:
        return sum(keep(session, brand_id, one, rules, now) for one in wanted)


def read_stretch(session: Session, brand_id: int, rules: IncidentSettings, now: datetime) -> Stretch:
    """What was posted lately and belongs to no incident yet, and what came before it."""
    since, start = now - rules.within, now - (TIMES + 1) * rules.within
    free = ~select(IncidentMention.mention_id).where(IncidentMention.mention_id == Mention.id).exists()
    columns = (Mention.id, Mention.text, Mention.author_id, Embedding.vector, Mention.posted_at)
    trouble = (
        Mention.brand_id == brand_id,
        Mention.status != Status.GONE,
        Mention.hidden.is_(None),
        or_(Mention.sentiment.is_(None), Mention.sentiment != "positive"),
    )
    model = newest_model(session, brand_id, start)
    statement = select(*columns).join(Embedding, Embedding.mention_id == Mention.id)
    statement = statement.where(*trouble, Embedding.model == model).order_by(Mention.posted_at.desc())
    recent = session.execute(statement.where(Mention.posted_at > since, Mention.posted_at <= now, free).limit(MOST))
    rows = recent.all()
    if not rows:
        return Stretch([], np.zeros((0, 1), np.float32), [], np.zeros((0, 1), np.float32), model)
    before = statement.where(Mention.posted_at > start, Mention.posted_at <= since).limit(MOST_BEFORE)
    old = session.execute(before).all()
    nothing = np.zeros((0, len(rows[0].vector) // 2), np.float32)
    return Stretch(
        rows,
        unit_rows([row.vector for row in rows]),
        [row.text for row in old],
        unit_rows([row.vector for row in old]) if old else nothing,
        model,
    )


def newest_model(session: Session, brand_id: int, since: datetime) -> str:
    """By which the newest mention was embedded: those of another model cannot be compared with it."""
    statement = select(Embedding.model).join(Mention, Mention.id == Embedding.mention_id)
    of_brand = statement.where(Mention.brand_id == brand_id, Mention.posted_at > since)
    return session.scalar(of_brand.order_by(Mention.posted_at.desc()).limit(1)) or ""


@dataclass(frozen=True)
class Centre:
    """Where an incident's mentions point, and from which cosine another is one of them."""

    state: str
    direction: Vectors
    near: float


def read_centres(session: Session, brand_id: int, model: str, alike: float, now: datetime) -> dict[int, Centre]:
    """Of the incidents that take mentions in, and of those that were found to be none a while ago."""
    lately = (Incident.state == IncidentState.DISMISSED) & (Incident.ended_at > now - FORGIVEN)
    wanted = (Incident.brand_id == brand_id, or_(Incident.state.in_(LIVE), lately))
    found = {}
    for incident in session.scalars(select(Incident).where(*wanted).order_by(Incident.id)):
        if kept := read_members(session, incident.id, model, incident.state in LIVE):
            middle = centre(unit_rows(kept))
            found[incident.id] = Centre(incident.state, middle, near_centre(alike, len(kept)))
    return found


def read_members(session: Session, incident_id: int, model: str, live: bool) -> Sequence[bytes]:
    """What belongs to an incident or may; of one that was dismissed, what was thought to."""
    statement = select(Embedding.vector).join(IncidentMention, IncidentMention.mention_id == Embedding.mention_id)
    statement = statement.where(IncidentMention.incident_id == incident_id, Embedding.model == model)
    if live:
        statement = statement.where(IncidentMention.state != Belonging.LEFT)
    return session.scalars(statement.order_by(IncidentMention.mention_id.desc()).limit(MEMBERS)).all()


def find_all(stretch: Stretch, known: dict[int, Centre], least: int, alike: float) -> list[Found]:
    """What belongs to the incidents that are there; in what is left, the storms."""
    free, found = list(range(len(stretch.recent))), []
    for incident_id, one in known.items():
        cosines = stretch.vectors @ one.direction
        members = [place for place in free if cosines[place] >= one.near]
        free = [place for place in free if place not in set(members)]
        if members:
            found.append(Found([stretch.recent[place].id for place in members], incident_id))
    return found + find_storms(stretch, free, least, alike)


def find_storms(stretch: Stretch, free: Sequence[int], least: int, alike: float) -> list[Found]:
    if len(free) < least:
        return []
    rows = [stretch.recent[place] for place in free]
    authors = [row.author_id for row in rows]
    groups = find_groups(stretch.vectors[list(free)], authors, stretch.before, TIMES, least, alike)
    found = []
    for group in groups:
        others = [row.text for place, row in enumerate(rows) if place not in set(group)]
        if title := name_group([rows[place].text for place in group], [*others, *stretch.earlier]):
            found.append(Found([rows[place].id for place in group], title=excerpt(title, 120)))
    return found


def keep(session: Session, brand_id: int, found: Found, rules: IncidentSettings, now: datetime) -> int:
    """Write a proposal down; how many mentions are new in it. What a person was faster with stays theirs."""
    taken = select(IncidentMention.mention_id).where(IncidentMention.mention_id.in_(found.mention_ids))
    known = set(session.scalars(taken))
    ids = [mention_id for mention_id in found.mention_ids if mention_id not in known]
    incident = session.get(Incident, found.incident_id, populate_existing=True) if found.incident_id else None
    if incident is None and found.incident_id is None and len(ids) >= rules.least:
        incident = propose(session, brand_id, found.title, now)
    if incident is None or incident.state not in LIVE or not ids:
        return 0
    session.execute(insert(session, IncidentMention), [membership(incident.id, one, now) for one in ids])
    for mention_id in ids:
        write_line(session, incident, Happened.INCIDENT_PROPOSED, now, mention_id=mention_id)
    return len(ids)


def propose(session: Session, brand_id: int, title: str, now: datetime) -> Incident:
    incident = Incident(brand_id=brand_id, title=title, state=IncidentState.PROPOSED, created_at=now)
    session.add(incident)
    session.flush()
    return incident


def membership(incident_id: int, mention_id: int, now: datetime) -> dict[str, object]:
    return {"incident_id": incident_id, "mention_id": mention_id, "state": Belonging.PROPOSED, "since": now}
