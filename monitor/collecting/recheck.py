"""Asking again about what is stored: edits become editions, and what its author deleted is purged here too.

X, Reddit and Bluesky require that a deleted post is removed by everybody who keeps it (docs/sources.md).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.brands import feed_settings
from monitor.clock import utcnow
from monitor.collecting.ageing import next_recheck
from monitor.collecting.ingest import store_editions
from monitor.collecting.polling import is_spent, source_for
from monitor.judging.press import press
from monitor.models import Author, Edition, Embedding, Feed, Mention, Note, Poll, ThreadPost
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened, Status
from sources.base import Capability, Post, SourceError

BATCH = 100  # what the platforms take at a time


@dataclass(frozen=True)
class Rechecked:
    """What asking again found."""

    asked: int = 0
    edited: int = 0
    gone: int = 0


def recheck_feed(
    store: Store,
    settings: Settings,
    feed_id: int,
    now: datetime | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Rechecked:
    """Ask about one batch of a feed's mentions whose time has come; nothing where the platform cannot be asked.

    A failure of the platform changes nothing: the same mentions are due again at the next call.
    """
    now = now or utcnow()
    with store.read() as session:
        feed = session.get_one(Feed, feed_id, options=[joinedload(Feed.brand)])
        due = find_due(session, feed_id, now)
    configured = feed_settings(settings, feed.brand.name, feed.name)
    if not due or configured is None or is_spent(store, feed_id, configured[1], now):
        return Rechecked()
    try:
        source = source_for(*configured, environment)
        if Capability.RECHECK not in source.capabilities:
            return Rechecked()
        found = source.recheck([mention.root_post_id for mention in due])
    except SourceError:
        return Rechecked()
    with store.write() as session:
        return keep_answers(session, feed, due, found, source.recheck_usd, now)


def find_due(session: Session, feed_id: int, now: datetime) -> Sequence[Mention]:
    statement = select(Mention).where(
        Mention.feed_id == feed_id, Mention.recheck_at <= now, Mention.status != Status.GONE
    )
    return session.scalars(statement.order_by(Mention.recheck_at).limit(BATCH)).all()


def keep_answers(
    session: Session,
    feed: Feed,
    asked: Sequence[Mention],
    found: Mapping[str, Post | None],
    usd: Decimal,
    now: datetime,
) -> Rechecked:
    """Purge what is gone, keep new editions, and set when each is asked about next; with a line in the ledger."""
    gone = [mention.id for mention in asked if found.get(mention.root_post_id, ...) is None]
    for mention_id in gone:
        purge(session, mention_id, now)
    edited = store_editions(session, [post for post in found.values() if post], feed.brand_id, now)
    for mention in asked:
        refresh(session, mention, found.get(mention.root_post_id), usd > 0, now)
    counts = {"rechecked": len(asked), "edited": edited, "requests": 1, "usd": usd * len(asked)}
    session.add(Poll(feed_id=feed.id, started_at=now, finished_at=now, **counts))
    return Rechecked(len(asked), edited, len(gone))


def refresh(session: Session, mention: Mention, post: Post | None, billed: bool, now: datetime) -> None:
    """Likes and reposts as they are now, which are to be weighed, and when to ask again."""
    counts = {"likes": post.likes, "reposts": post.reposts, "weigh_at": now} if post else {}
    values = {**counts, "recheck_at": next_recheck(mention.posted_at, now, billed)}
    session.execute(update(Mention).where(Mention.id == mention.id, Mention.status != Status.GONE).values(values))


def purge(session: Session, mention_id: int, now: datetime) -> None:
    """Forget what a deleted post said and who said it; keep that there was something, and how it was handled."""
    mention = session.get_one(Mention, mention_id, populate_existing=True)
    if mention.status == Status.GONE:
        return
    author_id = mention.author_id
    mention.text, mention.url, mention.extra, mention.author_id = "", "", {}, None
    mention.reasons, mention.signals, mention.weigh_at = {"words": [], "doubts": []}, [], None
    mention.status, mention.due_at, mention.recheck_at, mention.snoozed_until = Status.GONE, None, None, None
    mention.judged_at = mention.judged_at or now  # nothing is left to judge
    mention.press_rank, mention.press_at = press(None, None, mention.posted_at, answered=True, status=Status.GONE)
    session.flush()
    for table in (Edition, Embedding, ThreadPost):
        session.execute(delete(table).where(table.mention_id == mention_id))
    forget_author(session, author_id)
    record(session, Happened.GONE, now, mention_id=mention_id)


def forget_author(session: Session, author_id: int | None) -> None:
    """Forget an author of whom no mention is left, and that notes were pinned to them."""
    left = exists().where(Mention.author_id == Author.id)
    gone = select(Author.id).where(Author.id == author_id, ~left)
    session.execute(update(Note).where(Note.author_id.in_(gone)).values(author_id=None))
    session.execute(delete(Author).where(Author.id == author_id, ~left))
