"""Whether a mention answers a post of ours that we know of: one that was sent from here, or shown with the mention."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from monitor.models import Mention, Reply, ThreadPost


def is_to_us(session: Session, mention: Mention) -> bool:
    if mention.in_reply_to is None:
        return False
    return bool(session.scalar(select(answers_us(mention.id, mention.in_reply_to))))


def answers_us(mention_id: Any, in_reply_to: Any) -> ColumnElement[bool]:
    """The same in a statement: of a mention, and of the id of the post that it answers."""
    sent = select(Reply.id).where(Reply.post_id == in_reply_to)
    shown = select(ThreadPost.id).where(
        ThreadPost.mention_id == mention_id, ThreadPost.post_id == in_reply_to, ThreadPost.ours
    )
    return or_(sent.exists(), shown.exists())
