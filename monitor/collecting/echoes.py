"""Reposts and quotes: reach of the mention that they pass on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from monitor.models import Echo, Mention
from monitor.signals.marking import mark_posts
from monitor.store import insert
from sources.base import Post


def keep_echoes(session: Session, posts: Sequence[Post], brand_id: int, now: datetime) -> None:
    """Note who passed on which mention, once each. What passes on a post that we do not hold leaves no trace."""
    passed_on = {(post.source, original(post)): post for post in posts}
    found = session.execute(
        select(Mention.id, Mention.source, Mention.root_post_id).where(
            Mention.brand_id == brand_id, tuple_(Mention.source, Mention.root_post_id).in_(list(passed_on))
        )
    )
    mentions = {(row.source, row.root_post_id): row.id for row in found}
    rows = [
        {
            "mention_id": mentions[post.source, original(post)],
            "post_id": post.root_id[:200],
            "followers": post.author.followers if post.author else None,
            "posted_at": post.created_at,
        }
        for post in posts
        if (post.source, original(post)) in mentions
    ]
    if rows:
        statement = insert(session, Echo).on_conflict_do_nothing(index_elements=["mention_id", "post_id"])
        session.execute(statement, rows)
        mark_posts(session, passed_on.keys(), brand_id, now)


def original(post: Post) -> str:
    return post.repost_of or post.quote_of or ""
