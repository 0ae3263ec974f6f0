"""Who works on what: the next mention for somebody who asks, a colleague's by hand, and by turns where it is so set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from monitor.abusive.cap import Share, fitting, say_spent, share_of, shares
from monitor.activity import record
from monitor.desk import Refused, bounded, get, pass_on, required, take, workable
from monitor.models import Activity, Memo, Mention, User
from monitor.settings import Settings
from monitor.teamwork.memos import tell
from monitor.teamwork.skills import skills_of, suiting, suits
from monitor.teamwork.team import PersonSettings
from monitor.words import Happened, Role, Status

CANDIDATES = 20  # read at once; each is tried in turn, so that people who ask in the same moment spread over them
AT_ONCE = 50
WAITING = (Mention.status == Status.OPEN, Mention.hidden.is_(None), Mention.assignee_id.is_(None))


def take_next(session: Session, user: User, settings: Settings, now: datetime) -> Mention | None:
    """Claim the most pressing mention that nobody holds: first of those that suit the person, then of all.

    Never gives the same one to two people, and nothing abusive to who has had their share of it today. None where
    nothing waits.
    """
    bearable = fitting(session, user, settings, now)
    suited = and_(bearable, suiting(skills_of(settings, user)))
    return claim_first(session, user, suited, now) or claim_first(session, user, bearable, now)


def why_nothing(session: Session, user: User, settings: Settings, now: datetime) -> str:
    """Why nobody was given anything: nothing waits, or only what attacks people and they have had their share."""
    waits = select(Mention.id).where(*WAITING, Mention.abuse.is_(True)).limit(1)
    share = share_of(session, user.id, settings, now)
    if share.spent and session.scalar(waits) is not None:
        return say_spent(share, user, user)
    return "Nothing waits unclaimed."


def claim_first(session: Session, user: User, wanted: ColumnElement[bool], now: datetime) -> Mention | None:
    """The most pressing one that could be claimed. Others may be claiming the same ones at this moment."""
    order = (Mention.press_rank, Mention.press_at, Mention.id)
    statement = select(Mention.id).where(*WAITING, wanted).order_by(*order).limit(CANDIDATES)
    while candidates := session.scalars(statement).all():
        for mention_id in candidates:
            if take(session, mention_id, user, now):
                record(session, Happened.CLAIMED, now, mention_id=mention_id, user_id=user.id, next=True)
                return get(session, mention_id)
    return None


def assign(session: Session, mention_id: int, user: User, to: User, reason: str, now: datetime) -> Mention:
    """Give a mention to a colleague. What somebody else holds is theirs to give, or a lead's, with a reason."""
    mention = workable(session, mention_id)
    holder = mention.assignee
    if not to.active:
        raise Refused(f"{to.name} no longer works here.")
    if holder and holder.id == to.id:
        return mention
    if holder is None:
        if not take(session, mention_id, to, now):
            raise Refused("Somebody changed this mention in the same moment; look again.")
    else:
        may_give(holder, user, reason)
        pass_on(session, mention_id, holder.id, to, now)
    data: dict[str, Any] = {
        "to": to.name,
        "to_id": to.id,
        **({"from": holder.name, "from_id": holder.id} if holder else {}),
    }
    if reason.strip():
        data["reason"] = bounded(reason)
    line = record(session, Happened.ASSIGNED, now, mention_id=mention_id, user_id=user.id, **data)
    for told in {to.id, holder.id if holder else to.id} - {user.id}:
        tell(session, line, told)
    return get(session, mention_id)


def may_give(holder: User, user: User, reason: str) -> None:
    """Raises `Refused` or `Invalid` where it is not theirs to give away."""
    if holder.id == user.id:
        return
    if user.role == Role.AGENT:
        raise Refused(f"{holder.name} holds this mention; only they or a lead can give it to somebody else.")
    required(reason, f"a reason; {holder.name} will see it")


@dataclass(frozen=True)
class Free:
    """Somebody who can be given work."""

    user: User
    skills: PersonSettings
    load: int  # open mentions that they hold
    given_last: int  # the id of the line that gave them one by turns; 0: never
    share: Share  # of what attacks people


def assign_waiting(session: Session, settings: Settings, present: Iterable[int], now: datetime) -> int:
    """Give what waits to whoever is at a board, in the way that is set; how many were given."""
    free = find_free(session, settings, present, now)
    if settings.claims.assign == "by-hand" or not free:
        return 0
    order = (Mention.press_rank, Mention.press_at, Mention.id)
    owed = (Mention.first_reply_at.is_(None), Mention.judged_at.is_not(None))
    statement = select(Mention).where(*WAITING, *owed).order_by(*order).limit(AT_ONCE)
    given = 0
    for mention in session.scalars(statement).all():
        chosen = choose(free, mention, settings)
        if chosen and take(session, mention.id, chosen.user, now):
            data: dict[str, Any] = {"to": chosen.user.name, "to_id": chosen.user.id}
            line = record(session, Happened.ASSIGNED, now, mention_id=mention.id, **data)
            tell(session, line, chosen.user.id)
            session.flush()
            given += 1
            busier = replace(chosen, load=chosen.load + 1, given_last=line.id, share=chosen.share.after(mention.abuse))
            free = [busier if one is chosen else one for one in free]
    return given


def choose(free: Sequence[Free], mention: Mention, settings: Settings) -> Free | None:
    """Whose turn it is: of those whom it suits and who have room, else of all who have room."""
    room = [one for one in free if one.load < settings.claims.most and not (mention.abuse and one.share.spent)]
    suited = [one for one in room if suits(mention, one.skills)] or room
    if settings.claims.assign == "least-loaded":
        return min(suited, key=lambda one: (one.load, one.given_last, one.user.id), default=None)
    return min(suited, key=lambda one: (one.given_last, one.user.id), default=None)


def find_free(session: Session, settings: Settings, present: Iterable[int], now: datetime) -> list[Free]:
    """Everybody who is at a board, with what they hold, what they had, and when they were last given something."""
    users = session.scalars(select(User).where(User.id.in_(list(present)), User.active).order_by(User.id)).all()
    open_held = (Mention.status == Status.OPEN, Mention.assignee_id.in_([user.id for user in users]))
    held = select(Mention.assignee_id, func.count()).where(*open_held).group_by(Mention.assignee_id)
    loads = dict(session.execute(held).all())
    by_turns = (Activity.happened == Happened.ASSIGNED, Activity.user_id.is_(None))
    given = select(Memo.user_id, func.max(Activity.id)).join(Memo.activity).where(*by_turns).group_by(Memo.user_id)
    last = dict(session.execute(given).all())
    had = shares(session, [user.id for user in users], settings, now)
    return [
        Free(user, skills_of(settings, user), loads.get(user.id, 0), last.get(user.id, 0), had[user.id])
        for user in users
    ]
