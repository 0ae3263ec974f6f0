"""The mentions in which words are found: every one where they are few, the newest where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, column, exists, false, func, literal, literal_column, select, table
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.search.schema import STRETCH, TABLE
from monitor.search.terms import Term, as_fts5, as_tsquery, read_terms

# As many as both databases gather, and put into the queue's order, in a few milliseconds.
MOST_SEARCHED = 1_000
NEWEST = 4  # stretches of mentions that PostgreSQL looks through before all the others
index = table(TABLE, column("rowid"), column("mention_id"), column("words"))


@dataclass(frozen=True)
class Searched:
    """The mentions that hold the words, by id, the newest first; `more` where older ones were not looked at."""

    ids: Sequence[int]
    more: bool


def search_newest(session: Session, typed: str, until: int | None = None, most: int = MOST_SEARCHED) -> Searched:
    """Those with every term somewhere in the post, in its author's handle or name, in a note or in a reply.

    With `until`, none that was stored after that mention: what the first page of a search looked at.
    """
    terms = read_terms(typed)
    if not terms:
        return Searched([], more=False)
    key = key_of(session)
    statement = select(key).where(matches(session, terms)).order_by(key.desc()).limit(most + 1)
    if until is not None:
        statement = statement.where(key <= until)
    found: Sequence[int] = []
    newest = newest_stretches(session, until)
    if newest is not None:
        found = session.scalars(statement.where(index.c.words.op("@@")(newest))).all()
    if len(found) <= most:
        found = session.scalars(statement).all()
    return Searched(found[:most], more=len(found) > most)


def newest_stretches(session: Session, until: int | None) -> ColumnElement[Any] | None:
    """What PostgreSQL is asked for to look back no further than some hundred thousand mentions; None where that is all.

    Its index skips from what one condition finds to what the other does, so both together cost what the newest hold.
    """
    if not on_postgresql(session):
        return None
    newest = (until or session.scalar(select(func.max(index.c.mention_id))) or 0) // STRETCH
    if newest < NEWEST:
        return None
    wanted = " | ".join(f"~{newest - back}" for back in range(NEWEST))
    return literal_column(f"'{wanted}'::tsquery")  # not as a parameter: the planner is to see how common they are


def has_words(session: Session, typed: str) -> ColumnElement[bool]:
    """The same of one mention after the other, however many hold the words: for a few that are known by id."""
    terms = read_terms(typed)
    return exists(find_one(session, terms)) if terms else false()


def find_one(session: Session, terms: Sequence[Term]) -> Select[int]:
    return select(key_of(session)).where(matches(session, terms), key_of(session) == Mention.id)


def key_of(session: Session) -> ColumnElement[int]:
    return index.c.mention_id if on_postgresql(session) else index.c.rowid


def matches(session: Session, terms: Sequence[Term]) -> ColumnElement[bool]:
    if not on_postgresql(session):
        return literal_column(TABLE).op("MATCH")(as_fts5(terms))
    wanted = func.to_tsquery(literal_column("'simple'"), func.fold_words(literal(as_tsquery(terms))))
    return index.c.words.op("@@")(wanted)


def on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
