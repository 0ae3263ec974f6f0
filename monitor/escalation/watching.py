"""The clock's part: passes on what nobody took on in time, and settles what ended with its mention."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.escalation.calling import call
from monitor.escalation.commands import before, find
from monitor.escalation.settings import LEAD, GroupSettings, group_named
from monitor.models import Escalation, Mention
from monitor.settings import Settings
from monitor.words import Happened, Status

AT_ONCE = 50  # escalations passed on in one transaction


def watch_escalations(session: Session, settings: Settings, now: datetime) -> int:
    """Settle and pass on what it is time for, each step once; how many. Made to be called often."""
    ended = settle_ended(session, now)
    return ended + sum(pass_on(session, one, settings, now) for one in find_due(session, now))


def settle_ended(session: Session, now: datetime) -> int:
    """Where the mention was resolved, or its author deleted it, nobody has to decide anything."""
    over = {Status.RESOLVED: "the mention was resolved", Status.GONE: "the author deleted the post"}
    rows = session.execute(
        select(Escalation.id, Escalation.mention_id, Mention.status)
        .join(Mention, Mention.id == Escalation.mention_id)
        .where(Escalation.closed_at.is_(None), Mention.status.in_(list(over)))
    ).all()
    return sum(end(session, one, mention_id, over[Status(stands)], now) for one, mention_id, stands in rows)


def end(session: Session, escalation_id: int, mention_id: int, why: str, now: datetime) -> bool:
    """Whether it was still open."""
    still_open = (Escalation.id == escalation_id, Escalation.closed_at.is_(None))
    values = {"closed_at": now, "further_at": None, "answer": why}
    if session.scalar(update(Escalation).where(*still_open).values(values).returning(Escalation.id)) is None:
        return False
    data: dict[str, Any] = {"escalation_id": escalation_id, "answer": why}
    record(session, Happened.ESCALATION_SETTLED, now, mention_id=mention_id, **data)
    return True


def find_due(session: Session, now: datetime) -> Sequence[Escalation]:
    due = select(Escalation).where(Escalation.further_at <= now).order_by(Escalation.further_at, Escalation.id)
    return session.scalars(due.limit(AT_ONCE)).all()


def pass_on(session: Session, due: Escalation, settings: Settings, now: datetime) -> bool:
    """Put it before the next group, and call that. Whoever takes it on or passes it on in the same moment is first."""
    was = due.group
    following = after(was, settings)
    passed = before(following, now) | {"step": due.step + 1} if following else {"further_at": None}
    as_found = (Escalation.id == due.id, Escalation.step == due.step, Escalation.further_at <= now)
    won = session.scalar(update(Escalation).where(*as_found).values(passed).returning(Escalation.id)) is not None
    if not won or following is None:
        return False
    data: dict[str, Any] = {"escalation_id": due.id, "from": was, "to": following.name}
    line = record(session, Happened.ESCALATED_FURTHER, now, mention_id=due.mention_id, **data)
    call(session, find(session, due.id), line, settings, now)
    return True


def after(name: str, settings: Settings) -> GroupSettings | None:
    """The group that comes after one; after one that the configuration no longer has come the leads."""
    group = group_named(settings.groups, name)
    following = group.next if group else LEAD
    return group_named(settings.groups, following) if following else None
