"""Erasing a person: everything that they wrote and that was written about them goes; shells with numbers stay."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.collecting.muting import unmute_thread
from monitor.desk import Refused
from monitor.models import (
    Author,
    Escalation,
    IdempotencyKey,
    Mention,
    MutedThread,
    Note,
    Promise,
    Reply,
    SecondPerson,
    ThreadPost,
)
from monitor.privacy.exporting import AT_ONCE, muted_lines, tells_of
from monitor.privacy.naming import find_places, names_of, take_out
from monitor.privacy.people import Person, in_batches, mention_ids_of, mentions_of, stands_around, wrote_around
from monitor.privacy.shells import disguise, empty, silence_trail
from monitor.store import Store
from monitor.words import Happened, PromiseState, ReplyState

BATCH = 100
ON_ITS_WAY = (ReplyState.SENDING, ReplyState.UNKNOWN)


@dataclass(frozen=True)
class Erased:
    """What went: mentions, others' conversations in which they stood, rows of the team's that named them.

    `named_by_others`: what other people wrote of them in public, which is theirs and stays.
    """

    mentions: int
    conversations: int
    named_by_us: int
    named_by_others: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def erase(store: Store, person: Person, user_id: int | None, now: datetime) -> Erased:
    """Erase somebody, in batches that may be cut short: asked again, it goes on. Raises `Refused`.

    The author's row goes last, with what names them elsewhere: that is looked for outside of a transaction, as it
    reads every table and nobody should wait for it.
    """
    with store.read() as session:
        refuse_in_doubt(session, person)
        ids = mention_ids_of(session, person)
    for batch in in_batches(ids, BATCH):
        with store.write() as session:
            erase_mentions(session, person, batch, user_id, now)
    with store.write() as session:
        around = erase_around(session, person, set(ids))
    with store.read() as session:
        ours, others = (list(find_places(session, names_of(person), public=public)) for public in (False, True))
    with store.write() as session:
        named = take_out(session, ours, names_of(person))
        session.execute(delete(Author).where(Author.id.in_(person.author_ids)))
        done = Erased(len(ids), around, named, sum(place.table is not Author.__table__ for place in others))
        record(session, Happened.ERASED, now, user_id=user_id, source=person.source, **done.as_json())
    return done


def refuse_in_doubt(session: Session, person: Person) -> None:
    """An answer that may be in public, or is being sent at this moment, has to be settled before it is forgotten."""
    doubtful = select(Reply.mention_id).join(Mention, Mention.id == Reply.mention_id)
    found = session.scalar(doubtful.where(mentions_of(person), Reply.state.in_(ON_ITS_WAY)).limit(1))
    if found is not None:
        raise Refused(f"Nobody knows yet whether an answer to mention {found} is in public; settle that first.")


def erase_mentions(session: Session, person: Person, ids: Sequence[int], user_id: int | None, now: datetime) -> None:
    """Settle what hangs on some of their mentions, and empty them. Others' links to them follow."""
    session.execute(select(Mention.id).where(Mention.id.in_(ids)).order_by(Mention.id).with_for_update())
    refuse_in_doubt(session, person)
    theirs = select(Mention.post_id, Mention.root_post_id).where(Mention.id.in_(ids))
    post_ids = {post_id for row in session.execute(theirs) for post_id in row}
    settle(session, ids, now)
    relink(session, person.source, sorted(post_ids))
    empty(session, ids, now)
    for mention_id in ids:
        record(session, Happened.ERASED, now, mention_id=mention_id, user_id=user_id)


def settle(session: Session, ids: Sequence[int], now: datetime) -> None:
    """There is nobody left to answer, to keep a promise to, or to decide about."""
    waiting = (Reply.mention_id.in_(ids), Reply.state.in_([ReplyState.ASKED, ReplyState.QUEUED]))
    session.execute(update(Reply).where(*waiting).values(state=ReplyState.WITHDRAWN, next_at=None, lease_until=None))
    promised = (Promise.mention_id.in_(ids), Promise.settled_at.is_(None))
    session.execute(update(Promise).where(*promised).values(state=PromiseState.DISMISSED, settled_at=now))
    for table, values in ((Escalation, {"further_at": None}), (SecondPerson, {})):
        still = (table.mention_id.in_(ids), table.closed_at.is_(None))
        session.execute(update(table).where(*still).values(closed_at=now, **values))


def relink(session: Session, source: str, post_ids: Sequence[str]) -> None:
    """Other mentions that answer theirs, or stand in a conversation that they began, point at the shells."""
    for thread in session.scalars(select(MutedThread).where(is_of(MutedThread, "thread_id", source, post_ids))).all():
        unmute_thread(session, thread)
    for name in ("in_reply_to", "thread_id"):
        column = getattr(Mention, name)
        for row in session.execute(select(Mention.id, column).where(is_of(Mention, name, source, post_ids))).all():
            session.execute(update(Mention).where(Mention.id == row[0]).values({name: disguise(source, row[1])}))
    around = stands_around(source)
    session.execute(update(ThreadPost).where(ThreadPost.in_reply_to.in_(post_ids), around).values(in_reply_to=None))
    session.execute(delete(ThreadPost).where(ThreadPost.post_id.in_(post_ids), around))


def is_of(table: Any, name: str, source: str, post_ids: Sequence[str]) -> ColumnElement[bool]:
    return and_(table.source == source, getattr(table, name).in_(post_ids))


def erase_around(session: Session, person: Person, mention_ids: set[int]) -> int:
    """What is about them without being on a mention of theirs; in how many others' conversations they were."""
    written = delete(ThreadPost).where(wrote_around(person)).returning(ThreadPost.mention_id)
    around = set(session.scalars(written))
    forget_answers(session, person, mention_ids)
    silence_trail(session, muted_lines(person))
    session.execute(delete(Note).where(Note.author_id.in_(person.author_ids)))
    return len(around)


def forget_answers(session: Session, person: Person, mention_ids: set[int]) -> None:
    """Drop kept answers of the API that tell of them: a write that is sent again finds nothing to write on."""
    kept = session.scalars(select(IdempotencyKey).execution_options(yield_per=AT_ONCE))
    for answer in [one for one in kept if tells_of(one.body, person, mention_ids)]:
        session.delete(answer)
    session.flush()
