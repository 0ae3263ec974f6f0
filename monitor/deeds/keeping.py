"""Doing something to a mention so that it can be taken back: how it stood before is kept in the same transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.deeds.mutes import HIDES, find_mute_changes, read_mute
from monitor.deeds.standing import find_changes, read_standing
from monitor.models import Activity, Deed, DeedPart, Mention, User
from monitor.words import Did

KEPT = timedelta(days=1)

Command = Callable[[Session, int, User, datetime], object]
"""What is done to one mention, inside one transaction."""


def keep(
    session: Session,
    did: Did,
    mention_id: int,
    user: User,
    command: Command,
    now: datetime,
    deed_id: int | None = None,
) -> int | None:
    """Carry out the command; the id of the deed that it became part of, or None where it changed nothing.

    Without `deed_id` it is a deed of its own. Raises what the command raises.
    """
    was, line_id = perform(session, did, mention_id, user, command, now)
    if not was:
        return None
    deed_id = deed_id or begin(session, did, user, now)
    session.add(DeedPart(deed_id=deed_id, mention_id=mention_id, was=was, line_id=line_id))
    session.flush()
    return deed_id


def perform(
    session: Session, did: Did, mention_id: int, user: User, command: Command, now: datetime
) -> tuple[dict[str, Any], int]:
    """What changed, as it was before, and the mention's newest line afterwards."""
    mention = session.get(Mention, mention_id)
    if did in HIDES and mention:
        mute = read_mute(session, mention, did)
        command(session, mention_id, user, now)
        session.flush()
        return find_mute_changes(mute, read_mute(session, mention, did)), newest_line(session, mention_id)
    before = read_standing(session, mention_id)
    command(session, mention_id, user, now)
    session.flush()
    after = read_standing(session, mention_id)
    return (find_changes(before, after), after.line_id) if before and after else ({}, 0)


def newest_line(session: Session, mention_id: int) -> int:
    return session.scalar(select(func.max(Activity.id)).where(Activity.mention_id == mention_id)) or 0


def begin(session: Session, did: Did, user: User, now: datetime) -> int:
    """A new deed; what the same person did long ago is forgotten."""
    session.execute(delete(Deed).where(Deed.user_id == user.id, Deed.at < now - KEPT))
    deed = Deed(user_id=user.id, did=did, at=now)
    session.add(deed)
    session.flush()
    return deed.id
