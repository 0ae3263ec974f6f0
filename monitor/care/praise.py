"""Passing praise on to the colleague who earned it: by hand, and by the desk when an author thanks for an answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import Invalid, bounded, get, refuse_gone
from monitor.models import Mention, Reply, User
from monitor.teamwork.memos import tell
from monitor.words import Happened

LONGEST = 500


def pass_praise_on(session: Session, mention_id: int, user: User, to_id: int, words: str, now: datetime) -> Mention:
    """Tell a colleague of what a customer wrote, with a few words of one's own. Raises `Invalid`, `Refused`."""
    mention = get(session, mention_id)
    refuse_gone(mention)
    colleague = session.get(User, to_id)
    if colleague is None or not colleague.active:
        raise Invalid("Choose a colleague to pass it on to.")
    words = bounded(words)
    if len(words) > LONGEST:
        raise Invalid(f"Say it in at most {LONGEST} characters.")
    pass_on(session, mention_id, colleague, user.id, words, now)
    return mention


def praise_earned(session: Session, post: Mention, answered_id: int, now: datetime) -> None:
    """An author whom we answered writes praise: whoever wrote the answers hears of it."""
    writers = select(Reply.user_id).where(Reply.mention_id == answered_id)
    for colleague in session.scalars(select(User).where(User.id.in_(writers), User.active).order_by(User.id)):
        pass_on(session, post.id, colleague, None, "", now)


def pass_on(session: Session, mention_id: int, colleague: User, user_id: int | None, words: str, now: datetime) -> None:
    data = {"to": colleague.name, "to_id": colleague.id, **({"words": words} if words else {})}
    line = record(session, Happened.PRAISE_PASSED_ON, now, mention_id=mention_id, user_id=user_id, **data)
    tell(session, line, colleague.id)
