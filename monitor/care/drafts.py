"""What people are writing: kept for each person and mention until it is sent."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.cleaning import printable
from monitor.desk import LONGEST_TEXT, Invalid, get
from monitor.models import Draft, Reply
from monitor.store import insert
from monitor.words import ReplyState

FIELDS = {"reply": LONGEST_TEXT, "url": 2_000, "note": LONGEST_TEXT}  # and how long each may be
TO_WRITE_ANEW = (ReplyState.REFUSED, ReplyState.FAILED, ReplyState.WITHDRAWN)


def save_draft(session: Session, mention_id: int, user_id: int, texts: Mapping[str, str], now: datetime) -> None:
    """Keep what was written so far; fields that are not given stay as they are. Raises `Invalid`, `NotFound`.

    A browser that is left sends what stands in it, and that may come in after it was sent as a reply: such is no draft.
    """
    get(session, mention_id)
    given = {name: bounded_draft(texts[name], longest) for name, longest in FIELDS.items() if name in texts}
    if given.get("reply", "").strip() == find_last_reply(session, mention_id, user_id):
        given["reply"] = ""
    values = {**dict.fromkeys(FIELDS, ""), **given}
    row = insert(session, Draft).values(user_id=user_id, mention_id=mention_id, saved_at=now, **values)
    kept = row.on_conflict_do_update(index_elements=["user_id", "mention_id"], set_={**given, "saved_at": now})
    session.execute(kept)


def find_last_reply(session: Session, mention_id: int, user_id: int) -> str | None:
    """The words of somebody's last reply to a mention, but for one that was taken back or is to be written anew."""
    theirs = (Reply.mention_id == mention_id, Reply.user_id == user_id, Reply.state.not_in(TO_WRITE_ANEW))
    return session.scalar(select(Reply.text).where(*theirs).order_by(Reply.id.desc()).limit(1))


def bounded_draft(text: str, longest: int) -> str:
    text = printable(text)  # not stripped: a space at the end is where somebody goes on typing
    if len(text) > longest:
        raise Invalid(f"That is {len(text):,} characters; the desk keeps up to {longest:,}.")
    return text


def find_draft(session: Session, mention_id: int, user_id: int) -> Draft | None:
    """What somebody has not sent yet; None where every field is empty."""
    draft = session.get(Draft, (user_id, mention_id))
    return draft if draft and (draft.reply or draft.url or draft.note) else None


def forget_draft(session: Session, mention_id: int, user_id: int, *names: str) -> None:
    """Empty the fields that were sent."""
    theirs = (Draft.user_id == user_id, Draft.mention_id == mention_id)
    session.execute(update(Draft).where(*theirs).values(dict.fromkeys(names, "")))
