"""Weighing the signals of stored mentions: at triage, and again whenever what they rest on has changed.

`Mention.weigh_at` is the queue: whoever changes something that signals rest on sets it, in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.alerting.alerts import alert_urgent
from monitor.collecting.hiding import choose_hiding
from monitor.judging.press import due_at, press
from monitor.models import Mention
from monitor.settings import BrandSettings, Settings
from monitor.signals.facts import gather_facts
from monitor.signals.weighing import Weighed, weigh
from monitor.store import Store
from monitor.words import NOT_CLOSED, Happened, Hidden

BATCH = 200


def weigh_due(store: Store, settings: Settings, now: datetime, size: int = BATCH) -> int:
    """Weigh up to `size` mentions whose time has come, and alert whom a lift concerns; how many were looked at."""
    with store.read() as session:
        statement = select(Mention.id).where(Mention.weigh_at <= now).order_by(Mention.weigh_at).limit(size)
        due = session.scalars(statement).all()
    if not due:
        return 0
    with store.write() as session:
        lifted = lift_mentions(session, due, settings, now)
        alert_urgent(session, lifted, settings, now)
    return len(due)


def lift_mentions(session: Session, mention_ids: Sequence[int], settings: Settings, now: datetime) -> list[int]:
    """Weigh the signals of mentions that wait for an answer; the ids of those whose lift is another than before.

    Weighing again without anything new changes nothing.
    """
    mentions = load(session, mention_ids)
    waiting = [mention for mention in mentions if is_waiting(mention)]
    for mention in mentions:
        mention.weigh_at = None
    brands = {mention.brand_id: settings.brand(mention.brand.name) for mention in waiting}
    lately = max((brand.signals.heat.within for brand in brands.values()), default=timedelta())
    facts = gather_facts(session, waiting, now - lately)
    changed = []
    for mention in waiting:
        brand = brands[mention.brand_id]
        if keep(session, mention, weigh(facts[mention.id], brand, now), brand, now):
            changed.append(mention.id)
    return changed


def load(session: Session, mention_ids: Sequence[int]) -> Sequence[Mention]:
    """As they stand now; PostgreSQL locks them, in one order for all, and on SQLite a writer has locked everything."""
    statement = select(Mention).where(Mention.id.in_(mention_ids)).order_by(Mention.id).with_for_update(of=Mention)
    together = joinedload(Mention.author), joinedload(Mention.brand)
    return session.scalars(statement.options(*together).execution_options(populate_existing=True)).all()


def is_waiting(mention: Mention) -> bool:
    return mention.judged_at is not None and mention.status in NOT_CLOSED and mention.first_reply_at is None


def keep(session: Session, mention: Mention, weighed: Weighed, brand: BrandSettings, now: datetime) -> bool:
    """Write down what was weighed; whether the lift is another than before, which moves due time and place."""
    signals = [signal.as_json() for signal in weighed.signals]
    if signals != mention.signals:
        mention.signals = signals
    mention.weigh_at = weighed.weigh_at
    if weighed.lifted_to == mention.lifted_to:
        return False
    before, mention.lifted_to = mention.effective_urgency, weighed.lifted_to
    place(mention, brand, now)
    why = [signal.evidence for signal in weighed.signals if signal.lifts]
    changed: dict[str, Any] = {"from": before, "to": mention.effective_urgency, "why": why}
    record(session, Happened.LIFTED, now, mention_id=mention.id, lifted=weighed.lifted_to is not None, **changed)
    return True


def place(mention: Mention, brand: BrandSettings, now: datetime) -> None:
    """When it is due and where it stands in the queue, by the urgency that counts; nothing urgent stays hidden."""
    urgency = mention.effective_urgency
    mention.due_at = due_at(urgency or "normal", mention.posted_at, brand)
    mention.press_rank, mention.press_at = press(
        urgency, mention.due_at, mention.posted_at, answered=False, status=mention.status
    )
    muted_until = mention.author.muted_until if mention.author else None
    if mention.hidden == Hidden.THREAD and urgency != "urgent":
        return  # its conversation stays muted, whoever writes in it
    if mention.hidden and not choose_hiding(mention.text, urgency, muted_until, now):
        mention.hidden = None
