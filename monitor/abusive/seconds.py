"""A second person: somebody asks not to be alone with a mention, and a colleague stands by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import Invalid, NotFound, Refused, bounded, workable
from monitor.models import Mention, SecondPerson, User
from monitor.store import insert
from monitor.teamwork.memos import tell, tell_others
from monitor.words import Happened, Role, Status


def ask(session: Session, mention_id: int, user: User, to: User | None, words: str, now: datetime) -> SecondPerson:
    """Ask a colleague, or everybody, to stand by oneself on a mention. Nobody has to say why."""
    words = bounded(words)
    if to and (to.id == user.id or not to.active):
        raise Invalid("Choose a colleague who works here, or ask everybody.")
    workable(session, mention_id)
    values = {"mention_id": mention_id, "user_id": user.id, "asked_id": to.id if to else None, "words": words}
    row = insert(session, SecondPerson).values(**values, created_at=now)
    once = row.on_conflict_do_nothing(index_elements=["mention_id"], index_where=text("closed_at IS NULL"))
    second_id = session.scalar(once.returning(SecondPerson.id))
    if second_id is None:
        raise Refused("A second person was asked for on this mention already.")
    data: dict[str, Any] = {"second_id": second_id, **({"to": to.name, "to_id": to.id} if to else {})}
    line = record(session, Happened.SECOND_ASKED, now, mention_id=mention_id, user_id=user.id, **data)
    for colleague in [to] if to else everybody_but(session, user):
        tell(session, line, colleague.id)
    return find(session, second_id)


def everybody_but(session: Session, user: User) -> Sequence[User]:
    return session.scalars(select(User).where(User.active, User.id != user.id).order_by(User.id)).all()


def accept(session: Session, second_id: int, user: User, now: datetime) -> SecondPerson:
    """Stand by whoever asked; the first who accepts does, whoever was asked."""
    second = find(session, second_id)
    if second.accepted_by_id == user.id:
        return second
    if second.user_id == user.id:
        raise Refused("Somebody else has to stand by you.")
    free = (SecondPerson.id == second_id, SecondPerson.accepted_at.is_(None), SecondPerson.closed_at.is_(None))
    values = {"accepted_by_id": user.id, "accepted_at": now}
    if session.scalar(update(SecondPerson).where(*free).values(values).returning(SecondPerson.id)) is None:
        raise Refused("Somebody stands by them already, or it is over.")
    data = {"second_id": second_id, "asker": second.user.name}
    line = record(session, Happened.SECOND_ACCEPTED, now, mention_id=second.mention_id, user_id=user.id, **data)
    tell(session, line, second.user_id)
    return find(session, second_id)


def end(session: Session, second_id: int, user: User, now: datetime) -> SecondPerson:
    """It is no longer needed. Either of the two may say so, and a lead; the other one is told."""
    second = find(session, second_id)
    if user.role == Role.AGENT and user.id not in (second.user_id, second.accepted_by_id):
        raise Refused("Only the two of them or a lead can end this.")
    if close(session, second_id, now):
        data = {"second_id": second_id}
        line = record(session, Happened.SECOND_ENDED, now, mention_id=second.mention_id, user_id=user.id, **data)
        tell_others(session, line, (second.user_id, second.accepted_by_id), user.id)
    return find(session, second_id)


def end_with_mentions(session: Session, now: datetime) -> int:
    """Close every request whose mention is resolved or gone; how many."""
    over = select(Mention.id).where(Mention.status.in_([Status.RESOLVED, Status.GONE]))
    open_ones = select(SecondPerson.id).where(SecondPerson.closed_at.is_(None), SecondPerson.mention_id.in_(over))
    return sum(close(session, second_id, now) for second_id in session.scalars(open_ones).all())


def close(session: Session, second_id: int, now: datetime) -> bool:
    """Whether it was still open."""
    still_open = (SecondPerson.id == second_id, SecondPerson.closed_at.is_(None))
    closed = update(SecondPerson).where(*still_open).values(closed_at=now).returning(SecondPerson.id)
    return session.scalar(closed) is not None


def find(session: Session, second_id: int, mention_id: int | None = None) -> SecondPerson:
    """The request as it stands now, where one is named only of that mention. Raises `NotFound`."""
    people = (joinedload(one) for one in (SecondPerson.user, SecondPerson.asked, SecondPerson.accepted_by))
    second = session.get(SecondPerson, second_id, options=list(people), populate_existing=True)
    if second is None or mention_id not in (None, second.mention_id):
        raise NotFound("Nobody asked for a second person here.")
    return second
