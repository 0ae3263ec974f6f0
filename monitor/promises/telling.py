"""What a channel is told of promises, made when it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor.alerting.alerts import Moot, author_name, say_due
from monitor.alerting.phrases import say_rest
from monitor.channels.base import Link, Message
from monitor.models import Mention, Promise
from monitor.settings import Settings
from monitor.translating import _, ngettext
from monitor.urls import board_url, mention_url
from monitor.wording import excerpt
from monitor.words import PromiseState

PROMISE = "promise"  # the kind of these notifications
DUE, BROKEN = "due", "broken"
SHOWN = 20


def promise_message(session: Session, payload: Mapping[str, Any], settings: Settings, now: datetime) -> Message:
    """What to say of promises that are due soon, or were broken. Raises `Moot` where all of them are dealt with."""
    broken = payload["what"] == BROKEN
    promises = load(session, payload["promises"], PromiseState.BROKEN if broken else PromiseState.OPEN)
    if not promises:
        raise Moot("Every promise in it is dealt with.")
    return Message(
        kind=PROMISE,
        title=title(promises, broken),
        items=tuple(Link(line(one, settings, now), mention_url(settings, one.mention_id)) for one in promises[:SHOWN]),
        lines=say_rest(len(promises) - SHOWN),
        links=(Link(_("Promises"), f"{board_url(settings)}/promises"),),
        data={"promises": [promise_data(one, settings) for one in promises]},
    )


def load(session: Session, ids: Sequence[int], state: str) -> Sequence[Promise]:
    """Those that nobody has dealt with since, the most pressing first."""
    statement = select(Promise).where(Promise.id.in_(ids), Promise.state == state, Promise.settled_at.is_(None))
    mention = joinedload(Promise.mention)
    options = joinedload(Promise.user), mention.joinedload(Mention.author), mention.joinedload(Mention.brand)
    return session.scalars(statement.order_by(Promise.due_at, Promise.id).options(*options)).all()


def title(promises: Sequence[Promise], broken: bool) -> str:
    if broken:
        return ngettext("A promise was broken", "%(num)s promises were broken", len(promises))
    return ngettext("A promise is due soon", "%(num)s promises are due soon", len(promises))


def line(promise: Promise, settings: Settings, now: datetime) -> str:
    """`Ana to Dana R. (@dana): “I'll call you by noon”, due in 45 min (Wed 12:00 GMT)`; hostile."""
    return _(
        "%(who)s to %(author)s: “%(text)s”, due %(due)s",
        who=excerpt(promise.user.name, 60) if promise.user else _("We"),
        author=author_name(promise.mention),
        text=excerpt(promise.text, 120),
        due=say_due(promise.due_at, settings, promise.mention.brand.name, now),
    )


def promise_data(promise: Promise, settings: Settings) -> dict[str, Any]:
    """The promise for programs."""
    return {
        "id": promise.id,
        "mention": promise.mention_id,
        "by": promise.user.name if promise.user else None,
        "promised": promise.promised,
        "text": promise.text,
        "due_at": promise.due_at.isoformat(),
        "state": promise.state,
        "link": mention_url(settings, promise.mention_id),
    }
