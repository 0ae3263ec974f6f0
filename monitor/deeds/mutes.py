"""How an author or a conversation is muted: read before and after somebody changes it, and put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from monitor.collecting.hiding import unmute
from monitor.collecting.muting import find_muted, in_thread, thread_of, unmute_thread
from monitor.deeds.standing import as_json
from monitor.models import Author, Mention, MutedThread, User
from monitor.words import Did, Hidden

HIDES = {Did.MUTE_AUTHOR: Hidden.MUTE, Did.MUTE_THREAD: Hidden.THREAD}
AUTHOR = ("muted_until", "mute_reason", "muted_by_id")
THREAD = ("muted_until", "reason", "user_id")

Mute = Mapping[str, Any]
"""`set`: the columns that mute, None where nothing does; `ids`: the mentions that it hides."""


def read_mute(session: Session, mention: Mention, did: Did) -> Mute:
    """Whether the author of a mention, or its conversation, is muted."""
    muted = find_muter(session, mention, did)
    ids = select(Mention.id).where(hidden_by(mention, did)).order_by(Mention.id)
    names = AUTHOR if did is Did.MUTE_AUTHOR else THREAD
    values = {name: as_json(getattr(muted, name)) for name in names} if muted and muted.muted_until else None
    return {"set": values, "ids": list(session.scalars(ids))}


def find_muter(session: Session, mention: Mention, did: Did) -> Author | MutedThread | None:
    if did is Did.MUTE_THREAD:
        return find_muted(session, mention.source, thread_of(mention))
    return session.get(Author, mention.author_id, populate_existing=True) if mention.author_id else None


def hidden_by(mention: Mention, did: Did) -> ColumnElement[bool]:
    theirs = (
        in_thread(mention.source, thread_of(mention))
        if did is Did.MUTE_THREAD
        else Mention.author_id == mention.author_id
    )
    return theirs & (Mention.hidden == HIDES[did])


def find_mute_changes(before: Mute, after: Mute) -> dict[str, Any]:
    return {"before": before, "after": after} if before["set"] != after["set"] else {}


def put_back_mute(
    session: Session, mention: Mention, did: Did, was: Mapping[str, Any], user: User, now: datetime
) -> bool:
    """Let it be muted as it was, or not at all. False where somebody changed it since."""
    muted, before = find_muter(session, mention, did), was["before"]
    if muted is None or read_mute(session, mention, did)["set"] != was["after"]["set"]:
        return False
    if before["set"] is None:
        lift_mute(session, muted, user, now)
        return True
    for name, value in before["set"].items():
        setattr(muted, name, datetime.fromisoformat(value) if name == "muted_until" else value)
    hidden = set(was["after"]["ids"]) - set(before["ids"])
    session.execute(update(Mention).where(Mention.id.in_(hidden), hidden_by(mention, did)).values(hidden=None))
    return True


def lift_mute(session: Session, muted: Author | MutedThread, user: User, now: datetime) -> None:
    if isinstance(muted, MutedThread):
        unmute_thread(session, muted)
    else:
        unmute(session, muted.id, user, now)
