"""Emptying mentions: what was said and by whom goes, a shell with its numbers stays so that past weeks still add up."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from monitor.judging.press import ASIDE_RANK
from monitor.models import (
    Activity,
    Author,
    DeedPart,
    Draft,
    Echo,
    Edition,
    Embedding,
    Escalation,
    Mention,
    Note,
    Notification,
    Outcome,
    Promise,
    Reply,
    SecondPerson,
    ThreadPost,
)
from monitor.models.mentions import SHELL
from monitor.words import Happened, Status

BLANK: Mapping[str, Any] = {
    "text": "",
    "url": "",
    "extra": {},
    "author_id": None,
    "thread_error": "",
    "triage_error": None,
    "reasons": {"words": [], "doubts": []},
    "signals": [],
    "weigh_at": None,
    "recheck_at": None,
    "thread_wanted_at": None,
    "snoozed_until": None,
    "status": Status.GONE,
    "press_rank": ASIDE_RANK,
}
DROPPED = (Edition, Embedding, ThreadPost, Echo, Draft, DeedPart, Notification)
SILENCED: Mapping[Any, Mapping[str, Any]] = {  # rows that are counted, without what they say
    Reply: {"text": "", "url": "", "post_id": None, "error": "", "asked_why": "", "next_at": None},
    Promise: {"text": "", "rule": "", "begins": None, "ends": None},
    Outcome: {"reason": ""},
    Escalation: {"reason": "", "answer": ""},
    SecondPerson: {"words": ""},
}
# Lines of the audit trail that hold nothing but labels; there are millions of them, so they are not even read.
WORDLESS = (Happened.COLLECTED, Happened.JUDGED, Happened.CLAIMED, Happened.ECHOED, Happened.ALERTED)
# Of the other lines, what is no number and may stay: names of colleagues, groups, labels, channels and moments.
PLAIN = frozenset(
    {"source", "channel", "model", "head", "heads", "old", "new", "did", "outcome", "kind", "group"}
    | {"from", "to", "told", "asker", "until", "due", "was_due"}
)


def disguise(source: str, post_id: str | None) -> str | None:
    """What is kept of a post's id: it is known again when the platform shows it, and cannot be read back."""
    if not post_id or post_id.startswith(SHELL):
        return post_id
    return SHELL + hashlib.sha256(f"{source}\0{post_id}".encode("utf-8", "surrogatepass")).hexdigest()


def is_whole() -> ColumnElement[bool]:
    """Mentions that were not emptied yet."""
    return Mention.root_post_id.not_like(f"{SHELL}%")


def empty(session: Session, mention_ids: Sequence[int], now: datetime) -> set[int]:
    """Make shells of mentions, a few hundred at most; the ids of their authors. What hangs on them goes or is blanked.

    Notes that are pinned to an author stay, for those who still write: `forget_authors` takes them.
    """
    authors = blank(session, mention_ids, now)
    for table in DROPPED:
        session.execute(delete(table).where(table.mention_id.in_(mention_ids)))
    session.execute(delete(Note).where(Note.mention_id.in_(mention_ids), Note.author_id.is_(None)))
    for table, values in SILENCED.items():
        session.execute(update(table).where(table.mention_id.in_(mention_ids)).values(values))
    silence_trail(session, Activity.mention_id.in_(mention_ids))
    return authors


def blank(session: Session, mention_ids: Sequence[int], now: datetime) -> set[int]:
    names = ("id", "source", "post_id", "root_post_id", "thread_id", "in_reply_to", "author_id")
    columns = [getattr(Mention, name) for name in (*names, "posted_at", "judged_at")]
    rows = session.execute(select(*columns).where(Mention.id.in_(mention_ids))).all()
    values = [
        {
            "id": row.id,
            **{name: disguise(row.source, getattr(row, name)) for name in names[2:6]},
            "press_at": row.posted_at,
            "judged_at": row.judged_at or now,  # nothing is left to judge
            **BLANK,
        }
        for row in rows
    ]
    if values:
        session.execute(update(Mention), values)
    return {row.author_id for row in rows if row.author_id is not None}


def silence_trail(session: Session, which: ColumnElement[bool]) -> None:
    """Take out of lines of the audit trail what people said in them."""
    lines = session.execute(select(Activity.id, Activity.data).where(which, Activity.happened.not_in(WORDLESS)))
    quiet = [(id_, data, hush(data)) for id_, data in lines]
    changed = [{"id": id_, "data": left} for id_, data, left in quiet if left != data]
    if changed:
        session.execute(update(Activity), changed)


def hush(data: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers and labels of a line, without anybody's words."""
    return {name: value for name, value in data.items() if name in PLAIN or value is None or isinstance(value, int)}


def forget_authors(session: Session, author_ids: Iterable[int], now: datetime) -> int:
    """Forget the authors of whom no mention is left and who are not muted, with what was pinned to them; how many."""
    left = exists().where(Mention.author_id == Author.id)
    muted = Author.muted_until > now
    over = select(Author.id).where(Author.id.in_(author_ids), ~left, or_(Author.muted_until.is_(None), ~muted))
    ids = session.scalars(over).all()
    session.execute(delete(Note).where(Note.author_id.in_(ids)))
    session.execute(delete(Author).where(Author.id.in_(ids)))
    return len(ids)
