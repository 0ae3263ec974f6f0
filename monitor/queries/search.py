"""The mentions in which words are found, as a condition of the queue."""

from sqlalchemy import ColumnElement, Select, column, exists, false, func, literal, literal_column, select, table
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.search.schema import TABLE
from monitor.search.terms import Term, as_fts5, as_tsquery, read_terms

# SQLite keeps no count of how often words occur, so the way to go is chosen here, by looking.
FEW = 500  # found mentions are looked up one by one
MANY = 30_000  # more of them stand so close together that walking the queue soon meets a page of them

index = table(TABLE, column("rowid"), column("mention_id"), column("words"))


def searched(session: Session, typed: str, few: int = FEW, many: int = MANY) -> ColumnElement[bool]:
    """Every term somewhere in the post, in its author's handle or name, in a note or in a reply."""
    terms = read_terms(typed)
    if not terms:
        return false()
    if session.get_bind().dialect.name == "postgresql":
        return found_by_postgresql(terms)
    found = find_rows(as_fts5(terms))
    number = session.scalar(select(func.count()).select_from(found.limit(many + 1).subquery())) or 0
    if number <= few:
        return Mention.id.in_(found)
    if number <= many or any(term.prefix for term in terms):  # a beginning would be gathered anew for each mention
        return (Mention.id + 0).in_(found)  # the sum keeps SQLite from looking them up one by one
    return exists(found.where(index.c.rowid == Mention.id))


def found_by_postgresql(terms: list[Term]) -> ColumnElement[bool]:
    wanted = func.to_tsquery(literal_column("'simple'"), func.fold_words(literal(as_tsquery(terms))))
    return Mention.id.in_(select(index.c.mention_id).where(index.c.words.op("@@")(wanted)))


def find_rows(wanted: str) -> Select[int]:
    return select(index.c.rowid).where(literal_column(TABLE).op("MATCH")(wanted))
