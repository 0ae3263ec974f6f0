"""Claiming, taking over and giving, sparing whoever has had their share of what attacks people today."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor import desk
from monitor.abusive.cap import refuse_spent
from monitor.models import Mention, User
from monitor.settings import Settings
from monitor.teamwork import assigning


def claim(session: Session, mention_id: int, user: User, settings: Settings, now: datetime) -> Mention:
    """`desk.claim`; raises `Refused` where they have had their share."""
    mention = desk.get(session, mention_id)
    if mention.assignee_id is None:
        refuse_spent(session, mention, user, settings, now)
    return desk.claim(session, mention_id, user, now)


def take_over(session: Session, mention_id: int, user: User, reason: str, settings: Settings, now: datetime) -> Mention:
    """`desk.take_over`; raises `Refused` where they have had their share."""
    refuse_spent(session, desk.get(session, mention_id), user, settings, now)
    return desk.take_over(session, mention_id, user, reason, now)


def assign(
    session: Session, mention_id: int, user: User, to: User, reason: str, settings: Settings, now: datetime
) -> Mention:
    """`assigning.assign`; raises `Refused` where whom it is given to has had their share."""
    refuse_spent(session, desk.get(session, mention_id), to, settings, now, by=user)
    return assigning.assign(session, mention_id, user, to, reason, now)
