"""Taking back what one did: each mention stands again as it did, unless somebody acted on it since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.deeds.mutes import HIDES, put_back_mute
from monitor.deeds.standing import put_back
from monitor.desk import NotFound, Refused
from monitor.models import Activity, Deed, DeedPart, Mention, User
from monitor.signals.marking import mark_authors
from monitor.store import Store
from monitor.teamwork.memos import tell
from monitor.words import Did, Happened

UNDO_FOR = timedelta(minutes=10)
# What the desk writes down of a mention without changing how it stands.
HARMLESS = (Happened.ALERTED, Happened.ALERT_FAILED, Happened.ECHOED, Happened.REPLY_VERIFIED)


@dataclass(frozen=True)
class Left:
    """A mention that stays as it is, and what happened to it since; `line` None: its mute was changed."""

    mention_id: int
    line: Activity | None


@dataclass
class Undone:
    """What was taken back of a deed."""

    did: Did
    done: list[int] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True)
class Last:
    """A deed that can be taken back, and at how many mentions it changed something."""

    id: int
    did: Did
    number: int


def last_deed(session: Session, user_id: int, now: datetime) -> Last | None:
    """What somebody did last and can still take back."""
    last_id = find_last(user_id, now - UNDO_FOR)
    row = session.execute(select(Deed, count_parts(last_id)).where(Deed.id == last_id.scalar_subquery())).first()
    return tell_last(*row) if row else None


def find_last(user_id: Any, since: Any) -> Select[int]:
    """The id of what somebody did last, since then, and can still take back."""
    standing = (Deed.user_id == user_id, Deed.undone_at.is_(None), Deed.at > since)
    return select(Deed.id).where(*standing).order_by(Deed.id.desc()).limit(1)


def count_parts(deed_id: Select[int]) -> ColumnElement[int]:
    return select(func.count(DeedPart.id)).where(DeedPart.deed_id == deed_id.scalar_subquery()).scalar_subquery()


def tell_last(deed: Deed, number: int) -> Last:
    return Last(deed.id, Did(deed.did), number)


def undo(store: Store, deed_id: int, user_id: int, now: datetime) -> Undone:
    """Take a deed back, each mention in a transaction of its own. Raises `NotFound` or `Refused`."""
    with store.read() as session:
        deed = check_deed(session, deed_id, user_id, now)
        parts = session.scalars(select(DeedPart.id).where(DeedPart.deed_id == deed_id).order_by(DeedPart.id.desc()))
        part_ids = parts.all()
    undone = Undone(Did(deed.did))
    for part_id in part_ids:
        with store.write() as session:
            undo_part(session, part_id, session.get_one(User, user_id), undone, now)
    with store.write() as session:
        session.execute(update(Deed).where(Deed.id == deed_id).values(undone_at=now))
    return undone


def check_deed(session: Session, deed_id: int, user_id: int, now: datetime) -> Deed:
    deed = session.get(Deed, deed_id)
    if deed is None or deed.user_id != user_id:
        raise NotFound("There is nothing like that to take back.")
    if deed.undone_at:
        raise Refused("That was taken back already.")
    if deed.at <= now - UNDO_FOR:
        minutes = int(UNDO_FOR.total_seconds() // 60)
        raise Refused(f"What was done can be taken back for {minutes} minutes; change it by hand.")
    return deed


def undo_part(session: Session, part_id: int, user: User, undone: Undone, now: datetime) -> None:
    """Put one mention back and say so in its trail, or say what stands against it."""
    part = session.get_one(DeedPart, part_id)
    # Locked, so that whoever acts on it at this moment does so before or after.
    mention = session.get_one(Mention, part.mention_id, with_for_update=True, populate_existing=True)
    if undone.did in HIDES:
        line, same = None, put_back_mute(session, mention, undone.did, part.was, user, now)
    else:
        line = acted_since(session, part)
        same = line is None
    if not same:
        undone.left.append(Left(mention.id, line))
    elif take_part(session, part_id, now):
        restore(session, mention, part, user, undone.did, now)
        undone.done.append(mention.id)


def acted_since(session: Session, part: DeedPart) -> Activity | None:
    """The newest thing that happened to its mention after it was done."""
    since = (Activity.mention_id == part.mention_id, Activity.id > part.line_id)
    counts = or_(Activity.user_id.is_not(None), Activity.happened.not_in(HARMLESS))
    statement = select(Activity).where(*since, counts).order_by(Activity.id.desc()).limit(1)
    return session.scalar(statement.options(joinedload(Activity.user)))


def take_part(session: Session, part_id: int, now: datetime) -> bool:
    """Whether nobody took this part back before, in another window."""
    still = update(DeedPart).where(DeedPart.id == part_id, DeedPart.undone_at.is_(None))
    return session.scalar(still.values(undone_at=now).returning(DeedPart.id)) is not None


def restore(session: Session, mention: Mention, part: DeedPart, user: User, did: Did, now: datetime) -> None:
    holder_id = mention.assignee_id
    if did not in HIDES:
        put_back(session, mention, part.was, now)
        mark_authors(session, [mention.author_id], mention.posted_at, now)
    line = record(session, Happened.UNDONE, now, mention_id=mention.id, user_id=user.id, did=did.value)
    if mention.assignee_id != holder_id:
        for told in (holder_id, mention.assignee_id):
            if told is not None and told != user.id:
                tell(session, line, told)
