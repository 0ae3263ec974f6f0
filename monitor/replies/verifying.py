"""Looking again at replies in public: still there, under the right post, in the same words? If not, back on the board.

A reply that cannot be looked for stays as it is: what nobody can see is neither verified nor missing.
"""

import os
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor.brands import feed_settings
from monitor.clock import utcnow
from monitor.collecting.polling import is_spent, source_for
from monitor.models import Feed, Mention, Poll, Reply
from monitor.replies import outcomes
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import ReplyState, Status
from sources.base import Capability, Post, Replying, Source, SourceError
from sources.sameness import same_words

# How long after it came into public a reply is looked at again. Where looking costs money it is done seldom.
FREE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
BILLED = (timedelta(days=1), timedelta(days=30))
AGAIN = timedelta(hours=1)  # after a look that showed nothing, or failed
PATIENCE = timedelta(days=2)  # with a platform that does not show a post; after that it is asked no more
STANDING = (ReplyState.LOGGED, ReplyState.SENT, ReplyState.VERIFIED)
BATCH = 50


def next_look(published_at: datetime, now: datetime, billed: bool) -> datetime | None:
    """When to look at a reply again; None after the last time."""
    moments = (published_at + age for age in (BILLED if billed else FREE))
    return next((moment for moment in moments if moment > now), None)


def verify_due(
    store: Store,
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    now: datetime | None = None,
    sources: MutableMapping[int, Source] | None = None,
) -> int:
    """Look at one batch of the replies whose time has come, feed by feed; how many were asked about.

    `sources` keeps each feed's source from call to call, and with it its signed-in session.
    """
    now = now or utcnow()
    kept: MutableMapping[int, Source] = {} if sources is None else sources
    with store.read() as session:
        due = find_due(session, now)
    asked = 0
    for feed_id in {mention.feed_id for _, mention in due}:
        mine = [(reply, mention) for reply, mention in due if mention.feed_id == feed_id]
        asked += verify_feed(store, settings, mine, environment, now, kept)
    return asked


def find_due(session: Session, now: datetime) -> list[tuple[Reply, Mention]]:
    feed = joinedload(Mention.feed).joinedload(Feed.brand)
    statement = select(Reply, Mention).join(Mention, Mention.id == Reply.mention_id).options(feed)
    statement = statement.where(Reply.state.in_(STANDING), Reply.next_at <= now).order_by(Reply.next_at).limit(BATCH)
    return [(reply, mention) for reply, mention in session.execute(statement)]


def verify_feed(
    store: Store,
    settings: Settings,
    due: Sequence[tuple[Reply, Mention]],
    environment: Mapping[str, str],
    now: datetime,
    sources: MutableMapping[int, Source],
) -> int:
    """Look at the replies to the mentions of one feed. Where the platform cannot be asked, nothing is said of them."""
    feed = due[0][1].feed
    source = source_to_ask(store, settings, feed, environment, now, sources)
    ids = {reply.id: id for reply, _ in due if source and (id := find_id(reply, source))}
    try:
        found = source.recheck(list(ids.values())) if source and ids else {}
    except SourceError:
        sources.pop(feed.id if feed else 0, None)  # its keys may be replaced until the next look
        put_off(store, due, now)
        return 0
    usd = source.recheck_usd if source else Decimal(0)
    with store.write() as session:
        if found:
            enter(session, due[0][1], len(ids), usd, now)
        for reply, mention in due:
            judge(session, reply, mention, ids.get(reply.id), found, usd > 0, now)
    return len(found)


def source_to_ask(
    store: Store,
    settings: Settings,
    feed: Feed | None,
    environment: Mapping[str, str],
    now: datetime,
    sources: MutableMapping[int, Source],
) -> Source | None:
    """None where the feed is gone, its platform cannot be asked, its keys are missing or its budget is spent."""
    configured = feed_settings(settings, feed.brand.name, feed.name) if feed else None
    if feed is None or configured is None or is_spent(store, feed.id, configured[1], now):
        return None
    try:
        source = sources.get(feed.id) or source_for(*configured, environment)
    except SourceError:
        return None
    sources[feed.id] = source
    return source if Capability.RECHECK in source.capabilities else None


def enter(session: Session, mention: Mention, asked: int, usd: Decimal, now: datetime) -> None:
    """A line in the feed's ledger."""
    counts = {"rechecked": asked, "requests": 1, "usd": usd * asked}
    session.add(Poll(feed_id=mention.feed_id, started_at=now, finished_at=now, **counts))


def find_id(reply: Reply, source: Source) -> str | None:
    """Under which id the platform knows the reply: from its receipt, or from the address that somebody pasted."""
    return reply.post_id or (source.read_id(reply.url) if isinstance(source, Replying) else None)


def put_off(store: Store, due: Sequence[tuple[Reply, Mention]], now: datetime) -> None:
    """Look again in an hour: the platform does not answer."""
    with store.write() as session:
        session.execute(update(Reply).where(Reply.id.in_([reply.id for reply, _ in due])).values(next_at=now + AGAIN))


def judge(
    session: Session,
    reply: Reply,
    mention: Mention,
    id: str | None,
    found: Mapping[str, Post | None],
    billed: bool,
    now: datetime,
) -> None:
    """What a look at one reply means."""
    if id is None or id not in found:
        again = now + AGAIN if id and now - reply.created_at < PATIENCE else None
        outcomes.change(session, reply.id, Reply.state == reply.state, {"next_at": again})
        return
    post = found[id]
    reason = why_missing(reply, post, parents_of(session, reply, mention))
    if reason and mention.status != Status.GONE:  # where the customer deleted the post, the answer may go as well
        outcomes.miss(session, reply, reason, now)
    elif post:
        outcomes.verify(session, reply, post.root_id, post.url, next_look(reply.created_at, now, billed), now)
    else:
        outcomes.change(session, reply.id, Reply.state == reply.state, {"next_at": None})


def why_missing(reply: Reply, post: Post | None, parents: frozenset[str]) -> str:
    """Why a reply no longer counts, in a sentence; empty where it stands as it was written."""
    if post is None:
        return "It is no longer on the platform."
    if post.in_reply_to not in parents:
        return "It does not stand under this mention."
    if not same_words(reply.text, post.text):
        return "On the platform it has other words than here."
    return ""


def parents_of(session: Session, reply: Reply, mention: Mention) -> frozenset[str]:
    """What a reply may answer: the mention in any edition we know, and our other answers to it."""
    others = select(Reply.post_id).where(Reply.mention_id == mention.id, Reply.id != reply.id)
    own = [post_id for post_id in session.scalars(others) if post_id]
    return frozenset([mention.post_id, mention.root_post_id, *mention.extra.get("editions", []), *own])
