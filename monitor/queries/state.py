"""What the desk as a whole holds: names, people, and what waits."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.models import (
    Brand,
    Mention,
    User,
)


def brand_names(session: Session) -> Sequence[str]:
    return session.scalars(select(Brand.name).order_by(Brand.name)).all()


def waiting_for_triage(session: Session) -> int:
    return (
        session.scalar(
            select(func.count(Mention.id)).where(Mention.judged_at.is_(None), Mention.triage_error.is_(None))
        )
        or 0
    )


def count_set_aside(session: Session) -> int:
    """Mentions that could not be judged, and that no person has judged since."""
    aside = (Mention.triage_error.is_not(None), Mention.urgency.is_(None))
    return session.scalar(select(func.count(Mention.id)).where(*aside)) or 0


def count_users(session: Session) -> int:
    return session.scalar(select(func.count(User.id))) or 0


def user_named(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.name == name))


def colleagues(session: Session, user_id: int) -> Sequence[User]:
    """To whom somebody can give a mention."""
    return session.scalars(select(User).where(User.active, User.id != user_id).order_by(User.name)).all()
