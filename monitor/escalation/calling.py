"""Calling a group: its channel through the outbox and each member's board, once for each step of an escalation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.alerting.alerts import alert_channels, queue
from monitor.escalation.settings import LEAD, GroupSettings, group_named
from monitor.escalation.telling import ESCALATION
from monitor.models import Activity, Escalation, User
from monitor.settings import Settings
from monitor.teamwork.memos import tell
from monitor.words import Role


def call(session: Session, escalation: Escalation, line: Activity, settings: Settings, now: datetime) -> None:
    """Tell the group that an escalation is before now; `line` is that of the audit trail which says so."""
    group = group_named(settings.groups, escalation.group) or GroupSettings(name=LEAD)
    queue(session, [notification(escalation, channel, now) for channel in channels_of(group, settings)])
    for member in members_of(session, group):
        if member.id != escalation.user_id:
            tell(session, line, member.id)


def channels_of(group: GroupSettings, settings: Settings) -> Sequence[str]:
    return (group.channel,) if group.channel else [channel.name for channel in alert_channels(settings)]


def members_of(session: Session, group: GroupSettings) -> Sequence[User]:
    """Those who work here now; a name that nobody has calls nobody."""
    team = session.scalars(select(User).where(User.active).order_by(User.id)).all()
    if group.name == LEAD and not group.members:
        return [user for user in team if user.role != Role.AGENT]
    named = {name.lower() for name in group.members}
    return [user for user in team if user.name.lower() in named]


def notification(escalation: Escalation, channel: str, now: datetime) -> dict[str, Any]:
    """An outbox row whose key is the step: however often it is tried, the channel is called once for each."""
    return {
        "key": f"{ESCALATION}:{escalation.id}:{escalation.step}:{channel}",
        "channel": channel,
        "kind": ESCALATION,
        "mention_id": escalation.mention_id,
        "payload": {"escalation": escalation.id, "step": escalation.step},
        "next_attempt_at": now,
        "created_at": now,
    }
