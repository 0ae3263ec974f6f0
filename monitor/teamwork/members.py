"""The people of the desk as the team's page shows them, and who may let whom go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.desk import NotFound, Refused
from monitor.models import Mention, User
from monitor.teamwork.leaving import Left, leave
from monitor.translating import _
from monitor.words import NOT_CLOSED, Role


@dataclass(frozen=True)
class Member:
    """Somebody who works here, and how many mentions they hold."""

    user: User
    held: int


def list_members(session: Session) -> Sequence[Member]:
    """Everybody who has not left, by name."""
    held = (Mention.assignee_id == User.id) & Mention.status.in_(NOT_CLOSED)
    statement = select(User, func.count(Mention.id)).outerjoin(Mention, held).where(User.active)
    return [Member(*row) for row in session.execute(statement.group_by(User.id).order_by(User.name))]


def let_go(session: Session, user_id: int, to_id: int | None, lead: User, now: datetime) -> tuple[User, Left]:
    """Let somebody go, for good; what they hold goes to a colleague, or to the queue (`to_id` None).

    Raises `NotFound` for people who are not there, and `Refused` for whoever may not, and for the last admin.
    """
    user, to = find_member(session, user_id), find_member(session, to_id) if to_id else None
    if reason := why_not(lead, user):
        raise Refused(reason)
    if to and (to.id == user.id or not to.active):
        raise Refused(_("%(name)s leaves or has left; choose somebody who stays.", name=to.name))
    return user, leave(session, user, to, now, by_id=lead.id)


def why_not(lead: User, user: User) -> str:
    """Why somebody may not let a colleague go; empty where they may."""
    if lead.role == Role.AGENT:
        return _("Only a lead or an admin lets people go.")
    if lead.id == user.id:
        return _("Nobody lets themselves go; ask another lead or an admin.")
    if user.role != Role.AGENT and lead.role != Role.ADMIN:
        return _("Only an admin lets a lead or an admin go.")
    return ""


def find_member(session: Session, user_id: int) -> User:
    found = session.get(User, user_id)
    if found is None:
        raise NotFound(_("Nobody of that number works here."))
    return found
