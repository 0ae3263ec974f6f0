"""Escalating a mention, taking it on, settling it: each in the caller's transaction, with its line in the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import Invalid, NotFound, Refused, required, workable
from monitor.escalation.calling import call
from monitor.escalation.settings import GroupSettings, all_groups, group_named
from monitor.models import Escalation, User
from monitor.settings import Settings
from monitor.store import insert
from monitor.teamwork.memos import tell, tell_others
from monitor.words import Happened, Role


def escalate(
    session: Session, mention_id: int, user: User, to: str, reason: str, settings: Settings, now: datetime
) -> Escalation:
    """Put a mention before a group, until somebody has it. Of any number who do so at once, one does.

    Raises `Invalid` without a reason or for a group that is not there, and `Refused` where it is escalated already.
    """
    reason = required(reason, "a reason for escalating; whoever takes it on will read it")
    group = find_group(settings, to)
    workable(session, mention_id)
    values: dict[str, Any] = {"mention_id": mention_id, "user_id": user.id, "reason": reason, "created_at": now}
    row = insert(session, Escalation).values(**values, **before(group, now))
    once = row.on_conflict_do_nothing(index_elements=["mention_id"], index_where=text("closed_at IS NULL"))
    escalation_id = session.scalar(once.returning(Escalation.id))
    if escalation_id is None:
        raise Refused(f"This mention is before {present_group(session, mention_id)} already; settle that first.")
    escalation = find(session, escalation_id)
    data = {"escalation_id": escalation_id, "to": group.name, "reason": reason}
    line = record(session, Happened.ESCALATED, now, mention_id=mention_id, user_id=user.id, **data)
    call(session, escalation, line, settings, now)
    return escalation


def before(group: GroupSettings, now: datetime) -> dict[str, Any]:
    """The columns of an escalation that comes before a group now."""
    return {"group": group.name, "step_at": now, "further_at": now + group.within if group.next else None}


def take_on(session: Session, escalation_id: int, user: User, settings: Settings, now: datetime) -> Escalation:
    """Say that one has it: it goes no further. The first wins; a second time by the same person changes nothing."""
    escalation = find(session, escalation_id)
    if escalation.taken_by_id == user.id:
        return escalation
    refuse_whoever_is_not_called(escalation, user, settings)
    free = (Escalation.id == escalation_id, Escalation.taken_at.is_(None), Escalation.closed_at.is_(None))
    values = {"taken_by_id": user.id, "taken_at": now, "further_at": None}
    if session.scalar(update(Escalation).where(*free).values(values).returning(Escalation.id)) is None:
        raise Refused(why_over(find(session, escalation_id)))
    data = {"escalation_id": escalation_id, "group": escalation.group}
    taken = Happened.ESCALATION_TAKEN
    line = record(session, taken, now, mention_id=escalation.mention_id, user_id=user.id, **data)
    tell(session, line, escalation.user_id)
    return find(session, escalation_id)


def settle(session: Session, escalation_id: int, user: User, answer: str, now: datetime) -> Escalation:
    """Say what was decided; whoever escalated it and whoever took it on are told. They may settle it, and leads."""
    answer = required(answer, "what was decided")
    escalation = find(session, escalation_id)
    if user.role == Role.AGENT and user.id not in (escalation.user_id, escalation.taken_by_id):
        raise Refused("Only who escalated it, who took it on or a lead can settle this.")
    still_open = (Escalation.id == escalation_id, Escalation.closed_at.is_(None))
    values = {"closed_by_id": user.id, "closed_at": now, "further_at": None, "answer": answer}
    if session.scalar(update(Escalation).where(*still_open).values(values).returning(Escalation.id)) is None:
        raise Refused(why_over(escalation))
    data = {"escalation_id": escalation_id, "answer": answer}
    settled = Happened.ESCALATION_SETTLED
    line = record(session, settled, now, mention_id=escalation.mention_id, user_id=user.id, **data)
    tell_others(session, line, (escalation.user_id, escalation.taken_by_id), user.id)
    return find(session, escalation_id)


def find(session: Session, escalation_id: int, mention_id: int | None = None) -> Escalation:
    """The escalation as it stands now, where one is named only of that mention. Raises `NotFound`."""
    people = joinedload(Escalation.user), joinedload(Escalation.taken_by)
    escalation = session.get(Escalation, escalation_id, options=people, populate_existing=True)
    if escalation is None or mention_id not in (None, escalation.mention_id):
        raise NotFound(f"There is no escalation {escalation_id}.")
    return escalation


def find_group(settings: Settings, name: str) -> GroupSettings:
    group = group_named(settings.groups, name)
    if group is None:
        raise Invalid(f"There is no group '{name}'; choose from {', '.join(one.name for one in groups_of(settings))}.")
    return group


def groups_of(settings: Settings) -> tuple[GroupSettings, ...]:
    """Before whom something can be put."""
    return all_groups(settings.groups)


def present_group(session: Session, mention_id: int) -> str:
    still_open = (Escalation.mention_id == mention_id, Escalation.closed_at.is_(None))
    return session.scalar(select(Escalation.group).where(*still_open)) or "a group"


def is_called(user: User, settings: Settings) -> bool:
    """Whether somebody may take on what is escalated: leads, and whoever is in a group."""
    members = {name.lower() for group in settings.groups for name in group.members}
    return user.role != Role.AGENT or user.name.lower() in members


def refuse_whoever_is_not_called(escalation: Escalation, user: User, settings: Settings) -> None:
    if escalation.user_id == user.id:
        raise Refused("Somebody else has to take on what you escalated; you can settle it.")
    if not is_called(user, settings):
        raise Refused("Only a lead, or a member of a group, can take this on.")


def why_over(escalation: Escalation) -> str:
    """Why it can neither be taken on nor settled."""
    if escalation.closed_at:
        return "This escalation is settled already."
    return f"{escalation.taken_by.name if escalation.taken_by else 'Somebody'} has this already."
