"""Muting a conversation, by any mention of it: nothing of it comes into the queue for a while, but what is urgent."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.collecting.hiding import check_mute
from monitor.desk import get
from monitor.models import Mention, MutedThread, User
from monitor.store import insert
from monitor.words import Happened, Hidden, Status


def thread_of(mention: Mention) -> str:
    """The conversation's id: the platform's, or of the post that it begins with as far as we know."""
    return mention.thread_id or mention.in_reply_to or mention.root_post_id


def is_of_thread() -> ColumnElement[bool]:
    """Joins mentions to the muted conversation that they belong to; the same choice as `thread_of`."""
    thread = func.coalesce(Mention.thread_id, Mention.in_reply_to, Mention.root_post_id)
    return and_(MutedThread.source == Mention.source, MutedThread.thread_id == thread)


def in_thread(source: str, thread_id: str) -> ColumnElement[bool]:
    """The mentions of a conversation, each part of it found by an index."""
    places = (Mention.thread_id, Mention.in_reply_to, Mention.root_post_id)
    return and_(Mention.source == source, or_(*(place == thread_id for place in places)))


def mute_thread(session: Session, mention_id: int, user: User, days: int, reason: str, now: datetime) -> Mention:
    """Keep the conversation of a mention out of the queue for some days. It ends by itself; what is held stays."""
    reason = check_mute(days, reason)
    mention = get(session, mention_id)
    thread_id, until = thread_of(mention), now + timedelta(days=days)
    values = {"muted_until": until, "reason": reason, "user_id": user.id}
    row = insert(session, MutedThread).values(source=mention.source, thread_id=thread_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["source", "thread_id"], set_=values))
    free = (Mention.status == Status.OPEN, Mention.assignee_id.is_(None), Mention.hidden.is_(None))
    calm = Mention.effective_urgency.is_distinct_from("urgent")
    theirs = in_thread(mention.source, thread_id)
    session.execute(update(Mention).where(theirs, *free, calm).values(hidden=Hidden.THREAD))
    data = {"thread_id": thread_id, "days": days, "reason": reason}
    record(session, Happened.MUTED, now, mention_id=mention_id, user_id=user.id, **data)
    return mention


def find_muted(session: Session, source: str, thread_id: str) -> MutedThread | None:
    """As it stands now."""
    where = (MutedThread.source == source, MutedThread.thread_id == thread_id)
    return session.scalar(select(MutedThread).where(*where).execution_options(populate_existing=True))


def unmute_thread(session: Session, thread: MutedThread) -> None:
    """Let what it hid back into the queue."""
    hidden = (in_thread(thread.source, thread.thread_id), Mention.hidden == Hidden.THREAD)
    session.execute(update(Mention).where(*hidden).values(hidden=None))
    session.execute(delete(MutedThread).where(MutedThread.id == thread.id))


def unmute_by_hand(session: Session, mention_id: int, user: User, now: datetime) -> None:
    """Let the conversation of a mention back into the queue before the time is up."""
    mention = get(session, mention_id)
    thread = find_muted(session, mention.source, thread_of(mention))
    if thread:
        unmute_thread(session, thread)
        record(session, Happened.UNMUTED, now, mention_id=mention_id, user_id=user.id, thread_id=thread.thread_id)


def end_thread_mutes(session: Session, now: datetime) -> int:
    """Unmute every conversation whose time is up; how many."""
    over = session.scalars(select(MutedThread).where(MutedThread.muted_until <= now)).all()
    for thread in over:
        unmute_thread(session, thread)
    return len(over)
