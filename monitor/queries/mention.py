"""One mention with all that hangs on it: its conversation, its care, its author's past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.models import (
    Activity,
    Correction,
    Echo,
    Edition,
    Mention,
    Note,
    Notification,
    Outcome,
    Promise,
    Reply,
    ThreadPost,
)


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
    earlier: Sequence[Mention]  # by the same author, newest first
    earlier_count: int
    alerts: Sequence[Notification]
    echoes: int  # reposts and quotes that we have seen
    conversation: Sequence[ThreadPost]  # as the platform last showed it, without the mention itself
    promises: Sequence[Promise]
    outcomes: Sequence[Outcome]  # one for each time it was closed
    pinned: Sequence[Note]  # to its author, on whatever mention; the newest first


def mention_detail(session: Session, mention_id: int) -> MentionDetail | None:
    mention = session.get(
        Mention,
        mention_id,
        options=[
            joinedload(Mention.author),
            joinedload(Mention.assignee),
            joinedload(Mention.brand),
            joinedload(Mention.feed),
        ],
    )
    if mention is None:
        return None
    notes = notes_about(session, mention)
    return MentionDetail(
        mention=mention,
        notes=[note for note in notes if note.mention_id == mention_id],
        replies=of_mention(session, Reply, mention_id, joinedload(Reply.user)),
        editions=of_mention(session, Edition, mention_id),
        corrections=of_mention(session, Correction, mention_id),
        timeline=of_mention(session, Activity, mention_id, joinedload(Activity.user)),
        thread=thread(session, mention),
        earlier=earlier(session, mention),
        earlier_count=count_earlier(session, mention),
        alerts=of_mention(session, Notification, mention_id),
        echoes=session.scalar(select(func.count(Echo.id)).where(Echo.mention_id == mention_id)) or 0,
        conversation=of_mention(session, ThreadPost, mention_id),
        promises=of_mention(session, Promise, mention_id, joinedload(Promise.user)),
        outcomes=of_mention(session, Outcome, mention_id, joinedload(Outcome.user)),
        pinned=[note for note in notes[::-1] if note.author_id is not None],
    )


def of_mention(session: Session, table: Any, mention_id: int, *options: Any) -> Sequence[Any]:
    """The rows that hang on a mention, oldest first."""
    return session.scalars(
        select(table).where(table.mention_id == mention_id).order_by(table.id).options(*options)
    ).all()


def notes_about(session: Session, mention: Mention) -> Sequence[Note]:
    """The notes of the mention, and those that are pinned to its author; oldest first."""
    pinned = [Note.author_id == mention.author_id] if mention.author_id else []
    statement = select(Note).where(or_(Note.mention_id == mention.id, *pinned)).order_by(Note.id)
    return session.scalars(statement.options(joinedload(Note.user))).all()


def thread(session: Session, mention: Mention) -> Sequence[Mention]:
    """The other mentions of its conversation that we hold, oldest first."""
    linked = [Mention.root_post_id == mention.in_reply_to] if mention.in_reply_to else []
    linked.append(Mention.in_reply_to == mention.root_post_id)
    if mention.thread_id:
        linked += [Mention.thread_id == mention.thread_id, Mention.root_post_id == mention.thread_id]
    statement = select(Mention).where(Mention.source == mention.source, same_brand(mention), Mention.id != mention.id)
    return session.scalars(
        statement.where(or_(*linked)).options(joinedload(Mention.author)).order_by(Mention.posted_at).limit(50)
    ).all()


def earlier(session: Session, mention: Mention, limit: int = 5) -> Sequence[Mention]:
    """What the same author posted before, newest first."""
    if mention.author_id is None:
        return []
    statement = select(Mention).where(*posted_before(mention))
    return session.scalars(statement.order_by(Mention.posted_at.desc()).limit(limit)).all()


def count_earlier(session: Session, mention: Mention) -> int:
    """How many mentions the same author posted before; 0 where the author is unknown."""
    if mention.author_id is None:
        return 0
    return session.scalar(select(func.count(Mention.id)).where(*posted_before(mention))) or 0


def same_brand(mention: Mention) -> ColumnElement[bool]:
    """The sum keeps SQLite, which would take the index of brands for as good as any, from reading all of the brand."""
    return Mention.brand_id + 0 == mention.brand_id


def posted_before(mention: Mention) -> tuple[ColumnElement[bool], ...]:
    return (
        Mention.author_id == mention.author_id,
        same_brand(mention),
        Mention.posted_at < mention.posted_at,
    )
