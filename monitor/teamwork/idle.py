"""Claims that nobody works on: a warning, and then back to the queue, so that no customer waits behind a holiday."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.hours import WorkingHours
from monitor.models import Activity, Draft, Mention, Reply
from monitor.settings import Settings
from monitor.teamwork.memos import tell
from monitor.words import Happened, ReplyState, Status

UNDER_WAY = (ReplyState.ASKED, ReplyState.QUEUED, ReplyState.SENDING)
ALWAYS_OPEN = WorkingHours(ZoneInfo("UTC"), {})
Times = dict[int | None, datetime]
Step = Literal["warn", "hand back"]


def next_step(
    worked_at: datetime,
    warned_at: datetime | None,
    span: timedelta,
    notice: timedelta,
    hours: WorkingHours,
    now: datetime,
) -> Step | None:
    """What is to be done about a claim on which somebody last worked at a moment, by working time.

    Nothing goes back without a warning that is at least `notice` old, however long the desk was off.
    """
    if warned_at is None or warned_at < worked_at:
        return "warn" if hours.add(worked_at, max(span - notice, timedelta())) <= now else None
    return "hand back" if max(hours.add(worked_at, span), hours.add(warned_at, notice)) <= now else None


def mind_idle_claims(session: Session, settings: Settings, now: datetime) -> int:
    """Warn the holders of idle claims and hand back what stayed idle; how many were handed back.

    Only where the customer still waits for a first answer: what was answered may wait for them.
    """
    span, notice = settings.claims.idle_after, settings.claims.warn_before
    if span is None:
        return 0
    held = find_held(session, now - max(span - notice, timedelta()))
    worked, warned = last_work(session, held), last_warning(session, held)
    returned = 0
    for mention in held:
        brand = settings.brand(mention.brand.name)
        hours = ALWAYS_OPEN if mention.effective_urgency == "urgent" else brand.working_hours
        worked_at = worked[mention.id]
        step = next_step(worked_at, warned.get(mention.id), span, notice, hours, now)
        if step == "warn":
            until = max(hours.add(worked_at, span), hours.add(now, notice))
            warn(session, mention, until, now)
        elif step == "hand back":
            returned += hand_back(session, mention, now)
    return returned


def find_held(session: Session, claimed_before: datetime) -> Sequence[Mention]:
    """Claimed mentions that still wait for a first answer, and for which none is under way."""
    owed = (Mention.status == Status.OPEN, Mention.assignee_id.is_not(None), Mention.first_reply_at.is_(None))
    under_way = exists().where(Reply.mention_id == Mention.id, Reply.state.in_(UNDER_WAY))
    statement = select(Mention).where(*owed, Mention.claimed_at <= claimed_before, ~under_way)
    return session.scalars(statement.options(joinedload(Mention.assignee), joinedload(Mention.brand))).all()


def last_work(session: Session, held: Sequence[Mention]) -> Times:
    """When each one's holder last did something about it: claimed, noted, corrected, or wrote at a draft."""
    ids = [mention.id for mention in held]
    acts = select(Activity.mention_id, func.max(Activity.at)).join(Mention, Mention.id == Activity.mention_id)
    acts = acts.where(Mention.id.in_(ids), Activity.user_id == Mention.assignee_id).group_by(Activity.mention_id)
    drafts = select(Draft.mention_id, Draft.saved_at).join(Mention, Mention.id == Draft.mention_id)
    drafts = drafts.where(Mention.id.in_(ids), Draft.user_id == Mention.assignee_id)
    found: Times = {mention.id: mention.claimed_at for mention in held if mention.claimed_at}
    for statement in (acts, drafts):
        for mention_id, at in session.execute(statement):
            found[mention_id] = max(found[mention_id], at)
    return found


def last_warning(session: Session, held: Sequence[Mention]) -> Times:
    warned = (Activity.mention_id.in_([mention.id for mention in held]), Activity.happened == Happened.IDLE_WARNED)
    statement = select(Activity.mention_id, func.max(Activity.at)).where(*warned).group_by(Activity.mention_id)
    return dict(session.execute(statement).all())


def warn(session: Session, mention: Mention, until: datetime, now: datetime) -> None:
    line = record(session, Happened.IDLE_WARNED, now, mention_id=mention.id, until=until.isoformat())
    if mention.assignee_id:
        tell(session, line, mention.assignee_id)


def hand_back(session: Session, mention: Mention, now: datetime) -> bool:
    """Whether it was still held by the same person, and is free now."""
    holder = mention.assignee
    if holder is None:
        return False
    back = update(Mention).where(Mention.id == mention.id, Mention.assignee_id == holder.id)
    if session.scalar(back.values(assignee_id=None, claimed_at=None).returning(Mention.id)) is None:
        return False
    data: dict[str, Any] = {"from": holder.name, "from_id": holder.id}
    tell(session, record(session, Happened.HANDED_BACK, now, mention_id=mention.id, **data), holder.id)
    return True
