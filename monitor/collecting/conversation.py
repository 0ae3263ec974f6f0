"""The conversation around a mention: read from the platform when somebody opens it, kept, and listened to.

Pages never wait for a platform: opening a mention asks for its conversation, the clockwork reads it a moment later.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.brands import feed_settings
from monitor.cleaning import cut, printable, safe_url
from monitor.collecting.polling import is_spent, source_for
from monitor.collecting.relevance import is_own
from monitor.desk import set_press
from monitor.models import Feed, Mention, Reply, ThreadPost
from monitor.promises import propose
from monitor.replies.outcomes import UNDECIDED, publish
from monitor.settings import BrandSettings, Settings
from monitor.signals.marking import mark_authors
from monitor.store import Store
from monitor.words import Happened, ReplyState, Status
from sources.base import Capability, Post, Receipt, SourceError
from sources.registry import source_class
from sources.sameness import same_words

FRESH = timedelta(minutes=5)  # a conversation read so lately is not read again
MOST = 200  # posts kept of one conversation


def is_wanted(mention: Mention, now: datetime) -> bool:
    """Whether opening the mention should have its conversation read."""
    if mention.feed is None or mention.status == Status.GONE or mention.thread_wanted_at:
        return False
    if mention.thread_read_at and now - mention.thread_read_at < FRESH:
        return False
    return Capability.THREAD in source_class(mention.feed.source).capabilities


def want(session: Session, mention_id: int, now: datetime) -> None:
    """Ask for a mention's conversation."""
    session.execute(update(Mention).where(Mention.id == mention_id).values(thread_wanted_at=now))


def read_wanted(
    store: Store, settings: Settings, now: datetime, environment: Mapping[str, str] = os.environ, limit: int = 10
) -> int:
    """Read the conversations that were asked for, the newest wish first; how many."""
    wanted = select(Mention).where(Mention.thread_wanted_at.is_not(None)).order_by(Mention.thread_wanted_at.desc())
    feed = joinedload(Mention.feed).joinedload(Feed.brand)
    with store.read() as session:
        mentions = session.scalars(wanted.limit(limit).options(feed)).all()
    for mention in mentions:
        read_one(store, settings, mention, now, environment)
    return len(mentions)


def read_one(store: Store, settings: Settings, mention: Mention, now: datetime, environment: Mapping[str, str]) -> None:
    """Read and keep one conversation; where the platform fails, keep what is known and say why."""
    try:
        posts, trouble = ask(store, settings, mention, now, environment), ""
    except SourceError as error:
        posts, trouble = None, str(error)
    with store.write() as session:
        if posts is not None:
            keep(session, settings.brand(mention.feed.brand.name) if mention.feed else None, mention.id, posts, now)
        values = {"thread_wanted_at": None, "thread_read_at": now, "thread_error": trouble}
        session.execute(update(Mention).where(Mention.id == mention.id).values(values))


def ask(
    store: Store, settings: Settings, mention: Mention, now: datetime, environment: Mapping[str, str]
) -> Sequence[Post] | None:
    """The conversation as the platform shows it; None where it cannot be asked for."""
    feed = mention.feed
    configured = feed_settings(settings, feed.brand.name, feed.name) if feed else None
    if feed is None or configured is None or is_spent(store, feed.id, configured[1], now):
        return None
    return source_for(*configured, environment).thread(mention.root_post_id, mention.thread_id)


def keep(session: Session, brand: BrandSettings | None, mention_id: int, posts: Sequence[Post], now: datetime) -> None:
    """Replace what is kept of a conversation, and listen for our own answers in it."""
    mention = session.get_one(Mention, mention_id)
    if mention.status == Status.GONE:
        return
    others = [post for post in posts if post.root_id != mention.root_post_id][-MOST:]
    session.execute(delete(ThreadPost).where(ThreadPost.mention_id == mention_id))
    mention.weigh_at = now  # for how heated it has become
    for post in others:
        ours = brand is not None and post.author is not None and is_own(post.source, post.author.handle, brand)
        session.add(thread_post(mention_id, post, ours))
        if brand and ours and post.in_reply_to in (mention.root_post_id, mention.post_id):
            hear_answer(session, mention, post, brand, now)


def find_same(session: Session, mention: Mention, post: Post) -> Reply | None:
    """The reply that a post of ours is: by its id or address, or by its words where we do not know where it stands."""
    replies = session.scalars(select(Reply).where(Reply.mention_id == mention.id).order_by(Reply.id)).all()
    placed = (
        reply
        for reply in replies
        if cut(post.root_id) == reply.post_id or (reply.url and reply.url == safe_url(post.url))
    )
    worded = (reply for reply in replies if reply.post_id is None and same_words(reply.text, post.text))
    return next(placed, None) or next(worded, None)


def thread_post(mention_id: int, post: Post, ours: bool) -> ThreadPost:
    return ThreadPost(
        mention_id=mention_id,
        post_id=cut(post.root_id),
        in_reply_to=post.in_reply_to and cut(post.in_reply_to),
        handle=cut(post.author.handle) if post.author else "",
        name=printable(post.author.name)[:500] if post.author else "",
        text=printable(post.text),
        url=safe_url(post.url),
        ours=ours,
        posted_at=post.created_at,
    )


def hear_answer(session: Session, mention: Mention, post: Post, brand: BrandSettings, now: datetime) -> None:
    """Our own account answered in public: tie it to the reply that we know, or log one made outside the desk."""
    if known := find_same(session, mention, post):
        known.post_id, known.url = cut(post.root_id), known.url or safe_url(post.url)
        if known.state in UNDECIDED:  # it came through, or somebody posted it by hand
            publish(session, known, Receipt(post.root_id, post.url), brand, now)
        elif known.state == ReplyState.LOGGED:
            known.next_at = known.next_at or now
        return
    reply = Reply(
        mention_id=mention.id,
        post_id=cut(post.root_id),
        text=printable(post.text),
        url=safe_url(post.url),
        state=ReplyState.SEEN,
        created_at=post.created_at,
    )
    session.add(reply)
    session.flush()
    mention.first_reply_at = min(filter(None, (mention.first_reply_at, post.created_at)))
    set_press(mention)
    mark_authors(session, [mention.author_id], mention.posted_at, now)
    record(session, Happened.SEEN_ANSWERED, now, mention_id=mention.id, reply_id=reply.id)
    propose(session, reply, brand, now)
