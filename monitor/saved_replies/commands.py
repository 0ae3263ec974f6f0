"""What leads do with saved replies: each change with what was there before, and its line in the audit trail."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import Invalid, NotFound, Refused, bounded, required
from monitor.models import Brand, SavedReply, SavedReplyEdition, User
from monitor.words import NEEDS, Happened, Role

LONGEST_TITLE = 120
LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Draft:
    """A saved reply as somebody gives it. No needs, brand or language means that it is for all of them."""

    title: str
    text: str
    knowledge: bool = False
    needs: tuple[str, ...] = ()
    brand: str = ""
    lang: str = ""


def add(session: Session, draft: Draft, user: User | None, now: datetime) -> SavedReply:
    """Keep a new one. `user` None means an import. Raises `Invalid`, and `Refused` for whoever is no lead."""
    refuse_unless_lead(user)
    values = checked(session, draft)
    refuse_taken(session, values["title"])
    saved = SavedReply(**values, created_at=now, changed_at=now)
    session.add(saved)
    session.flush()
    write_down(session, saved, Happened.SAVED_REPLY_ADDED, user, now)
    return saved


def change(session: Session, saved_id: int, draft: Draft, user: User | None, now: datetime) -> SavedReply:
    """Put it right; what it was is kept. The same again changes nothing."""
    refuse_unless_lead(user)
    saved = find(session, saved_id)
    values = checked(session, draft)
    if values == {name: getattr(saved, name) for name in values}:
        return saved
    if values["title"].lower() != saved.title.lower():
        refuse_taken(session, values["title"])
    keep_edition(session, saved, user, now)
    for name, value in values.items():
        setattr(saved, name, value)
    saved.brand = session.get(Brand, saved.brand_id) if saved.brand_id else None
    saved.changed_at = now
    write_down(session, saved, Happened.SAVED_REPLY_CHANGED, user, now)
    return saved


def archive(session: Session, saved_id: int, user: User, now: datetime) -> SavedReply:
    """Propose it no longer; it, its history and its counts are kept."""
    refuse_unless_lead(user)
    saved = find(session, saved_id)
    if saved.archived_at is None:
        saved.archived_at = now
        write_down(session, saved, Happened.SAVED_REPLY_ARCHIVED, user, now)
    return saved


def restore(session: Session, saved_id: int, user: User, now: datetime) -> SavedReply:
    refuse_unless_lead(user)
    saved = find(session, saved_id)
    if saved.archived_at is not None:
        saved.archived_at = None
        write_down(session, saved, Happened.SAVED_REPLY_RESTORED, user, now)
    return saved


def find(session: Session, saved_id: int) -> SavedReply:
    """The saved reply as it stands now. Raises `NotFound`."""
    saved = session.get(SavedReply, saved_id, options=[joinedload(SavedReply.brand)], populate_existing=True)
    if saved is None:
        raise NotFound(f"There is no saved reply {saved_id}.")
    return saved


def as_draft(saved: SavedReply) -> Draft:
    brand = saved.brand.name if saved.brand else ""
    return Draft(saved.title, saved.text, saved.knowledge, tuple(saved.needs), brand, saved.lang or "")


def editions(session: Session, saved_id: int) -> Sequence[SavedReplyEdition]:
    """What it was before each change, the newest change first."""
    statement = select(SavedReplyEdition).where(SavedReplyEdition.saved_reply_id == saved_id)
    newest = statement.order_by(SavedReplyEdition.id.desc()).options(joinedload(SavedReplyEdition.user))
    return session.scalars(newest).all()


def keep_edition(session: Session, saved: SavedReply, user: User | None, now: datetime) -> None:
    was = asdict(as_draft(saved)) | {"needs": list(saved.needs)}
    session.add(SavedReplyEdition(saved_reply_id=saved.id, user_id=user.id if user else None, was=was, replaced_at=now))


def refuse_unless_lead(user: User | None) -> None:
    if user is not None and user.role == Role.AGENT:
        raise Refused("Leads keep the saved replies; ask one of them.")


def refuse_taken(session: Session, title: str) -> None:
    if session.scalar(select(SavedReply.id).where(func.lower(SavedReply.title) == title.lower())):
        raise Invalid(f"There is a saved reply called {title} already.")


def checked(session: Session, draft: Draft) -> dict[str, Any]:
    """The columns of a saved reply. Raises `Invalid` with the first thing that is wrong."""
    title = " ".join(bounded(draft.title).split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Invalid(f"A saved reply has a title of 1 to {LONGEST_TITLE} characters.")
    unknown = [need for need in draft.needs if need not in NEEDS]
    if unknown:
        raise Invalid(f"'{unknown[0]}' is no need; choose from {', '.join(NEEDS)}.")
    if draft.lang and not LANGUAGE.fullmatch(draft.lang):
        raise Invalid(f"'{draft.lang}' is no language; write its code, as in en.")
    return {
        "title": title,
        "text": required(draft.text, "the text of the saved reply"),
        "knowledge": draft.knowledge,
        "needs": [need for need in NEEDS if need in draft.needs],
        "brand_id": brand_id(session, draft.brand),
        "lang": draft.lang or None,
    }


def brand_id(session: Session, name: str) -> int | None:
    if not name:
        return None
    found = session.scalar(select(Brand.id).where(Brand.name == name))
    if found is None:
        raise Invalid(f"There is no brand named {name}.")
    return found


def write_down(session: Session, saved: SavedReply, happened: Happened, user: User | None, now: datetime) -> None:
    user_id = user.id if user else None
    record(session, happened, now, user_id=user_id, saved_reply_id=saved.id, title=saved.title)
