"""What is kept out of the queue without being dropped: advertising, and authors who were muted for a while.

Nothing urgent is ever hidden, and everything hidden stays one click away, with the reason.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import Invalid, NotFound, get, required
from monitor.models import Author, Mention, User
from monitor.words import Happened, Hidden, Status

MOST_HASHTAGS = 7
MOST_LINKS = 3
LONGEST_MUTE = timedelta(days=90)
PROMOTION = re.compile(
    r"\b(?:use (?:my )?(?:promo ?)?code|link in (?:my )?bio|follow (?:me|us) (?:for|and)|dm me for|"
    r"giveaway|join (?:my|our) (?:telegram|whatsapp)|earn \$?\d+|100% (?:legit|profit)|crypto (?:recovery|signals?))\b",
    re.IGNORECASE,
)
ALWAYS_SHOWN = frozenset({"high", "urgent"})


def spam_reason(text: str) -> str:
    """Why a text looks like advertising or self-promotion, in a few words; empty where it does not."""
    hashtags, links = len(re.findall(r"(?<!\w)#\w", text)), len(re.findall(r"https?://", text))
    if hashtags > MOST_HASHTAGS:
        return f"it has {hashtags} hashtags"
    if links > MOST_LINKS:
        return f"it has {links} links"
    found = PROMOTION.search(text)
    return f"it says “{found[0]}”" if found else ""


def choose_hiding(
    text: str,
    urgency: str | None,
    muted_until: datetime | None,
    now: datetime,
    thread_muted_until: datetime | None = None,
) -> Hidden | None:
    """Whether a judged mention is kept out of the queue, and by what."""
    for until, hidden in ((muted_until, Hidden.MUTE), (thread_muted_until, Hidden.THREAD)):
        if until and until > now and urgency != "urgent":
            return hidden
    return Hidden.SPAM if urgency not in ALWAYS_SHOWN and spam_reason(text) else None


def mute(session: Session, author_id: int, user: User, days: int, reason: str, now: datetime) -> Author:
    """Keep an author's mentions out of the queue for some days, but for urgent ones. It ends by itself."""
    reason = check_mute(days, reason)
    author = find_author(session, author_id)
    author.muted_until, author.mute_reason, author.muted_by_id = now + timedelta(days=days), reason, user.id
    theirs = (Mention.author_id == author_id, Mention.status == Status.OPEN, Mention.assignee_id.is_(None))
    session.execute(
        update(Mention).where(*theirs, Mention.effective_urgency.is_distinct_from("urgent")).values(hidden=Hidden.MUTE)
    )
    record(session, Happened.MUTED, now, user_id=user.id, author_id=author_id, days=days, reason=reason)
    return author


def check_mute(days: int, reason: str) -> str:
    """The reason, cleaned. Raises `Invalid` where there is none, or the time is too long."""
    if not timedelta() < timedelta(days=days) <= LONGEST_MUTE:
        raise Invalid(f"Mute for 1 to {LONGEST_MUTE.days} days.")
    return required(reason, "a reason for muting")


def unmute(session: Session, author_id: int, user: User | None, now: datetime) -> Author:
    """Let an author's mentions back into the queue; `user` None where the time was up."""
    author = find_author(session, author_id)
    author.muted_until, author.mute_reason, author.muted_by_id = None, "", None
    hidden = (Mention.author_id == author_id, Mention.hidden == Hidden.MUTE)
    session.execute(update(Mention).where(*hidden).values(hidden=None))
    record(session, Happened.UNMUTED, now, user_id=user.id if user else None, author_id=author_id)
    return author


def end_mutes(session: Session, now: datetime) -> int:
    """Unmute every author whose time is up; how many."""
    over = session.scalars(select(Author.id).where(Author.muted_until <= now)).all()
    for author_id in over:
        unmute(session, author_id, None, now)
    return len(over)


def show_again(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Put a hidden mention into the queue: it was no advertising, or matters all the same."""
    mention = get(session, mention_id)
    if mention.hidden:
        mention.hidden = None
        record(session, Happened.SHOWN, now, mention_id=mention_id, user_id=user.id)
    return mention


def find_author(session: Session, author_id: int) -> Author:
    author = session.get(Author, author_id)
    if author is None:
        raise NotFound("There is no such author here.")
    return author
