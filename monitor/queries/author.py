"""One author: everything they wrote to us, what became of it, and what colleagues noted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor.models import Author, Mention, Note, Outcome, Reply

MOST = 100  # mentions on the page, the newest


@dataclass(frozen=True)
class Dealing:
    """One mention of an author and how it was dealt with."""

    mention: Mention
    replies: Sequence[Reply]
    notes: Sequence[Note]
    outcome: Outcome | None  # the last one


@dataclass(frozen=True)
class AuthorPage:
    """All that an author's page shows, the newest mention first."""

    author: Author
    dealings: Sequence[Dealing]


def author_page(session: Session, author_id: int) -> AuthorPage | None:
    """None where there is no such author, or where their posts were deleted and they were forgotten."""
    author = session.get(Author, author_id)
    if author is None:
        return None
    theirs = select(Mention).where(Mention.author_id == author_id).order_by(Mention.posted_at.desc(), Mention.id.desc())
    mentions = session.scalars(theirs.limit(MOST).options(joinedload(Mention.brand))).all()
    ids = [mention.id for mention in mentions]
    replies = session.scalars(
        select(Reply).where(Reply.mention_id.in_(ids)).order_by(Reply.created_at).options(joinedload(Reply.user))
    ).all()
    notes = session.scalars(
        select(Note).where(Note.mention_id.in_(ids)).order_by(Note.created_at).options(joinedload(Note.user))
    ).all()
    closed = select(Outcome).where(Outcome.mention_id.in_(ids)).order_by(Outcome.id)
    outcomes = {outcome.mention_id: outcome for outcome in session.scalars(closed)}
    return AuthorPage(author, [deal(mention, replies, notes, outcomes.get(mention.id)) for mention in mentions])


def deal(mention: Mention, replies: Sequence[Reply], notes: Sequence[Note], outcome: Outcome | None) -> Dealing:
    return Dealing(
        mention,
        [reply for reply in replies if reply.mention_id == mention.id],
        [note for note in notes if note.mention_id == mention.id],
        outcome,
    )
