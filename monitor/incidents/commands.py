"""What a person does with an incident: each command in the caller's transaction, with its lines in the audit trail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor.desk import Invalid, NotFound, Refused, bounded, refuse_gone, required
from monitor.incidents.lines import write_line
from monitor.models import Incident, IncidentMention, Mention, User
from monitor.store import insert
from monitor.translating import _
from monitor.words import Belonging, Happened, IncidentState

LONGEST_TITLE = 120
MOST_ANSWERS = 20  # wordings of one incident
LIVE = (IncidentState.PROPOSED, IncidentState.OPEN)


def open_new(session: Session, user: User, title: str, mention_ids: Sequence[int], now: datetime) -> Incident:
    """Open an incident by hand, with the mentions that tell of it. They must be of one brand; one at least."""
    title = checked_title(title)
    if not mention_ids:
        raise Invalid(_("Please give a mention that tells of it."))
    brand_id = get_mention(session, mention_ids[0]).brand_id
    incident = Incident(
        brand_id=brand_id,
        title=title,
        state=IncidentState.OPEN,
        created_at=now,
        opened_at=now,
        opened_by_id=user.id,
    )
    session.add(incident)
    session.flush()
    write_line(session, incident, Happened.INCIDENT_OPENED, now, user=user)
    join(session, incident.id, mention_ids, user, now)
    return incident


def open_proposed(session: Session, incident_id: int, user: User, title: str, now: datetime) -> Incident:
    """Say that a proposal is an incident, and name it; what is proposed for it so far joins it."""
    title = checked_title(title)
    values = {"state": IncidentState.OPEN, "title": title, "opened_at": now, "opened_by_id": user.id}
    incident = move(session, incident_id, (IncidentState.PROPOSED,), values)
    write_line(session, incident, Happened.INCIDENT_OPENED, now, user=user)
    join(session, incident_id, member_ids(session, incident_id, Belonging.PROPOSED), user, now)
    return incident


def dismiss(session: Session, incident_id: int, user: User, now: datetime) -> Incident:
    """Say that a proposal is no incident; its like is not proposed again for a day."""
    values = {"state": IncidentState.DISMISSED, "ended_at": now, "ended_by_id": user.id}
    incident = move(session, incident_id, (IncidentState.PROPOSED,), values)
    theirs = IncidentMention.incident_id == incident_id
    session.execute(update(IncidentMention).where(theirs).values(state=Belonging.LEFT, user_id=user.id, since=now))
    write_line(session, incident, Happened.INCIDENT_DISMISSED, now, user=user)
    return incident


def describe(
    session: Session,
    incident_id: int,
    user: User,
    now: datetime,
    *,
    title: str | None = None,
    status_text: str | None = None,
    answers: Iterable[str] | None = None,
) -> Incident:
    """Say what it is called, what is known, and in which wordings it is answered; what is left out stays."""
    incident = find(session, incident_id)
    given = {
        "title": checked_title(title) if title is not None else incident.title,
        "status_text": bounded(status_text) if status_text is not None else incident.status_text,
        "answers": checked_answers(answers) if answers is not None else incident.answers,
    }
    changed = {name: value for name, value in given.items() if value != getattr(incident, name)}
    was = {name: getattr(incident, name) for name in changed}
    if changed:
        incident = move(session, incident_id, (IncidentState.OPEN,), changed)
        write_line(session, incident, Happened.INCIDENT_CHANGED, now, user=user, was=was)
    return incident


def join(session: Session, incident_id: int, mention_ids: Collection[int], user: User, now: datetime) -> int:
    """Put mentions into an open incident, out of any other; how many were not in it. Those proposed are accepted so."""
    incident = find(session, incident_id)
    refuse_unless_open(incident)
    inside = set(member_ids(session, incident_id, Belonging.JOINED))
    wanted = [mention_id for mention_id in dict.fromkeys(mention_ids) if mention_id not in inside]
    for mention_id in wanted:
        mention = get_mention(session, mention_id)
        refuse_gone(mention)
        if mention.brand_id != incident.brand_id:
            raise Invalid(_("Mention %(id)s is of another brand than the incident.", id=mention_id))
        leave_others(session, incident_id, mention_id, user, now)
        set_belonging(session, incident_id, mention_id, Belonging.JOINED, user, now)
        write_line(session, incident, Happened.INCIDENT_JOINED, now, user=user, mention_id=mention_id)
    return len(wanted)


def leave(session: Session, incident_id: int, mention_ids: Collection[int], user: User, now: datetime) -> int:
    """Take mentions out, or say of proposed ones that they do not belong; how many. They are not proposed again."""
    incident = find(session, incident_id)
    theirs = (IncidentMention.incident_id == incident_id, IncidentMention.mention_id.in_(mention_ids))
    still = (*theirs, IncidentMention.state != Belonging.LEFT)
    values = {"state": Belonging.LEFT, "user_id": user.id, "since": now}
    left = session.scalars(
        update(IncidentMention).where(*still).values(values).returning(IncidentMention.mention_id)
    ).all()
    for mention_id in left:
        write_line(session, incident, Happened.INCIDENT_LEFT, now, user=user, mention_id=mention_id)
    return len(left)


def leave_others(session: Session, incident_id: int, mention_id: int, user: User, now: datetime) -> None:
    elsewhere = select(IncidentMention.incident_id).where(
        IncidentMention.mention_id == mention_id,
        IncidentMention.incident_id != incident_id,
        IncidentMention.state == Belonging.JOINED,
    )
    for other_id in session.scalars(elsewhere).all():
        leave(session, other_id, [mention_id], user, now)


def set_belonging(
    session: Session, incident_id: int, mention_id: int, state: Belonging, user: User, now: datetime
) -> None:
    values = {"state": state, "user_id": user.id, "since": now}
    row = insert(session, IncidentMention).values(incident_id=incident_id, mention_id=mention_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["incident_id", "mention_id"], set_=values))


def get_mention(session: Session, mention_id: int) -> Mention:
    """The mention, held so that two who put it somewhere are looked at one after the other. Raises `NotFound`."""
    statement = select(Mention).where(Mention.id == mention_id).with_for_update()
    mention = session.scalar(statement.execution_options(populate_existing=True))
    if mention is None:
        raise NotFound(_("There is no mention %(id)s.", id=mention_id))
    return mention


def member_ids(session: Session, incident_id: int, state: Belonging) -> Sequence[int]:
    """Which mentions belong to it, or are proposed; the oldest first."""
    theirs = (IncidentMention.incident_id == incident_id, IncidentMention.state == state)
    return session.scalars(select(IncidentMention.mention_id).where(*theirs).order_by(IncidentMention.mention_id)).all()


def refuse_unless_open(incident: Incident) -> None:
    if incident.state == IncidentState.PROPOSED:
        raise Refused(_("Nobody has said yet that this is an incident; open it first."))
    if incident.state != IncidentState.OPEN:
        raise Refused(_("This incident is over; open it again first."))


def move(session: Session, incident_id: int, since: Collection[str], values: Mapping[str, object]) -> Incident:
    """Change an incident that still stands where it was seen. Raises `Refused` where somebody was faster."""
    still = (Incident.id == incident_id, Incident.state.in_(since))
    moved = session.scalar(update(Incident).where(*still).values(**values).returning(Incident.id))
    incident = find(session, incident_id)
    if moved is None:
        raise Refused(_("This incident is %(state)s by now; look again.", state=incident.state))
    return incident


def find(session: Session, incident_id: int) -> Incident:
    """The incident as it stands now. Raises `NotFound`."""
    options = [joinedload(Incident.brand), joinedload(Incident.opened_by)]
    incident = session.get(Incident, incident_id, options=options, populate_existing=True)
    if incident is None:
        raise NotFound(_("There is no incident %(id)s.", id=incident_id))
    return incident


def checked_title(title: str) -> str:
    title = " ".join(required(title, "a name for the incident").split())
    if len(title) > LONGEST_TITLE:
        raise Invalid(_("Name the incident in at most %(most)s characters.", most=LONGEST_TITLE))
    return title


def checked_answers(answers: Iterable[str]) -> list[str]:
    """Each wording once, empty ones left out. Raises `Invalid` for too many."""
    given = list(dict.fromkeys(text for text in map(bounded, answers) if text))
    if len(given) > MOST_ANSWERS:
        raise Invalid(_("An incident has at most %(most)s wordings.", most=MOST_ANSWERS))
    return given
