"""Two colleagues at work on the busy desk of the pictures: claims, answers, promises, and the hard ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import desk, users
from monitor.escalation.commands import escalate
from monitor.incidents import commands as incidents
from monitor.judging import correcting
from monitor.models import Mention, User
from monitor.promises.commands import log_reply
from monitor.saved_replies import commands as saved_replies
from monitor.settings import Settings
from monitor.words import Status

ANSWER = "Hi, I am with you now. The gate knows, and I will call you back by 17:00 today."
SAVED = saved_replies.Draft(
    title="Bag not there on arrival",
    text="Hi {author_name}, I am sorry your bag is not with you. Please send us its tag number by message.",
    needs=("delivery", "service"),
)


def act_out_shift(session: Session, me: User, settings: Settings, now: datetime) -> None:
    """Ana, who looks at the pictures, and Ben share what is pressing."""
    ben = users.add_user(session, "Ben Osei-Tutu", "agent", now)
    pressing = session.scalars(
        select(Mention).where(Mention.status == Status.OPEN).order_by(Mention.press_rank, Mention.press_at, Mention.id)
    ).all()
    for mention in pressing[1:12:4]:
        desk.claim(session, mention.id, ben, now - timedelta(minutes=3))
    for mention in pressing[2:12:5]:
        desk.claim(session, mention.id, me, now - timedelta(minutes=1))
    desk.add_note(session, pressing[2].id, ben, "Called the gate; they hold the door until 12:40.", now)
    log_reply(session, pressing[2].id, me, ANSWER, "https://x.example/1", settings.brand, now)
    desk.snooze(
        session, pressing[9].id, ben if pressing[9].assignee_id == ben.id else me, now + timedelta(hours=3), now
    )
    act_out_hard_ones(session, pressing[12:], me, settings, now)
    saved_replies.add(session, SAVED, me, now)


def act_out_hard_ones(
    session: Session, mentions: Sequence[Mention], me: User, settings: Settings, now: datetime
) -> None:
    """An incident, an escalation and two judgements that were looked at."""
    incidents.open_new(session, me, "Kiosks at Manchester T2 are dead", [one.id for one in mentions[:3]], now)
    escalate(session, mentions[3].id, me, "lead", "She asks for our lawyers; I would rather not guess.", settings, now)
    correcting.relabel(session, mentions[4].id, me, {"urgency": "normal", "need": "question"}, settings.brand, now)
    correcting.confirm(session, mentions[5].id, me, now)
