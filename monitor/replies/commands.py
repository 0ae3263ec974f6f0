"""What a person does with a reply that is sent from here: each in the caller's transaction, and in the audit trail."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import Invalid, NotFound, Refused, checked_url, get, refuse_unless_holder, required, workable
from monitor.models import Mention, Reply, User
from monitor.replies import outcomes
from monitor.replies.length import MOST_PARTS, Rule, split
from monitor.replies.offering import rule_of, why_not
from monitor.replies.rules import why_ask
from monitor.settings import Settings
from monitor.words import Happened, ReplyState, Role
from sources.base import Receipt
from sources.keys import make_key

LIVING = (
    ReplyState.ASKED,
    ReplyState.QUEUED,
    ReplyState.SENDING,
    ReplyState.UNKNOWN,
    ReplyState.SENT,
    ReplyState.VERIFIED,
    ReplyState.LOGGED,
    ReplyState.SEEN,
)
EDITABLE = (ReplyState.FAILED, ReplyState.REFUSED)
NOT_YET_OUT = (ReplyState.ASKED, ReplyState.QUEUED, *EDITABLE)
AGAIN = timedelta(days=1)  # the same words on the same mention within this time are a slip


def send(
    session: Session,
    mention_id: int,
    user: User,
    text: str,
    settings: Settings,
    now: datetime,
    as_thread: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> list[Reply]:
    """Put an answer on its way, through approval where the brand wants it; as several posts if that is said.

    Raises `Refused` where it cannot be sent from here or these words are on their way already, `Invalid` where they
    are too many.
    """
    text = required(text, "the text of the reply")
    mention = lock(session, mention_id)
    refuse_unless_holder(mention, user)
    if reason := why_not(session, mention, settings, environment):
        raise Refused(reason)
    parts = parts_of(text, rule_of(mention, settings), as_thread)
    refuse_twice(session, mention_id, parts[0], now)
    replies: list[Reply] = []
    for part in parts:
        replies.append(store(session, mention_id, user, part, replies[-1].id if replies else None, now))
    enter(session, replies[0], mention, user, settings, now)
    return replies


def lock(session: Session, mention_id: int) -> Mention:
    """The mention, held so that two answers to it are looked at one after the other."""
    session.execute(select(Mention.id).where(Mention.id == mention_id).with_for_update())
    return workable(session, mention_id)


def parts_of(text: str, rule: Rule | None, as_thread: bool) -> list[str]:
    """The posts that a text goes out as. Raises `Invalid` where it is too long for that."""
    over = -rule.left(text) if rule else 0
    if rule is None or over <= 0:
        return [text]
    parts = split(text, rule) if rule.threads else []
    if parts and as_thread and len(parts) <= MOST_PARTS:
        return parts
    hint = f", or send it as {len(parts)} posts" if 0 < len(parts) <= MOST_PARTS else ""
    raise Invalid(f"The reply is {over:,} {'character' if over == 1 else 'characters'} too long; shorten it{hint}.")


def refuse_twice(session: Session, mention_id: int, text: str, now: datetime) -> None:
    """A second press of a button, or a program that tries again, must not answer twice."""
    same = (Reply.mention_id == mention_id, Reply.text == text, Reply.state.in_(LIVING))
    if session.scalar(select(Reply.id).where(*same, Reply.created_at > now - AGAIN).limit(1)):
        raise Refused("This mention was answered with the same words already.")


def store(session: Session, mention_id: int, user: User, text: str, after_id: int | None, now: datetime) -> Reply:
    reply = Reply(
        mention_id=mention_id,
        user_id=user.id,
        user=user,
        text=text,
        after_id=after_id,
        state=ReplyState.QUEUED,
        next_at=now,
        created_at=now,
    )
    session.add(reply)
    session.flush()
    reply.key = make_key(now, reply.id)
    return reply


def enter(session: Session, reply: Reply, mention: Mention, user: User, settings: Settings, now: datetime) -> None:
    """Send a reply on its way, or before a colleague. What goes on from it waits for it either way."""
    rules = settings.brand(mention.brand.name).approval
    reply.asked_why = why_ask(rules, user.role, mention.effective_urgency, mention.abuse)
    if reply.asked_why:
        reply.state = ReplyState.ASKED
    happened = Happened.REPLY_ASKED if reply.asked_why else Happened.REPLY_QUEUED
    why = {"why": reply.asked_why} if reply.asked_why else {}
    record(session, happened, now, mention_id=mention.id, user_id=user.id, reply_id=reply.id, **why)
    session.flush()


def send_again(
    session: Session,
    reply_id: int,
    user: User,
    text: str,
    settings: Settings,
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> Reply:
    """Send a reply that was refused, with the text as it is now. It is a new one for the platform."""
    text = required(text, "the text of the reply")
    reply = find(session, reply_id)
    mention = lock(session, reply.mention_id)
    refuse_unless_holder(mention, user)
    if reason := why_not(session, mention, settings, environment):
        raise Refused(reason)
    (text,) = parts_of(text, rule_of(mention, settings), as_thread=False)
    refuse_twice(session, mention.id, text, now)
    fresh = {"text": text, "user_id": user.id, "key": make_key(now, reply_id), "attempts": 0, "attempted_at": None}
    fresh |= {"state": ReplyState.QUEUED, "error": "", "next_at": now, "decided_by_id": None, "decided_at": None}
    reply = move(session, reply_id, EDITABLE, {**fresh, "created_at": now})
    enter(session, reply, mention, user, settings, now)
    return reply


def withdraw(session: Session, reply_id: int, user: User, now: datetime) -> Reply:
    """Take back a reply that is not on its way yet, and what goes on from it. Writer, holder and leads may."""
    reply = find(session, reply_id)
    mention = get(session, reply.mention_id)
    if user.id not in (reply.user_id, mention.assignee_id) and user.role == Role.AGENT:
        raise Refused("Only whoever wrote this reply, holds the mention or leads can take it back.")
    if reply.attempted_at and reply.state == ReplyState.QUEUED:
        raise Refused("It was tried already; wait until it is known whether it is in public.")
    reply = move(session, reply_id, NOT_YET_OUT, {"state": ReplyState.WITHDRAWN, "next_at": None})
    drop_followers(session, reply)
    record(session, Happened.REPLY_WITHDRAWN, now, mention_id=mention.id, user_id=user.id, reply_id=reply.id)
    return reply


def drop_followers(session: Session, reply: Reply) -> None:
    """Withdraw the parts of a thread that were to go on from a reply which will not be sent."""
    ids = [reply.id]
    while ids:
        waiting = (Reply.after_id.in_(ids), Reply.state == ReplyState.QUEUED)
        statement = update(Reply).where(*waiting).values(state=ReplyState.WITHDRAWN, next_at=None)
        ids = list(session.scalars(statement.returning(Reply.id)))


def settle(
    session: Session, reply_id: int, user: User, there: bool, url: str, settings: Settings, now: datetime
) -> Reply:
    """Say what a look at the platform showed of a reply whose fate nobody knows; then it may be sent again, or not."""
    address = checked_url(url)
    reply = find(session, reply_id)
    if reply.state != ReplyState.UNKNOWN:
        raise Refused("It is known by now where this reply stands; look again.")
    if there:
        mention = get(session, reply.mention_id)
        outcomes.publish(session, reply, Receipt("", address), settings.brand(mention.brand.name), now, user)
        return find(session, reply_id)
    error = f"{user.name} looked: it is not on the platform."
    reply = move(
        session, reply_id, (ReplyState.UNKNOWN,), {"state": ReplyState.FAILED, "error": error, "next_at": None}
    )
    record(
        session,
        Happened.REPLY_FAILED,
        now,
        mention_id=reply.mention_id,
        user_id=user.id,
        reply_id=reply.id,
        reason=error,
    )
    return reply


def move(session: Session, reply_id: int, since: Collection[str], values: dict[str, Any]) -> Reply:
    """Change a reply that still stands where it was seen. Raises `Refused` where somebody was faster."""
    still = (Reply.id == reply_id, Reply.state.in_(since))
    moved = session.scalar(update(Reply).where(*still).values(values).returning(Reply.id))
    reply = find(session, reply_id)
    if moved is None:
        raise Refused(f"This reply is {reply.state} by now; look again.")
    return reply


def find(session: Session, reply_id: int, mention_id: int | None = None) -> Reply:
    """The reply as it stands now, where one is named only of that mention. Raises `NotFound`."""
    reply = session.get(Reply, reply_id, options=[joinedload(Reply.user)], populate_existing=True)
    if reply is None or mention_id not in (None, reply.mention_id):
        raise NotFound(f"There is no reply {reply_id}.")
    return reply
