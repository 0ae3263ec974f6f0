"""Claiming, taking over, giving and handing over, sparing whoever has had their share of what attacks people today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor import desk
from monitor.abusive.cap import Spent, refuse_spent
from monitor.models import Mention, User
from monitor.settings import Settings
from monitor.teamwork import assigning, handover
from monitor.words import NOT_CLOSED


def claim(session: Session, mention_id: int, user: User, settings: Settings, now: datetime) -> Mention:
    """`desk.claim`; raises `Spent` where they have had their share."""
    mention = desk.get(session, mention_id)
    if mention.assignee_id is None:
        refuse_spent(session, mention, user, settings, now)
    return desk.claim(session, mention_id, user, now)


def take_over(session: Session, mention_id: int, user: User, reason: str, settings: Settings, now: datetime) -> Mention:
    """`desk.take_over`; raises `Spent` where they have had their share."""
    refuse_spent(session, desk.get(session, mention_id), user, settings, now)
    return desk.take_over(session, mention_id, user, reason, now)


def assign(
    session: Session, mention_id: int, user: User, to: User, reason: str, settings: Settings, now: datetime
) -> Mention:
    """`assigning.assign`; raises `Spent` where whom it is given to has had their share."""
    refuse_spent(session, desk.get(session, mention_id), to, settings, now, by=user)
    return assigning.assign(session, mention_id, user, to, reason, now)


@dataclass(frozen=True, slots=True)
class Handing:
    """A mention that is to be handed over: to a colleague, or back to the queue (`to` None)."""

    mention_id: int
    to: User | None
    note: str


def hand_over_all(
    session: Session, handings: Iterable[Handing], user: User, settings: Settings, now: datetime
) -> dict[int, str]:
    """Hand over each, all or none; only what would be too much abuse for its receiver stays: why, by its id."""
    stays: dict[int, str] = {}
    for one in handings:
        try:
            hand_over(session, one, user, settings, now)
        except Spent as refusal:
            stays[one.mention_id] = str(refusal)
    return stays


def hand_over(session: Session, handing: Handing, user: User, settings: Settings, now: datetime) -> None:
    """`handover.hand_over`; raises `Spent`, with nothing done, where whom it is for has had their share."""
    mention = desk.get(session, handing.mention_id)
    changes_hands = mention.status in NOT_CLOSED and mention.assignee_id in (user.id, None)
    if handing.to is not None and changes_hands:
        refuse_spent(session, mention, handing.to, settings, now, by=user)
    handover.hand_over(session, handing.mention_id, user, handing.to, handing.note, now)
