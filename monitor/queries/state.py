"""What the desk as a whole holds: names, people, and what waits."""

from collections.abc import Sequence

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from monitor.models import (
    Author,
    Brand,
    Mention,
    User,
)


def brand_names(session: Session) -> Sequence[str]:
    return session.scalars(select(Brand.name).order_by(Brand.name)).all()


def menu_names(session: Session) -> tuple[list[str], list[str]]:
    """The brands, and the platforms that mentions came from: from each to the next, rather than through all authors."""
    first = select(func.min(Author.source).label("source")).cte("found", recursive=True)
    following = select(func.min(Author.source)).where(Author.source > first.c.source).scalar_subquery()
    sources = first.union_all(select(following).where(first.c.source.is_not(None)))
    named = select(literal("brand").label("kind"), Brand.name.label("name"))
    rows = session.execute(named.union_all(select(literal("source"), sources.c.source))).all()
    found = {wanted: sorted(name for kind, name in rows if kind == wanted and name) for wanted in ("brand", "source")}
    return found["brand"], found["source"]


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
