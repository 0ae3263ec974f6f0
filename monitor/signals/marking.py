"""Saying that the signals of stored mentions may have changed, in the transaction that changes what they rest on."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.words import NOT_CLOSED

PostKey = tuple[str, str | None]  # source, root post id


def mark_authors(
    session: Session, authors: Collection[int | None], since: datetime, now: datetime, but: Collection[int] = ()
) -> None:
    """Their mentions after `since` are weighed again: an earlier post of theirs was judged, answered or closed.

    `but` are mentions that were weighed just now.
    """
    known = [author_id for author_id in authors if author_id is not None]
    if known:
        later = and_(Mention.author_id.in_(known), Mention.posted_at > since, Mention.id.not_in(but))
        mark(session, later, now)


def mark_posts(session: Session, keys: Collection[PostKey], brand_id: int, now: datetime) -> None:
    """The mentions of these root posts are weighed again: somebody answered them or passed them on."""
    known = [(source, post_id) for source, post_id in keys if post_id is not None]
    if known:
        mark(session, and_(Mention.brand_id == brand_id, tuple_(Mention.source, Mention.root_post_id).in_(known)), now)


def mark(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Of these mentions, those that are judged and wait for an answer; the others are weighed when that changes."""
    found = (
        select(Mention.id)
        .where(which, Mention.judged_at.is_not(None), Mention.status.in_(NOT_CLOSED), Mention.first_reply_at.is_(None))
        .where(or_(Mention.weigh_at.is_(None), Mention.weigh_at > now))
    )
    # Locked in one order by everybody, so that two who mark the same mentions do not wait for each other for ever.
    ids = session.scalars(found.order_by(Mention.id).with_for_update()).all()
    if ids:
        session.execute(update(Mention).where(Mention.id.in_(ids)).values(weigh_at=now))
