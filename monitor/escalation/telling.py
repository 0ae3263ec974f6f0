"""What a channel is told of an escalation, made when it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from monitor.abusive.masking import mask
from monitor.alerting.alerts import Moot, author_name, facts, mention_data, refuse_moot
from monitor.alerting.folding import quote
from monitor.channels.base import Link, Message
from monitor.models import Escalation, Mention
from monitor.settings import Settings
from monitor.translating import _
from monitor.translations.dates import say_span
from monitor.urls import board_url, mention_url
from monitor.wording import excerpt, platform_title

ESCALATION = "escalation"  # the kind of these notifications


def escalation_message(session: Session, payload: Mapping[str, Any], settings: Settings, now: datetime) -> Message:
    """What to say of one step of an escalation. Raises `Moot` where somebody has it, or it has gone on."""
    escalation = load(session, payload["escalation"])
    refuse_over(escalation, payload["step"])
    mention = escalation.mention
    refuse_moot(mention)
    return Message(
        kind=ESCALATION,
        title=title(escalation),
        quote=quote(mention),
        lines=(asked(escalation), waited(escalation, now)),
        fields=tuple(facts(mention, settings, now)),
        links=(
            Link(_("Open in mentiondesk"), mention_url(settings, mention.id)),
            Link(_("All escalations"), f"{board_url(settings)}/escalations"),
        ),
        data={"escalation": escalation_data(escalation), "mention": mention_data(mention, settings)},
    )


def load(session: Session, escalation_id: int) -> Escalation:
    mention = joinedload(Escalation.mention)
    together = (mention.joinedload(one) for one in (Mention.author, Mention.brand, Mention.assignee))
    return session.get_one(Escalation, escalation_id, options=[joinedload(Escalation.user), *together])


def refuse_over(escalation: Escalation, step: int) -> None:
    if escalation.closed_at:
        raise Moot("The escalation was settled before it could be sent.")
    if escalation.taken_at:
        raise Moot("Somebody took it on before it could be sent.")
    if escalation.step != step:
        raise Moot("It went on to the next group before it could be sent.")


def title(escalation: Escalation) -> str:
    """`Escalated to legal: Dana R. (@dana) on X`."""
    mention = escalation.mention
    group, platform = excerpt(escalation.group, 60), platform_title(mention.source)
    where = {"group": group, "who": author_name(mention), "platform": platform}
    if escalation.step:
        return _("Escalated further to %(group)s: %(who)s on %(platform)s", **where)
    return _("Escalated to %(group)s: %(who)s on %(platform)s", **where)


def asked(escalation: Escalation) -> str:
    """`Ana: they name a judge`."""
    return f"{excerpt(escalation.user.name, 60)}: {mask(excerpt(escalation.reason, 400))}"


def waited(escalation: Escalation, now: datetime) -> str:
    return _("It waits for somebody to take it on, since %(span)s.", span=say_span(now - escalation.created_at))


def escalation_data(escalation: Escalation) -> dict[str, Any]:
    """The escalation for programs."""
    return {
        "id": escalation.id,
        "group": escalation.group,
        "step": escalation.step,
        "by": escalation.user.name,
        "reason": escalation.reason,
        "created_at": escalation.created_at.isoformat(),
    }
