"""Reading what signals rest on, for a batch of mentions at a time: a few queries, however many mentions."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from monitor.models import Author, Correction, Echo, Mention, ThreadPost
from monitor.signals.weighing import Facts
from monitor.words import NOT_CLOSED

MOST_REPLIES = 1_000  # read of one batch; a thread hotter than that is hot

Times = Mapping[int, Sequence[datetime]]
"""By mention id."""


def gather_facts(session: Session, mentions: Sequence[Mention], since: datetime) -> dict[int, Facts]:
    """The facts of each mention, by its id. `since` is from when on replies to it matter."""
    corrected = find_corrected(session, mentions)
    contacts = find_contacts(session, mentions)
    echoes = count_echoes(session, mentions)
    replies = find_replies(session, mentions, since)
    return {
        mention.id: Facts(
            text=mention.text,
            urgency=mention.urgency,
            corrected=mention.id in corrected,
            posted_at=mention.posted_at,
            collected_at=mention.collected_at,
            contacts=contacts.get(mention.id, ()),
            followers=mention.author.followers if mention.author else None,
            likes=mention.likes,
            reposts=max(mention.reposts or 0, echoes.get(mention.id, 0)),
            replies=replies.get(mention.id, ()),
        )
        for mention in mentions
    }


def find_corrected(session: Session, mentions: Sequence[Mention]) -> set[int]:
    """Those whose urgency a person has set since they were last judged."""
    statement = (
        select(Correction.mention_id)
        .join(Mention, Mention.id == Correction.mention_id)
        .where(Correction.mention_id.in_([mention.id for mention in mentions]))
        .where(Correction.head == "urgency", Correction.created_at >= Mention.judged_at)
    )
    return set(session.scalars(statement))


def find_contacts(session: Session, mentions: Sequence[Mention]) -> Times:
    """When the same author wrote to the same brand and waits for an answer. What needs none is no contact."""
    pairs = {(mention.author_id, mention.brand_id) for mention in mentions if mention.author_id is not None}
    if not pairs:
        return {}
    rows = session.execute(
        select(Mention.author_id, Mention.brand_id, Mention.posted_at)
        .where(tuple_(Mention.author_id, Mention.brand_id).in_(list(pairs)))
        .where(Mention.status.in_(NOT_CLOSED), Mention.first_reply_at.is_(None))
        .where(or_(Mention.urgency.is_(None), Mention.urgency != "low"))
    ).all()
    return {
        mention.id: [
            posted_at
            for author_id, brand_id, posted_at in rows
            if (author_id, brand_id) == (mention.author_id, mention.brand_id)
        ]
        for mention in mentions
    }


def count_echoes(session: Session, mentions: Sequence[Mention]) -> dict[int, int]:
    statement = select(Echo.mention_id, func.count(Echo.id)).where(Echo.mention_id.in_([one.id for one in mentions]))
    return {row.mention_id: row[1] for row in session.execute(statement.group_by(Echo.mention_id))}


def find_replies(session: Session, mentions: Sequence[Mention], since: datetime) -> Times:
    """When others answered: by the mentions that we hold or by the conversation as it was last shown, the fuller."""
    held = find_held_replies(session, mentions, since)
    shown = find_shown_replies(session, mentions, since)
    return {one: max(held.get(one, []), shown.get(one, []), key=len) for one in held | shown}


def find_held_replies(session: Session, mentions: Sequence[Mention], since: datetime) -> dict[int, list[datetime]]:
    other = aliased(Mention)
    answers = or_(other.in_reply_to == Mention.root_post_id, other.thread_id == Mention.root_post_id)
    statement = (
        select(Mention.id, other.posted_at)
        .join(other, and_(other.source == Mention.source, other.brand_id == Mention.brand_id, answers))
        .where(Mention.id.in_([mention.id for mention in mentions]), other.id != Mention.id)
        .where(other.posted_at > since, other.author_id.is_distinct_from(Mention.author_id))
    )
    return collect(session, statement)


def find_shown_replies(session: Session, mentions: Sequence[Mention], since: datetime) -> dict[int, list[datetime]]:
    statement = (
        select(ThreadPost.mention_id, ThreadPost.posted_at)
        .join(Mention, Mention.id == ThreadPost.mention_id)
        .outerjoin(Author, Author.id == Mention.author_id)
        .where(ThreadPost.mention_id.in_([mention.id for mention in mentions]), ThreadPost.ours.is_(False))
        .where(ThreadPost.posted_at > since, ThreadPost.handle.is_distinct_from(Author.handle))
    )
    return collect(session, statement)


def collect(session: Session, statement: Select[int, datetime]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for mention_id, at in session.execute(statement.limit(MOST_REPLIES)):
        found.setdefault(mention_id, []).append(at)
    return found
