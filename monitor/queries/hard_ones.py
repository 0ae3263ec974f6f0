"""What is escalated, who asked for a second person, and who took how much of what attacks people today."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, joinedload

from monitor.abusive.cap import Share, shares
from monitor.models import Escalation, Mention, SecondPerson, User
from monitor.settings import Settings

MOST = 200  # on one page
LATELY = 20  # settled ones that are still shown


def open_escalations(session: Session) -> Sequence[Escalation]:
    """Those that nobody has taken on first, each in the order in which they came before their group."""
    taken = case((Escalation.taken_at.is_(None), 0), else_=1)
    statement = loaded_escalations().where(Escalation.closed_at.is_(None))
    return session.scalars(statement.order_by(taken, Escalation.step_at, Escalation.id).limit(MOST)).all()


def settled_escalations(session: Session) -> Sequence[Escalation]:
    """The last that were settled, the newest first."""
    settled = loaded_escalations().where(Escalation.closed_at.is_not(None))
    return session.scalars(settled.order_by(Escalation.id.desc()).limit(LATELY)).all()


def loaded_escalations() -> Select[Escalation]:
    """With everybody and everything that a line about one names."""
    mention = joinedload(Escalation.mention)
    about = mention.joinedload(Mention.author), mention.joinedload(Mention.brand)
    return select(Escalation).options(joinedload(Escalation.user), joinedload(Escalation.taken_by), *about)


def open_seconds(session: Session) -> Sequence[SecondPerson]:
    """Who asked for a second person and still waits, and then who has one."""
    accepted = case((SecondPerson.accepted_at.is_(None), 0), else_=1)
    return session.scalars(loaded_seconds().order_by(accepted, SecondPerson.id).limit(MOST)).all()


def loaded_seconds() -> Select[SecondPerson]:
    mention = joinedload(SecondPerson.mention)
    about = mention.joinedload(Mention.author), mention.joinedload(Mention.brand)
    people = [joinedload(one) for one in (SecondPerson.user, SecondPerson.asked, SecondPerson.accepted_by)]
    return select(SecondPerson).where(SecondPerson.closed_at.is_(None)).options(*people, *about)


def lane_today(session: Session, settings: Settings, now: datetime) -> list[tuple[User, Share]]:
    """Everybody who works here, with their share of today; whoever had most first."""
    team = session.scalars(select(User).where(User.active).order_by(User.name)).all()
    had = shares(session, [user.id for user in team], settings, now)
    return sorted(((user, had[user.id]) for user in team), key=lambda line: -line[1].taken)
