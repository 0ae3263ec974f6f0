"""When somebody leaves the team: they get in no more, what they held goes on, and their name stays or is replaced."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.cleaning import printable
from monitor.desk import Invalid, Refused
from monitor.models import ApiToken, CalendarLink, Deed, Draft, Memo, SavedView, SignInLink, User
from monitor.privacy.naming import Names, find_places, take_out
from monitor.teamwork.handover import Item, at_hand, hand_over
from monitor.words import Happened, Role

OWN = (ApiToken, SignInLink, CalendarLink, Draft, Memo, Deed)  # what is of use to nobody else


@dataclass(frozen=True)
class Left:
    """What went on without them: mentions given away or back to the queue, and promises among what hangs on those."""

    mentions: int
    promises: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def leave(session: Session, user: User, to: User | None, now: datetime, by_id: int | None = None) -> Left:
    """End every way in and hand over what they hold, to a colleague or to the queue (`to` None).

    Their name stays on what they did. Raises `Refused` for one who has left, and for the last admin.
    """
    refuse_leaving(session, user)
    items = at_hand(session, user)
    for item in items:
        hand_over(session, item.mention.id, user, receiver(item, user, to), "", now)
    for table in OWN:
        session.execute(delete(table).where(table.user_id == user.id))
    session.execute(delete(SavedView).where(SavedView.user_id == user.id, SavedView.shared.is_(False)))
    user.active, user.password_hash = False, None
    left = Left(len(items), sum(len(item.promises) for item in items))
    record(session, Happened.USER_LEFT, now, user_id=by_id, name=user.name, **left.as_json())
    return left


def refuse_leaving(session: Session, user: User) -> None:
    if not user.active:
        raise Refused(f"{user.name} has left already.")
    admins = select(func.count(User.id)).where(User.active, User.role == Role.ADMIN)
    if user.role == Role.ADMIN and session.scalar(admins) == 1:
        raise Refused(f"{user.name} is the last admin; make somebody else one first.")


def receiver(item: Item, user: User, to: User | None) -> User | None:
    """Who goes on with it: whoever holds the mention, where that is not the one who leaves."""
    holder = item.mention.assignee
    return holder if holder and holder.id != user.id else to


def rename(session: Session, user: User, name: str) -> int:
    """Call somebody otherwise wherever they are named, also in the audit trail; in how many rows. Raises `Invalid`."""
    name = printable(name).strip()
    if not name or len(name) > 80:
        raise Invalid("A user's name has 1 to 80 characters.")
    taken = select(User.id).where(func.lower(User.name) == name.lower(), User.id != user.id)
    if session.scalar(taken):
        raise Invalid(f"There is a user called {name} already.")
    names = staff_names(user.name)
    return take_out(session, list(find_places(session, names, public=False)), names, name)


def staff_names(name: str) -> Names:
    """As the desk writes a colleague's name: with an @ in notes, alone in a line of the trail."""
    escaped = re.escape(name)
    words = rf"|(?<!\w){escaped}(?!\w)" if len(name.split()) > 1 else ""
    return Names(frozenset({name}), re.compile(rf"(?<=(?<!\w)@){escaped}(?!\w)|\A{escaped}\Z{words}", re.IGNORECASE))
