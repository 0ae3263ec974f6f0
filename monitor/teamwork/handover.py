"""Handing over at the end of a shift: what one holds, promised and began to write, and who goes on with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from monitor import desk
from monitor.activity import record
from monitor.care.drafts import find_draft, forget_draft
from monitor.desk import NotFound, Refused, bounded, pass_on
from monitor.models import Activity, Draft, Memo, Mention, Note, Promise, Reply, User
from monitor.store import insert
from monitor.teamwork.memos import tell
from monitor.translating import _
from monitor.words import NOT_CLOSED, Happened, PromiseState, ReplyState, Status

WAITING = (ReplyState.ASKED, ReplyState.REFUSED, ReplyState.FAILED, ReplyState.UNKNOWN)
UNSETTLED = (PromiseState.PROPOSED, PromiseState.OPEN, PromiseState.BROKEN)


@dataclass
class Item:
    """One mention with which somebody is not done: because they hold it, or because of what they left there."""

    mention: Mention
    held: bool = False
    draft: Draft | None = None
    promises: list[Promise] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)  # that wait for approval, or for somebody to look at them


def at_hand(session: Session, user: User) -> list[Item]:
    """Everything that would be left behind, the most pressing mention first."""
    promises, replies, drafts = promised_by(session, user), left_by(session, user), written_by(session, user)
    left: tuple[Promise | Reply | Draft, ...] = (*promises, *replies, *drafts)
    named = {one.mention_id for one in left}
    held = (Mention.assignee_id == user.id) & Mention.status.in_(NOT_CLOSED)
    statement = select(Mention).where(or_(held, Mention.id.in_(named)), Mention.status != Status.GONE)
    loaded = (joinedload(Mention.author), joinedload(Mention.brand), joinedload(Mention.assignee))
    order = (Mention.press_rank, Mention.press_at, Mention.id)
    mentions = session.scalars(statement.options(*loaded).order_by(*order)).all()
    items = {one.id: Item(one, one.assignee_id == user.id and one.status in NOT_CLOSED) for one in mentions}
    for promise in promises:
        if promise.mention_id in items:
            items[promise.mention_id].promises.append(promise)
    for reply in replies:
        if reply.mention_id in items:
            items[reply.mention_id].replies.append(reply)
    for draft in drafts:
        if draft.mention_id in items:
            items[draft.mention_id].draft = draft
    return list(items.values())


def promised_by(session: Session, user: User) -> Sequence[Promise]:
    theirs = (Promise.user_id == user.id, Promise.settled_at.is_(None), Promise.state.in_(UNSETTLED))
    return session.scalars(select(Promise).where(*theirs).order_by(Promise.due_at)).all()


def left_by(session: Session, user: User) -> Sequence[Reply]:
    """Their replies that wait for a person; once the mention is another's, they are that one's to deal with."""
    statement = select(Reply).join(Mention, Mention.id == Reply.mention_id)
    theirs = (Reply.user_id == user.id, Reply.state.in_(WAITING), Mention.assignee_id == user.id)
    return session.scalars(statement.where(*theirs).order_by(Reply.id)).all()


def written_by(session: Session, user: User) -> Sequence[Draft]:
    written = or_(Draft.reply != "", Draft.note != "", Draft.url != "")
    return session.scalars(select(Draft).where(Draft.user_id == user.id, written)).all()


def hand_over(session: Session, mention_id: int, user: User, to: User | None, note: str, now: datetime) -> None:
    """Give one mention with all that hangs on it to a colleague, who is told; or back to the queue (`to` None).

    A colleague gets the claim, the promises and the draft. In the queue a promise stays with who gave it, so that it
    is still reminded of, and the draft is kept as a note. Raises `Refused` where the mention is not theirs to give.
    """
    item = find_item(session, mention_id, user)
    note = bounded(note)
    if to is not None:
        check_receiver(item, user, to)
    give_claim(session, item, user, to, now)
    if to is not None:
        give_promises(session, item, to)
    give_draft(session, item, user, to, now)
    data: dict[str, Any] = {"to": to.name, "to_id": to.id} if to else {}
    line = record(
        session,
        Happened.HANDED_OVER,
        now,
        mention_id=mention_id,
        user_id=user.id,
        **data,
        **({"note": note} if note else {}),
    )
    if to is not None:
        tell(session, line, to.id)


def find_item(session: Session, mention_id: int, user: User) -> Item:
    """What somebody has to hand over of a mention. Raises `NotFound`."""
    desk.get(session, mention_id)
    item = next((one for one in at_hand(session, user) if one.mention.id == mention_id), None)
    if item is None:
        raise NotFound(_("You have nothing to hand over of mention %(id)s.", id=mention_id))
    return item


def check_receiver(item: Item, user: User, to: User) -> None:
    if not to.active:
        raise Refused(_("%(name)s no longer works here.", name=to.name))
    if to.id == user.id:
        raise Refused(_("Choose a colleague, or the queue."))
    holder = item.mention.assignee
    if holder and holder.id not in (user.id, to.id):
        raise Refused(_("%(name)s holds this mention; hand it to them.", name=holder.name))


def give_claim(session: Session, item: Item, user: User, to: User | None, now: datetime) -> None:
    """The claim as well, where it is theirs; a mention that nobody holds and that is open becomes the colleague's."""
    mention = item.mention
    if item.held and to is not None:
        pass_on(session, mention.id, user.id, to, now)
    elif item.held:
        mention.assignee, mention.assignee_id, mention.claimed_at = None, None, None
    elif to is not None and mention.assignee_id is None and mention.status in NOT_CLOSED:
        desk.take(session, mention.id, to, now)
    session.flush()


def give_promises(session: Session, item: Item, to: User) -> None:
    ids = [promise.id for promise in item.promises]
    session.execute(update(Promise).where(Promise.id.in_(ids)).values(user_id=to.id))


def give_draft(session: Session, item: Item, user: User, to: User | None, now: datetime) -> None:
    """To a colleague who writes nothing there as it is; else as a note, so that no word of it is lost."""
    draft, mention_id = item.draft, item.mention.id
    if draft is None:
        return
    texts = {"reply": draft.reply, "url": draft.url, "note": draft.note}
    if to is not None and find_draft(session, mention_id, to.id) is None:
        values = {"user_id": to.id, "mention_id": mention_id, "saved_at": now, **texts}
        row = insert(session, Draft).values(values)
        session.execute(row.on_conflict_do_update(index_elements=["user_id", "mention_id"], set_=values))
    else:
        keep_as_note(session, mention_id, user, texts, now)
    forget_draft(session, mention_id, user.id, *texts)


def keep_as_note(session: Session, mention_id: int, user: User, texts: dict[str, str], now: datetime) -> None:
    written = "\n\n".join(text for text in texts.values() if text.strip())
    note = Note(mention_id=mention_id, user_id=user.id, text=_("Draft: %(text)s", text=written), created_at=now)
    session.add(note)
    session.flush()
    record(session, Happened.NOTED, now, mention_id=mention_id, user_id=user.id, note_id=note.id)


@dataclass(frozen=True)
class Unseen:
    """Something handed over that its receiver has not put away yet."""

    mention: Mention
    to: User
    at: datetime


def not_seen(session: Session, user: User) -> list[Unseen]:
    """What somebody handed over and nobody has looked at: still its receiver's, and its memo unread."""
    statement = (
        select(Mention, User, Activity.at)
        .join(Activity, Activity.mention_id == Mention.id)
        .join(Memo, Memo.activity_id == Activity.id)
        .join(User, User.id == Memo.user_id)
        .where(Activity.happened == Happened.HANDED_OVER, Activity.user_id == user.id, Memo.read_at.is_(None))
        .where(Mention.assignee_id == Memo.user_id, Mention.status.in_(NOT_CLOSED))
        .options(joinedload(Mention.author), joinedload(Mention.brand))
    )
    return [Unseen(*row) for row in session.execute(statement.order_by(Activity.id))]


def take_back(session: Session, mention_id: int, user: User, now: datetime) -> None:
    """Take back what its receiver has not seen: the claim, and the promises that were one's own."""
    unseen = next((one for one in not_seen(session, user) if one.mention.id == mention_id), None)
    if unseen is None:
        raise Refused(_("%(id)s was looked at by now, or went elsewhere.", id=mention_id))
    receiver = unseen.to
    pass_on(session, mention_id, receiver.id, user, now)
    theirs = (Promise.mention_id == mention_id, Promise.user_id == receiver.id, Promise.settled_at.is_(None))
    session.execute(update(Promise).where(*theirs).values(user_id=user.id))
    data = {"from": receiver.name, "from_id": receiver.id, "reason": _("not seen yet")}
    tell(
        session, record(session, Happened.TAKEN_OVER, now, mention_id=mention_id, user_id=user.id, **data), receiver.id
    )
