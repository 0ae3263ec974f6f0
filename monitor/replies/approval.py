"""Approving replies: a second person says yes, says it better, or says no and why."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import Invalid, Refused, get, required
from monitor.models import Mention, Reply, User
from monitor.replies.commands import drop_followers, find, move
from monitor.replies.offering import rule_of
from monitor.settings import Settings
from monitor.teamwork.memos import tell
from monitor.words import Happened, ReplyState, Role

AT_ONCE = 50


def approve(session: Session, reply_id: int, user: User, settings: Settings, now: datetime, text: str = "") -> Reply:
    """Let a reply go out, in other words where some are given. Raises `Refused` for one's own and for agents."""
    asked = may_decide(session, reply_id, user)
    was = asked.text
    text = required(text, "the text of the reply") if text.strip() else was
    rule = rule_of(get(session, asked.mention_id), settings)
    if rule and text != was and (over := -rule.left(text)) > 0:
        raise Invalid(f"The reply is {over:,} characters too long; shorten it.")
    values = {"state": ReplyState.QUEUED, "text": text, "next_at": now, "decided_by_id": user.id, "decided_at": now}
    reply = move(session, reply_id, (ReplyState.ASKED,), values)
    changed = {"was": was} if text != was else {}
    decide(session, reply, Happened.REPLY_APPROVED, user, now, **changed)
    return reply


def refuse(session: Session, reply_id: int, user: User, reason: str, now: datetime) -> Reply:
    """Keep a reply from going out; whoever wrote it is told why, and may write it anew."""
    reason = required(reason, "a reason; whoever wrote it will see it")
    may_decide(session, reply_id, user)
    values = {
        "state": ReplyState.REFUSED,
        "error": reason,
        "next_at": None,
        "decided_by_id": user.id,
        "decided_at": now,
    }
    reply = move(session, reply_id, (ReplyState.ASKED,), values)
    drop_followers(session, reply)
    decide(session, reply, Happened.REPLY_REFUSED, user, now, reason=reason)
    return reply


def may_decide(session: Session, reply_id: int, user: User) -> Reply:
    reply = find(session, reply_id)
    if user.role == Role.AGENT:
        raise Refused("Only a lead or an admin approves replies.")
    if reply.user_id == user.id:
        raise Refused("Somebody else has to approve what you wrote.")
    return reply


def decide(session: Session, reply: Reply, happened: Happened, user: User, now: datetime, **data: str) -> None:
    line = record(session, happened, now, mention_id=reply.mention_id, user_id=user.id, reply_id=reply.id, **data)
    holder_id = get(session, reply.mention_id).assignee_id  # who goes on with it, where its writer handed it over
    for told in {reply.user_id, holder_id} - {user.id, None}:
        tell(session, line, told or 0)


def list_asked(session: Session) -> list[tuple[Reply, Mention, list[str]]]:
    """What waits for approval, the longest waiting first; each with its mention and the parts that go on from it."""
    statement = select(Reply, Mention).join(Mention, Mention.id == Reply.mention_id)
    statement = statement.where(Reply.state == ReplyState.ASKED).order_by(Reply.created_at, Reply.id).limit(AT_ONCE)
    rows = session.execute(
        statement.options(joinedload(Reply.user), joinedload(Mention.author), joinedload(Mention.brand))
    ).all()
    return [(reply, mention, parts_after(session, reply)) for reply, mention in rows]


def parts_after(session: Session, reply: Reply) -> list[str]:
    """The texts of a thread that go on from its first part."""
    texts: list[str] = []
    last: int | None = reply.id
    while following := session.scalar(select(Reply).where(Reply.after_id == last)):
        texts.append(following.text)
        last = following.id
    return texts
