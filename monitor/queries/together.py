"""Rows of several tables read in one statement: as quick as one of them, where each alone would be a question more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, inspect, literal_column, select, union_all
from sqlalchemy.orm import Session

Row = type[Any]
IDS = "id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a table: a select of their ids, and what else must be true of them."""

    ids: Select[Any]
    where: tuple[ColumnElement[bool], ...] = ()


def together(wanted: Mapping[Row, Wanted], *scalars: ColumnElement[Any]) -> Select[Any]:
    """A statement whose rows each hold one row of one of the tables, and every scalar."""
    places = union_all(*(place(number, one.ids) for number, one in enumerate(wanted.values()))).subquery("place")
    statement: Select[Any] = select(*wanted, *scalars).select_from(places)
    for number, (table, one) in enumerate(wanted.items()):
        this = [places.c.kind == literal_column(str(number)), key_of(table) == places.c.id]
        statement = statement.outerjoin(table, and_(*this, *one.where))
    return statement


def place(number: int, ids: Select[Any]) -> Select[Any]:
    found = ids.subquery(f"wanted_{number}")
    return select(literal_column(str(number)).label("kind"), found.c[0].label(IDS))


def key_of(table: Row) -> Any:
    """The column by which its rows are found: the key, or the last part of one."""
    return getattr(table, inspect(table).primary_key[-1].name)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows by their table, each table's in the order of their keys; and the scalars, None where no row was found."""

    rows: Mapping[Row, list[Any]]
    scalars: tuple[Any, ...]


def read_together(
    session: Session, statement: Select[Any], wanted: Mapping[Row, Wanted], scalars: int = 0, **given: Any
) -> Found:
    """Run what `together` made of the same tables and so many scalars."""
    found: dict[Row, list[Any]] = {table: [] for table in wanted}
    last: tuple[Any, ...] = (None,) * scalars
    for row in session.execute(statement, given):
        for table, one in zip(found, row, strict=False):
            if one is not None:
                found[table].append(one)
                break
        last = tuple(row[len(found) :])
    for table, rows in found.items():
        rows.sort(key=lambda one: getattr(one, key_of(table).key))
    return Found(found, last)
