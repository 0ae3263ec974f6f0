"""The clock's part: reminds who promised before it is due, and says it aloud when a promise was broken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.alerting.alerts import alert_channels, queue
from monitor.escalation.calling import members_of
from monitor.escalation.settings import LEAD, GroupSettings, group_named
from monitor.models import Mention, Promise
from monitor.promises.telling import BROKEN, DUE, PROMISE
from monitor.settings import ChannelSettings, PromiseSettings, Settings
from monitor.teamwork.memos import tell
from monitor.words import Happened, PromiseState, Status

AT_ONCE = 200  # promises told of in one transaction


def watch_promises(session: Session, settings: Settings, now: datetime) -> int:
    """Remind, break and put away what it is time for, each promise once; how many. Made to be called often."""
    dismissed = dismiss_of_gone(session, now)
    broken = break_due(session, settings, now)
    reminded = remind(session, settings, now)
    for what, promises in ((BROKEN, broken), (DUE, reminded)):
        queue(session, [notification(what, promises, channel, now) for channel in told(settings, what) if promises])
    return dismissed + len(broken) + len(reminded)


def dismiss_of_gone(session: Session, now: datetime) -> int:
    """There is nobody left to keep a promise to where the author deleted the post."""
    gone = select(Mention.id).where(Mention.status == Status.GONE)
    waiting = Promise.settled_at.is_(None), Promise.mention_id.in_(gone)
    values = {"state": PromiseState.DISMISSED, "settled_at": now}
    rows = session.execute(
        update(Promise).where(*waiting).values(values).returning(Promise.id, Promise.mention_id)
    ).all()
    for row in rows:
        data: dict[str, Any] = {"promise_id": row.id, "reason": "the author deleted the post"}
        record(session, Happened.PROMISE_DISMISSED, now, mention_id=row.mention_id, **data)
    return len(rows)


def break_due(session: Session, settings: Settings, now: datetime) -> Sequence[Promise]:
    """Promises whose time has passed, which the leads are told of too; whoever is faster to keep one has kept it."""
    over = select(Promise.id).where(Promise.state == PromiseState.OPEN, Promise.due_at <= now)
    chosen = over.order_by(Promise.due_at, Promise.id).limit(AT_ONCE)
    still_open = Promise.id.in_(chosen), Promise.state == PromiseState.OPEN
    broken = session.scalars(
        update(Promise).where(*still_open).values(state=PromiseState.BROKEN).returning(Promise.id)
    ).all()
    leads = group_named(settings.groups, LEAD) or GroupSettings(name=LEAD)
    also = [lead.id for lead in members_of(session, leads)] if broken else []
    return tell_of(session, broken, Happened.PROMISE_BROKEN, now, also)


def remind(session: Session, settings: Settings, now: datetime) -> Sequence[Promise]:
    """Promises that are due soon, by their brand's rule; one given within that time needs no reminder."""
    ahead = max([PromiseSettings().remind, *(brand.promises.remind for brand in settings.brands)])
    near = select(Promise).where(
        Promise.state == PromiseState.OPEN, Promise.due_at.between(now, now + ahead), Promise.reminded_at.is_(None)
    )
    brand = joinedload(Promise.mention).joinedload(Mention.brand)
    found = session.scalars(near.order_by(Promise.due_at).limit(AT_ONCE).options(brand)).all()
    chosen = [promise.id for promise in found if needs_reminder(promise, settings, now)]
    session.execute(update(Promise).where(Promise.id.in_(chosen)).values(reminded_at=now))
    return tell_of(session, chosen, Happened.PROMISE_REMINDED, now)


def needs_reminder(promise: Promise, settings: Settings, now: datetime) -> bool:
    moment = promise.due_at - settings.brand(promise.mention.brand.name).promises.remind
    return promise.created_at < moment <= now


def tell_of(
    session: Session, ids: Sequence[int], happened: Happened, now: datetime, also: Sequence[int] = ()
) -> Sequence[Promise]:
    """Write a line for each, and put it before who gave the promise, who holds the mention, and others by their ids."""
    chosen = select(Promise).where(Promise.id.in_(ids)).order_by(Promise.due_at).options(joinedload(Promise.mention))
    promises = session.scalars(chosen.execution_options(populate_existing=True)).all()
    for promise in promises:
        data: dict[str, Any] = {"promise_id": promise.id, "due": promise.due_at.isoformat()}
        line = record(session, happened, now, mention_id=promise.mention_id, **data)
        for user_id in {promise.user_id, promise.mention.assignee_id, *also}:
            if user_id is not None:
                tell(session, line, user_id)
    return promises


def told(settings: Settings, what: str) -> Sequence[ChannelSettings]:
    """The channels that ask for promises. Where none does, what was broken is told wherever alerts go."""
    asking = [channel for channel in settings.channels if channel.promises]
    return asking or (alert_channels(settings) if what == BROKEN else ())


def notification(what: str, promises: Sequence[Promise], channel: ChannelSettings, now: datetime) -> dict[str, Any]:
    """One outbox row for all of them: a bad hour at the desk must not be a hundred messages."""
    first = promises[0]
    return {
        "key": f"{PROMISE}:{what}:{first.id}:{first.due_at.isoformat()}:{channel.name}",
        "channel": channel.name,
        "kind": PROMISE,
        "payload": {"what": what, "promises": [promise.id for promise in promises]},
        "next_attempt_at": now,
        "created_at": now,
    }
