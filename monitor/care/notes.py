"""Notes pinned to an author: shown on every mention of theirs, so that nobody has to remember."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor import desk
from monitor.activity import record
from monitor.desk import NotFound, Refused, get
from monitor.models import Mention, Note, User
from monitor.words import Happened


def add_note(session: Session, mention_id: int, user: User, text: str, now: datetime, pinned: bool = False) -> Note:
    """Keep a note, which colleagues who are named in it are told of; pinned, it is shown on all of its author's."""
    note = desk.add_note(session, mention_id, user, text, now)
    return pin(session, mention_id, note.id, user, now) if pinned else note


def pin(session: Session, mention_id: int, note_id: int, user: User, now: datetime) -> Note:
    """Show a note of this mention on every mention of its author. A second time changes nothing."""
    note, mention = find(session, mention_id, note_id)
    if mention.author_id is None:
        raise Refused("Nobody knows who wrote this, so there is no author to pin a note to.")
    if note.author_id is None:
        note.author_id = mention.author_id
        record(session, Happened.PINNED, now, mention_id=mention_id, user_id=user.id, note_id=note.id)
    return note


def unpin(session: Session, mention_id: int, note_id: int, user: User, now: datetime) -> Note:
    """Take a note off its author, from any mention of theirs; it stays where it was written."""
    note, _ = find(session, mention_id, note_id)
    if note.author_id is not None:
        note.author_id = None
        record(session, Happened.UNPINNED, now, mention_id=mention_id, user_id=user.id, note_id=note.id)
    return note


def find(session: Session, mention_id: int, note_id: int) -> tuple[Note, Mention]:
    """A note that is shown on a mention: its own, or its author's. Raises `NotFound`."""
    mention, note = get(session, mention_id), session.get(Note, note_id, populate_existing=True)
    theirs = note is not None and note.author_id is not None and note.author_id == mention.author_id
    if note is None or not (note.mention_id == mention_id or theirs):
        raise NotFound(f"Mention {mention_id} has no note {note_id}.")
    return note, mention
