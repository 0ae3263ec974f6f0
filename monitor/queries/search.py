"""The mentions in which words are found, as a part of the queue."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    any_,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.search.schema import TABLE
from monitor.search.terms import as_fts5, as_tsquery, read_terms

# PostgreSQL knows how often the common words occur, and takes any other for less rare than it is.
RARE = 0.01  # the share of all mentions up to which those with the words are gathered first
ESTIMATE = text(f"""
    EXPLAIN (FORMAT JSON) SELECT 1 FROM {TABLE} WHERE words @@ to_tsquery('simple', fold_words(:wanted))
    UNION ALL SELECT 1 FROM {TABLE}
""")  # noqa: S608 - our own words
# SQLite keeps no count of how often words occur, so the way to go is chosen here, by looking.
FEW = 500  # found mentions are looked up one by one
MANY = 20_000  # more of them stand so close together that walking the queue soon meets a page of them

index = table(TABLE, column("rowid"), column("mention_id"), column("words"))


def narrow_to_found(
    session: Session, statement: Select[Any], typed: str, few: int = FEW, many: int = MANY
) -> Select[Any]:
    """Only mentions with every term somewhere in the post, in its author's handle or name, in a note or in a reply."""
    terms = read_terms(typed)
    if not terms:
        return statement.where(false())
    if session.get_bind().dialect.name == "postgresql":
        return statement.where(found_by_postgresql(session, as_tsquery(terms)))
    found = find_rows(as_fts5(terms))
    number = session.scalar(select(func.count()).select_from(found.limit(many + 1).subquery())) or 0
    if number <= few:
        return statement.with_hint(Mention, "NOT INDEXED", "sqlite").where(Mention.id.in_(found))
    if number <= many or any(term.prefix for term in terms):  # a beginning would be gathered anew for each mention
        return statement.where((Mention.id + 0).in_(found))  # the sum keeps SQLite from looking them up one by one
    return statement.where(exists(found.where(index.c.rowid == Mention.id)))


def found_by_postgresql(session: Session, wanted: str) -> ColumnElement[bool]:
    """Walks the queue where it will soon have met a page of them; else gathers them, and only then looks them up."""
    words = func.to_tsquery(literal_column("'simple'"), func.fold_words(literal(wanted)))
    found = select(index.c.mention_id).where(index.c.words.op("@@")(words))
    if estimate_share(session, wanted) > RARE:
        return Mention.id.in_(found)
    return Mention.id == any_(func.array(found.scalar_subquery()))


def estimate_share(session: Session, wanted: str) -> float:
    """Which part of all mentions has the words, as the planner believes."""
    found, every = session.execute(ESTIMATE, {"wanted": wanted}).scalar_one()[0]["Plan"]["Plans"]
    return float(found["Plan Rows"]) / max(1.0, float(every["Plan Rows"]))


def find_rows(wanted: str) -> Select[int]:
    return select(index.c.rowid).where(literal_column(TABLE).op("MATCH")(wanted))
