"""Finds the colleagues whom a text names with an @."""

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.models import User


def names_in(text: str, names: Sequence[str]) -> set[str]:
    """Those of the names that stand in the text behind an @, whatever their case: `@ana lind, please look`."""
    longest_first = sorted(names, key=len, reverse=True)  # "Ana Lind" before "Ana"
    pattern = re.compile(rf"(?<!\w)@({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    found = {match.lower() for match in pattern.findall(text)}
    return {name for name in names if name.lower() in found}


def find_named(session: Session, text: str, but_id: int) -> Sequence[User]:
    """The colleagues whom a text names, but for whoever wrote it."""
    if "@" not in text:
        return []
    team = session.scalars(select(User).where(User.active, User.id != but_id).order_by(User.name)).all()
    named = names_in(text, [user.name for user in team]) if team else set()
    return [user for user in team if user.name in named]
