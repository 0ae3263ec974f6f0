"""The cap: how many mentions that attack people one person takes in a day, and how a lead lifts it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import Refused, required
from monitor.models import AbuseTurn, CapLift, Mention, User
from monitor.settings import Settings
from monitor.store import insert
from monitor.words import Happened, Role


class Spent(Refused):
    """Somebody has had their share of the day; the message says whose, and who may do what about it."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many mentions that attack people somebody took today, and how many they may; None: any number."""

    taken: int
    most: int | None
    lifted: bool = False  # by a lead, until the day ends

    @property
    def spent(self) -> bool:
        return self.most is not None and not self.lifted and self.taken >= self.most

    def after(self, abuse: bool | None) -> "Share":
        """As it is with one more mention."""
        return replace(self, taken=self.taken + bool(abuse))


def share_of(session: Session, user_id: int, settings: Settings, now: datetime) -> Share:
    return shares(session, [user_id], settings, now)[user_id]


def shares(session: Session, user_ids: Sequence[int], settings: Settings, now: datetime) -> dict[int, Share]:
    """The share of each. What a person has found not to be abusive no longer counts."""
    turns = select(func.count(AbuseTurn.user_id)).join(Mention, Mention.id == AbuseTurn.mention_id)
    today = (AbuseTurn.user_id == User.id, AbuseTurn.at >= day_of(settings, now)[0], Mention.abuse.is_(True))
    lifted = select(CapLift.user_id).where(CapLift.user_id == User.id, CapLift.until > now).exists()
    asked = select(User.id, turns.where(*today).scalar_subquery(), lifted).where(User.id.in_(user_ids))
    most = settings.claims.most_abusive
    return {user_id: Share(taken, most, is_lifted) for user_id, taken, is_lifted in session.execute(asked)}


def day_of(settings: Settings, now: datetime) -> tuple[datetime, datetime]:
    """When the desk's present day began and ends, by the clock of its first brand."""
    zone = settings.brands[0].zone if settings.brands else UTC
    today = now.astimezone(zone).date()
    begins, ends = (datetime.combine(day, time(), zone) for day in (today, today + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def lock_share(session: Session, user_id: int) -> None:
    """Until this transaction ends nobody else counts for them. SQLite has locked everything as it is."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def fitting(session: Session, user: User, settings: Settings, now: datetime) -> ColumnElement[bool]:
    """Which mentions somebody can still be given: all, or those that attack nobody."""
    lock_share(session, user.id)
    return Mention.abuse.is_not(True) if share_of(session, user.id, settings, now).spent else true()


def refuse_spent(
    session: Session, mention: Mention, to: User, settings: Settings, now: datetime, by: User | None = None
) -> None:
    """Raises `Spent` where somebody has had their share of the day and the mention attacks people."""
    if not mention.abuse or mention.assignee_id == to.id:
        return
    lock_share(session, to.id)
    share = share_of(session, to.id, settings, now)
    if share.spent:
        raise Spent(say_spent(share, to, by or to))


def say_spent(share: Share, to: User, by: User) -> str:
    if to.id == by.id:
        return (
            f"You have had your share of abusive mentions today ({share.taken}), and that is enough for one person. "
            "Leave this one to a colleague, or ask a lead to let you take more."
        )
    return (
        f"{to.name} had their share of abusive mentions today ({share.taken}), and that is enough for one person. "
        "Give it to somebody else, or let a lead lift the cap."
    )


def lift_cap(session: Session, to: User, user: User, reason: str, settings: Settings, now: datetime) -> None:
    """Let somebody take more until the day ends. A lead may; who and why is kept."""
    if user.role == Role.AGENT:
        raise Refused("Only a lead lifts the cap.")
    reason = required(reason, "a reason for lifting the cap")
    values = {"until": day_of(settings, now)[1], "by_id": user.id, "reason": reason}
    row = insert(session, CapLift).values(user_id=to.id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_=values))
    record(session, Happened.CAP_LIFTED, now, user_id=user.id, to=to.name, to_id=to.id, reason=reason)
