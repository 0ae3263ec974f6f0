"""What an author wrote after their mention was closed: how they feel now, and whether it must be opened again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.care.outcomes import end_outcome
from monitor.care.praise import praise_earned
from monitor.desk import get, set_press
from monitor.models import Mention, Outcome, Reply
from monitor.teamwork.memos import tell
from monitor.words import Happened, Status

Closed = tuple[Outcome, Mention]
"""The newest outcome of a mention, with that mention."""


def follow_authors(session: Session, mention_ids: Collection[int], now: datetime) -> None:
    """Tie posts that were just judged to what their authors were answered last; in the caller's transaction."""
    posts = session.scalars(select(Mention).where(Mention.id.in_(mention_ids), Mention.author_id.is_not(None))).all()
    closed = find_closed(session, {post.author_id for post in posts})
    for post in sorted(posts, key=lambda post: post.posted_at) if closed else ():
        follow_up(session, post, [one for one in closed if came_after(post, one)], now)


def find_closed(session: Session, authors: Collection[int | None]) -> Sequence[Closed]:
    """The newest outcome of each mention of these authors that was ever closed."""
    newest = select(func.max(Outcome.id)).join(Mention, Outcome.mention_id == Mention.id)
    newest = newest.where(Mention.author_id.in_(authors)).group_by(Outcome.mention_id)
    pairs = select(Outcome, Mention).join(Mention, Outcome.mention_id == Mention.id).where(Outcome.id.in_(newest))
    return [(outcome, mention) for outcome, mention in session.execute(pairs)]


def came_after(post: Mention, closed: Closed) -> bool:
    outcome, mention = closed
    theirs = (mention.author_id, mention.brand_id) == (post.author_id, post.brand_id) and mention.id != post.id
    return theirs and post.posted_at > mention.posted_at and post.collected_at > outcome.created_at


def follow_up(session: Session, post: Mention, closed: Sequence[Closed], now: datetime) -> None:
    """Keep how the author feels now beside the last mention they were answered, and reopen what is not over."""
    if not closed:
        return
    outcome, mention = max(closed, key=lambda one: one[0].created_at)
    if outcome.followed_by_id in (None, post.id):
        if outcome.followed_by_id is None and post.need == "praise":
            praise_earned(session, post, mention.id, now)
        outcome.followed_by_id, outcome.next_sentiment = post.id, post.sentiment
    for one, earlier in () if is_happy(post) else closed:
        if one.reopened_at is None and earlier.status == Status.RESOLVED and is_same_thread(session, post, earlier):
            reopen_for(session, post, earlier, now)


def is_happy(post: Mention) -> bool:
    """A thank-you opens nothing again."""
    return post.sentiment == "positive" or post.need == "praise"


def is_same_thread(session: Session, post: Mention, earlier: Mention) -> bool:
    """Whether a post goes on where an earlier one was: in its thread, below it, or below our answer to it."""
    if post.source != earlier.source:
        return False
    if post.thread_id and post.thread_id in (earlier.thread_id, earlier.root_post_id):
        return True
    if post.in_reply_to is None:
        return False
    ours = select(Reply.id).where(Reply.mention_id == earlier.id, Reply.post_id == post.in_reply_to)
    return post.in_reply_to == earlier.root_post_id or session.scalar(ours.limit(1)) is not None


def reopen_for(session: Session, post: Mention, earlier: Mention, now: datetime) -> None:
    """Open a mention again because its author wrote; whoever holds it or closed it is told."""
    mention = get(session, earlier.id)
    told = set(whom_to_tell(session, mention))
    mention.status, mention.resolved_at, mention.weigh_at = Status.OPEN, None, now
    set_press(mention)
    end_outcome(session, mention.id, None, now)
    line = record(session, Happened.REOPENED, now, mention_id=mention.id, by_post=post.id)
    for user_id in sorted(told):
        tell(session, line, user_id)


def whom_to_tell(session: Session, mention: Mention) -> Iterable[int]:
    """The holder; where nobody holds it, whoever closed it last."""
    if mention.assignee_id:
        return [mention.assignee_id]
    last = select(Outcome.user_id).where(Outcome.mention_id == mention.id).order_by(Outcome.id.desc()).limit(1)
    return session.scalars(last).all()
