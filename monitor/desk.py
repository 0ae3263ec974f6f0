"""What a person does with a mention: each command in the caller's transaction, with its line in the audit trail."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.abusive.turns import count_turn
from monitor.activity import record
from monitor.care.naming import find_named
from monitor.care.outcomes import Verdict, end_outcome, keep_outcome, usual_verdict
from monitor.cleaning import printable, safe_url
from monitor.judging.press import press
from monitor.models import Mention, Note, Reply, User
from monitor.signals.marking import mark_authors
from monitor.teamwork.memos import tell
from monitor.words import NOT_CLOSED, Happened, ReplyState, Role, Status

LONGEST_TEXT = 20_000


class DeskError(Exception):
    """Something a person asked for cannot be done; the message says why and what to do."""


class NotFound(DeskError):
    """There is no such mention."""


class Refused(DeskError):
    """It cannot be done now, as things stand."""


class Invalid(DeskError):
    """What was given is not usable."""


class AlreadyClaimed(Refused):
    """Somebody else holds the mention."""

    def __init__(self, holder: str, since: datetime) -> None:
        super().__init__(f"{holder} claimed this already.")
        self.holder = holder
        self.since = since


def claim(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Take an unclaimed mention. Of any number who try at once, one wins. Raises `AlreadyClaimed` for the others."""
    if not take(session, mention_id, user, now):
        mention = get(session, mention_id)
        refuse_claim(mention, user)
        return mention
    record(session, Happened.CLAIMED, now, mention_id=mention_id, user_id=user.id)
    return get(session, mention_id)


def take(session: Session, mention_id: int, user: User, now: datetime) -> bool:
    """Make somebody the holder of a mention that nobody holds; whether that was so. Of many at once, one wins."""
    won = session.scalar(
        update(Mention)
        .where(Mention.id == mention_id, Mention.assignee_id.is_(None), Mention.status.in_(NOT_CLOSED))
        .values(assignee_id=user.id, claimed_at=now, status=Status.OPEN, snoozed_until=None)
        .returning(Mention.id)
    )
    if won is not None:
        mention = get(session, mention_id)
        set_press(mention)
        count_turn(session, mention, user.id, now)
    return won is not None


def refuse_claim(mention: Mention, user: User) -> None:
    """Say why a claim found nothing to take; a second claim by the holder is no error."""
    if mention.assignee is None:
        raise Refused(f"This mention is {mention.status}; reopen it before claiming it.")
    if mention.assignee_id != user.id and mention.claimed_at:
        raise AlreadyClaimed(mention.assignee.name, mention.claimed_at)


def take_over(session: Session, mention_id: int, user: User, reason: str, now: datetime) -> Mention:
    """Take a mention from the colleague who holds it. The reason is kept, and shown to both."""
    reason = required(reason, "a reason for taking over")
    mention = workable(session, mention_id)
    former = mention.assignee
    if former is None or former.id == user.id:
        return claim(session, mention_id, user, now)
    pass_on(session, mention_id, former.id, user, now)
    data = {"from": former.name, "from_id": former.id, "reason": reason}
    taken = record(session, Happened.TAKEN_OVER, now, mention_id=mention_id, user_id=user.id, **data)
    tell(session, taken, former.id)
    return get(session, mention_id)


def pass_on(session: Session, mention_id: int, holder_id: int, user: User, now: datetime) -> None:
    """Make somebody the holder in the place of another. Raises `Refused` where that one holds it no longer."""
    passed = session.scalar(
        update(Mention)
        .where(Mention.id == mention_id, Mention.assignee_id == holder_id)
        .values(assignee_id=user.id, claimed_at=now)
        .returning(Mention.id)
    )
    if passed is None:
        raise Refused("Somebody changed this mention in the same moment; look again.")
    count_turn(session, get(session, mention_id), user.id, now)


def release(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Hand a mention back to the queue. Its holder may; so may a lead."""
    mention = workable(session, mention_id)
    if mention.assignee_id is None:
        return mention
    if mention.assignee_id != user.id and user.role == Role.AGENT:
        raise Refused(f"{holder_name(mention)} holds this mention; only they or a lead can release it.")
    mention.assignee, mention.assignee_id, mention.claimed_at = None, None, None
    record(session, Happened.RELEASED, now, mention_id=mention_id, user_id=user.id)
    return mention


def add_note(session: Session, mention_id: int, user: User, text: str, now: datetime) -> Note:
    """Keep what colleagues should know. Anybody may, at any time; whom it names with an @ is told."""
    get(session, mention_id)
    note = Note(mention_id=mention_id, user_id=user.id, user=user, text=required(text, "a note"), created_at=now)
    session.add(note)
    session.flush()
    named = find_named(session, note.text, user.id)
    told = {"told": [one.name for one in named]} if named else {}
    line = record(session, Happened.NOTED, now, mention_id=mention_id, user_id=user.id, note_id=note.id, **told)
    for colleague in named:
        tell(session, line, colleague.id)
    return note


def log_reply(session: Session, mention_id: int, user: User, text: str, url: str, now: datetime) -> Reply:
    """Write down a public answer that was posted on the platform. It stops the clock; replying needs the claim."""
    text = required(text, "the text of the reply")
    address = checked_url(url)
    mention = workable(session, mention_id)
    refuse_unless_holder(mention, user)
    reply = Reply(
        mention_id=mention_id,
        user_id=user.id,
        user=user,
        text=text,
        url=address,
        state=ReplyState.LOGGED,
        created_at=now,
        next_at=now if address else None,  # where it stands, it can be looked for
    )
    session.add(reply)
    mention.first_reply_at = mention.first_reply_at or now
    set_press(mention)
    session.flush()
    mark_authors(session, [mention.author_id], mention.posted_at, now)
    record(session, Happened.REPLIED, now, mention_id=mention_id, user_id=user.id, reply_id=reply.id)
    return reply


def resolve(
    session: Session, mention_id: int, user: User, now: datetime, reason: str = "", verdict: Verdict | None = None
) -> Mention:
    """Close a mention. Whoever resolves an unclaimed one has dealt with it; one that a colleague holds stays theirs."""
    mention = get(session, mention_id)
    if mention.status == Status.RESOLVED:
        return mention
    refuse_gone(mention)
    refuse_if_held_by_another(mention, user, "resolve")
    reason = bounded(reason)
    mention.status, mention.resolved_at, mention.snoozed_until = Status.RESOLVED, now, None
    set_press(mention)
    mark_authors(session, [mention.author_id], mention.posted_at, now)
    keep_outcome(session, mention, user.id, verdict or usual_verdict(mention), reason, now)
    data = {**(verdict.as_data() if verdict else {}), **({"reason": reason} if reason else {})}
    record(session, Happened.RESOLVED, now, mention_id=mention_id, user_id=user.id, **data)
    return mention


def reopen(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Put a resolved or snoozed mention back into the queue."""
    mention = get(session, mention_id)
    refuse_gone(mention)
    if mention.status == Status.OPEN:
        return mention
    mention.status, mention.resolved_at, mention.snoozed_until = Status.OPEN, None, None
    mention.weigh_at = now
    set_press(mention)
    mark_authors(session, [mention.author_id], mention.posted_at, now)
    end_outcome(session, mention_id, user.id, now)
    record(session, Happened.REOPENED, now, mention_id=mention_id, user_id=user.id)
    return mention


def snooze(session: Session, mention_id: int, user: User, until: datetime, now: datetime) -> Mention:
    """Put a mention aside until a moment to come; it wakes by itself."""
    if until <= now:
        raise Invalid("Snooze until a moment that is still to come.")
    mention = workable(session, mention_id)
    refuse_if_held_by_another(mention, user, "snooze")
    mention.status, mention.snoozed_until = Status.SNOOZED, until
    set_press(mention)
    record(session, Happened.SNOOZED, now, mention_id=mention_id, user_id=user.id, until=until.isoformat())
    return mention


def wake_due(session: Session, now: datetime) -> int:
    """Bring back every mention whose snooze is over; how many."""
    due = select(Mention).where(Mention.status == Status.SNOOZED, Mention.snoozed_until <= now)
    woken = session.scalars(due).all()
    for mention in woken:
        mention.status, mention.snoozed_until = Status.OPEN, None
        set_press(mention)
        record(session, Happened.WOKEN, now, mention_id=mention.id)
    return len(woken)


def set_press(mention: Mention) -> None:
    """Put the mention where it belongs in the queue."""
    answered = mention.first_reply_at is not None
    mention.press_rank, mention.press_at = press(
        mention.effective_urgency, mention.due_at, mention.posted_at, answered, mention.status
    )


def get(session: Session, mention_id: int) -> Mention:
    """The mention as it stands now. Raises `NotFound`."""
    mention = session.get(Mention, mention_id, populate_existing=True)
    if mention is None:
        raise NotFound(f"There is no mention {mention_id}.")
    return mention


def workable(session: Session, mention_id: int) -> Mention:
    """A mention that work can still be done on. Raises `Refused` for one that is resolved or gone."""
    mention = get(session, mention_id)
    refuse_gone(mention)
    if mention.status == Status.RESOLVED:
        raise Refused("This mention is resolved; reopen it first.")
    return mention


def refuse_gone(mention: Mention) -> None:
    if mention.status == Status.GONE and mention.is_shell:
        raise Refused("This post is no longer kept, so there is nothing left to answer.")
    if mention.status == Status.GONE:
        raise Refused("The author deleted this post, so there is nothing left to answer.")


def refuse_if_held_by_another(mention: Mention, user: User, verb: str) -> None:
    if mention.assignee_id not in (None, user.id):
        raise Refused(f"{holder_name(mention)} holds this mention; take it over to {verb} it.")


def refuse_unless_holder(mention: Mention, user: User) -> None:
    """Raises `Refused` where a reply would be somebody else's to write."""
    if mention.assignee_id == user.id:
        return
    if mention.assignee:
        raise Refused(f"{holder_name(mention)} holds this mention; take it over to reply.")
    raise Refused("Claim this mention before replying, so that nobody answers twice.")


def holder_name(mention: Mention) -> str:
    return mention.assignee.name if mention.assignee else "Nobody"


def required(text: str, what: str) -> str:
    """The text, cleaned. Raises `Invalid` where nothing is left or it is too long."""
    text = bounded(text)
    if not text:
        raise Invalid(f"Please give {what}.")
    return text


def bounded(text: str) -> str:
    text = printable(text).strip()
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"That is {len(text):,} characters; the desk keeps up to {LONGEST_TEXT:,}.")
    return text


def checked_url(url: str) -> str:
    """Where a reply was posted; may be empty. Raises `Invalid` for anything but a web address."""
    url = url.strip()
    if url and (not safe_url(url) or len(url) > 2_000 or any(letter.isspace() for letter in url)):
        raise Invalid("The address of the reply must begin with https:// or http://.")
    return safe_url(url)
