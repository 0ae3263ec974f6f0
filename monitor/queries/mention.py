"""One mention with all that hangs on it: its conversation, its care, its author's past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.models import (
    Activity,
    Correction,
    Draft,
    Echo,
    Edition,
    Escalation,
    GuidanceEdition,
    Incident,
    IncidentMention,
    Mention,
    Note,
    Notification,
    Outcome,
    Promise,
    Reply,
    SecondPerson,
    ThreadPost,
    User,
)
from monitor.queries.around import THIS, Earlier, earlier_count, find_around, of_one
from monitor.queries.together import Found, Row, Wanted, read_together, together
from monitor.replies.ours import answers_us
from monitor.words import Belonging, IncidentState

AT_ONCE = 50  # incidents

HANGING: tuple[Row, ...] = (
    Reply, Edition, Correction, Activity, Notification, ThreadPost, Promise, Outcome, Escalation,
)  # fmt: skip
READER = bindparam("reader_id", type_=User.id.type)


@dataclass(frozen=True)
class MentionDetail:
    """All that a mention's page shows."""

    mention: Mention
    notes: Sequence[Note]
    replies: Sequence[Reply]
    editions: Sequence[Edition]
    corrections: Sequence[Correction]
    timeline: Sequence[Activity]
    thread: Sequence[Mention]
    earlier: Sequence[Earlier]  # by the same author, newest first
    earlier_count: int
    alerts: Sequence[Notification]
    echoes: int  # reposts and quotes that we have seen
    conversation: Sequence[ThreadPost]  # as the platform last showed it, without the mention itself
    promises: Sequence[Promise]
    outcomes: Sequence[Outcome]  # one for each time it was closed
    pinned: Sequence[Note]  # to its author, on whatever mention; the newest first
    escalations: Sequence[Escalation]
    incidents: Sequence[tuple[Incident, str]]  # with how it belongs to each; with "", the others that it can join
    second: SecondPerson | None  # who asked not to be alone with it, while that is not over
    guidance: Sequence[GuidanceEdition]  # the newest of each kind, whether it applies here or not
    people: Sequence[User]  # everybody by name, so that whoever is named anywhere on the page is at hand
    draft: Draft | None  # what the reader has written and not sent
    to_us: bool  # it answers a post of ours


def mention_detail(session: Session, mention_id: int, reader_id: int = 0) -> MentionDetail | None:
    """None where there is no such mention."""
    found = read_hanging(session, mention_id, reader_id)
    mention = next(iter(found.rows[Mention]), None)
    if mention is None:
        return None
    rows, (earlier, echoes, to_us) = found.rows, found.scalars
    near = find_around(session, mention_id)
    return MentionDetail(
        mention=mention,
        notes=[note for note in rows[Note] if note.mention_id == mention_id],
        replies=rows[Reply],
        editions=rows[Edition],
        corrections=rows[Correction],
        timeline=rows[Activity],
        thread=near.thread,
        earlier=near.earlier,
        earlier_count=earlier,
        alerts=rows[Notification],
        echoes=echoes,
        conversation=rows[ThreadPost],
        promises=rows[Promise],
        outcomes=rows[Outcome],
        pinned=[note for note in reversed(rows[Note]) if note.author_id is not None],
        escalations=rows[Escalation],
        incidents=tell_belonging(rows[Incident], rows[IncidentMention]),
        second=next(iter(rows[SecondPerson]), None),
        guidance=rows[GuidanceEdition],
        people=sorted(rows[User], key=lambda person: person.name),
        draft=next(iter(rows[Draft]), None),
        to_us=bool(to_us),
    )


def read_hanging(session: Session, mention_id: int, reader_id: int) -> Found:
    """The mention, what hangs on it, the notes that are pinned to its author, and everybody who works here."""
    return read_together(session, hanging(), wanted(), scalars=3, mention_id=mention_id, reader_id=reader_id)


@cache
def hanging() -> Select[Any]:
    echoes = select(func.count(Echo.id)).where(Echo.mention_id == THIS).scalar_subquery()
    statement = together(wanted(), earlier_count(), echoes, answers_us(THIS, of_one(Mention.in_reply_to)))
    loaded = (Mention.author, Mention.brand, Mention.feed)
    return statement.options(*(joinedload(relation) for relation in loaded))


@cache
def wanted() -> Mapping[Row, Wanted]:
    pinned = or_(Note.mention_id == THIS, Note.author_id == of_one(Mention.author_id))
    return {
        Mention: Wanted(select(Mention.id).where(Mention.id == THIS)),
        Note: Wanted(select(Note.id).where(pinned)),
        **{table: Wanted(select(table.id).where(table.mention_id == THIS)) for table in HANGING},
        Incident: Wanted(select(Incident.id).where(or_(*is_near())).order_by(Incident.id.desc()).limit(AT_ONCE)),
        IncidentMention: Wanted(select(Mention.id).where(Mention.id == THIS)),
        SecondPerson: Wanted(
            select(SecondPerson.id).where(SecondPerson.mention_id == THIS, SecondPerson.closed_at.is_(None))
        ),
        GuidanceEdition: Wanted(select(func.max(GuidanceEdition.id)).group_by(GuidanceEdition.kind)),
        User: Wanted(select(User.id)),
        Draft: Wanted(
            select(Draft.mention_id).where(Draft.mention_id == THIS, Draft.user_id == READER),
            (Draft.user_id == READER,),
        ),
    }


def is_near() -> tuple[ColumnElement[bool], ...]:
    """An incident that the mention belongs to or is proposed for, and one that it can join."""
    inside = select(IncidentMention.incident_id).where(
        IncidentMention.mention_id == THIS, IncidentMention.state != Belonging.LEFT
    )
    joinable = and_(Incident.brand_id == of_one(Mention.brand_id), Incident.state == IncidentState.OPEN)
    return Incident.id.in_(inside), joinable


def tell_belonging(incidents: Sequence[Incident], belongings: Sequence[IncidentMention]) -> list[tuple[Incident, str]]:
    """Each incident with how the mention belongs to it, the newest first."""
    states = {one.incident_id: one.state for one in belongings if one.state != Belonging.LEFT}
    return [(incident, states.get(incident.id, "")) for incident in reversed(incidents)]
