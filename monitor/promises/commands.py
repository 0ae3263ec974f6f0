"""What a person does with a promise: each command in the caller's transaction, with its line in the audit trail."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session, joinedload

from monitor import desk
from monitor.activity import record
from monitor.desk import Invalid, NotFound, Refused, bounded, get, refuse_gone, required
from monitor.models import Mention, Promise, Reply, User
from monitor.promises.finding import find_promises
from monitor.promises.timing import FURTHEST, due_of, find_when
from monitor.settings import BrandSettings
from monitor.words import Happened, Promised, PromiseState, ReplyState

LONGEST = 500  # characters of what is promised
BY_HAND = "set by hand"
WAITING = (PromiseState.PROPOSED, PromiseState.OPEN)
SAID = (ReplyState.LOGGED, ReplyState.SEEN, ReplyState.SENT, ReplyState.VERIFIED)


def log_reply(
    session: Session,
    mention_id: int,
    user: User,
    text: str,
    url: str,
    brand: Callable[[str], BrandSettings],
    now: datetime,
) -> Reply:
    """Write down a public answer together with the promises in it; see `monitor.desk.log_reply`."""
    reply = desk.log_reply(session, mention_id, user, text, url, now)
    propose(session, reply, brand(get(session, mention_id).brand.name), now)
    return reply


def propose(session: Session, reply: Reply, brand: BrandSettings, now: datetime) -> list[Promise]:
    """Store what a reply commits us to, for a person to confirm; call it in the transaction that stores the reply.

    An old answer that is only now found on the platform proposes nothing that was due before it was.
    """
    promises = []
    for found in find_promises(reply.text):
        due = due_of(found.when, reply.created_at, brand.working_hours, brand.promises.within)
        if due.at <= now:
            continue
        promise = Promise(
            mention_id=reply.mention_id,
            reply_id=reply.id,
            user_id=reply.user_id,
            promised=found.promised,
            text=reply.text[found.start : found.end],
            begins=found.start,
            ends=found.end,
            due_at=due.at,
            rule=due.rule,
            state=PromiseState.PROPOSED,
            created_at=now,
        )
        promises.append(store(session, promise, Happened.PROMISE_PROPOSED, None, now))
    return promises


def add(
    session: Session,
    mention_id: int,
    user: User,
    text: str,
    due_at: datetime | None,
    brand: BrandSettings,
    now: datetime,
) -> Promise:
    """Write down a promise by hand. Without a due time it follows from the words: `call her back by Thursday`."""
    text = checked_text(text)
    refuse_gone(get(session, mention_id))
    found = due_of(find_when(text), now, brand.working_hours, brand.promises.within)
    promise = Promise(
        mention_id=mention_id,
        user_id=user.id,
        promised=Promised.OTHER,
        text=text,
        due_at=checked_due(due_at, now) if due_at else found.at,
        rule=BY_HAND if due_at else found.rule,
        state=PromiseState.OPEN,
        created_at=now,
    )
    return store(session, promise, Happened.PROMISED, user, now)


def store(session: Session, promise: Promise, happened: Happened, user: User | None, now: datetime) -> Promise:
    session.add(promise)
    session.flush()
    write_down(session, promise, happened, user, now, due=promise.due_at.isoformat())
    return promise


def confirm(session: Session, promise_id: int, user: User, now: datetime, due_at: datetime | None = None) -> Promise:
    """Say that a proposal is a promise, with another due time where one is given. A second time changes nothing."""
    promise = find(session, promise_id)
    if promise.state == PromiseState.OPEN and due_at in (None, promise.due_at):
        return promise
    values: dict[str, Any] = {"state": PromiseState.OPEN}
    if due_at and due_at != promise.due_at:
        values |= {"due_at": checked_due(due_at, now), "rule": BY_HAND}
    promise = move(session, promise_id, (PromiseState.PROPOSED,), values)
    write_down(session, promise, Happened.PROMISED, user, now, due=promise.due_at.isoformat())
    return promise


def change(session: Session, promise_id: int, user: User, text: str, due_at: datetime, now: datetime) -> Promise:
    """Put right what is promised or by when. A broken promise stays as it was; make a new one beside it."""
    values = {"text": checked_text(text), "due_at": checked_due(due_at, now), "reminded_at": None}
    before = find(session, promise_id)
    if (before.text, before.due_at) == (values["text"], values["due_at"]):
        return before
    old = before.due_at
    if values["due_at"] != old:
        values["rule"] = BY_HAND
    promise = move(session, promise_id, WAITING, values)
    data = {"was_due": old.isoformat(), "due": due_at.isoformat()}
    write_down(session, promise, Happened.PROMISE_CHANGED, user, now, **data)
    return promise


def dismiss(session: Session, promise_id: int, user: User, reason: str, now: datetime) -> Promise:
    """Say that a proposal is no promise. One that was given is put away only with a reason; a broken one stays so."""
    promise = find(session, promise_id)
    if promise.settled_at and promise.state in (PromiseState.DISMISSED, PromiseState.BROKEN):
        return promise
    proposed = promise.state == PromiseState.PROPOSED
    reason = bounded(reason) if proposed else required(reason, "a reason for putting a promise away")
    values: dict[str, Any] = {"settled_at": now, "settled_by_id": user.id}
    if promise.state != PromiseState.BROKEN:
        values["state"] = PromiseState.DISMISSED
    promise = move(session, promise_id, (promise.state,), values)
    write_down(session, promise, Happened.PROMISE_DISMISSED, user, now, **({"reason": reason} if reason else {}))
    return promise


def keep(session: Session, promise_id: int, user: User, now: datetime) -> Promise:
    """Say that we did what we promised. Links the answer that did it; what was done too late stays broken."""
    promise = find(session, promise_id)
    if promise.settled_at and promise.state in (PromiseState.KEPT, PromiseState.BROKEN):
        return promise
    kept_by = find_keeping_reply(session, promise)
    late = (kept_by.created_at if kept_by else now) > promise.due_at
    values: dict[str, Any] = {
        "state": PromiseState.BROKEN if late else PromiseState.KEPT,
        "settled_at": now,
        "settled_by_id": user.id,
        "kept_by_id": kept_by.id if kept_by else None,
    }
    promise = move(session, promise_id, (*WAITING, PromiseState.BROKEN), values)
    happened = Happened.PROMISE_MADE_GOOD if late else Happened.PROMISE_KEPT
    write_down(session, promise, happened, user, now, reply_id=promise.kept_by_id)
    return promise


def find_keeping_reply(session: Session, promise: Promise) -> Reply | None:
    """Our newest public answer on the mention since the promise was made; one in time goes before a later one."""
    later = select(Reply).where(Reply.mention_id == promise.mention_id, Reply.state.in_(SAID))
    later = later.where(Reply.created_at >= promise.created_at, Reply.id != (promise.reply_id or 0))
    in_time = case((Reply.created_at <= promise.due_at, 0), else_=1)
    return session.scalar(later.order_by(in_time, Reply.created_at.desc(), Reply.id.desc()).limit(1))


def move(session: Session, promise_id: int, since: Collection[str], values: dict[str, Any]) -> Promise:
    """Change a promise that still stands where it was seen. Raises `Refused` where somebody was faster."""
    open_still = (Promise.id == promise_id, Promise.state.in_(since), Promise.settled_at.is_(None))
    moved = session.scalar(update(Promise).where(*open_still).values(values).returning(Promise.id))
    promise = find(session, promise_id)
    if moved is None:
        raise Refused(f"This promise is {promise.state} already.")
    return promise


def find(session: Session, promise_id: int, mention_id: int | None = None) -> Promise:
    """The promise as it stands now, where one is named only of that mention. Raises `NotFound`."""
    brand = joinedload(Promise.mention).joinedload(Mention.brand)
    promise = session.get(Promise, promise_id, options=[brand], populate_existing=True)
    if promise is None or mention_id not in (None, promise.mention_id):
        raise NotFound(f"There is no promise {promise_id}.")
    return promise


def write_down(
    session: Session, promise: Promise, happened: Happened, user: User | None, now: datetime, **data: Any
) -> None:
    user_id = user.id if user else None
    record(session, happened, now, mention_id=promise.mention_id, user_id=user_id, promise_id=promise.id, **data)


def checked_text(text: str) -> str:
    text = required(text, "what is promised")
    if len(text) > LONGEST:
        raise Invalid(f"Say what is promised in at most {LONGEST} characters.")
    return text


def checked_due(due_at: datetime, now: datetime) -> datetime:
    """Raises `Invalid` for a moment that has passed or is too far away."""
    if due_at <= now:
        raise Invalid("A promise is due at a moment that is still to come.")
    if due_at - now > FURTHEST:
        raise Invalid("A promise lasts a year at most.")
    return due_at
