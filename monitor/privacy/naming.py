"""Where else somebody is named: found in every table that holds words, and taken out of what the team wrote."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Table, Text, cast, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.models import Author, Base, Edition, Mention, ThreadPost
from monitor.privacy.people import Person

ERASED = "[erased]"
LEAST_ID = 8  # characters of a platform's id that cannot be something else
# What people wrote in public stays as it is: it is theirs, and the platform would show it again in the same words.
PUBLIC = frozenset({Mention.__table__, Edition.__table__, ThreadPost.__table__, Author.__table__})
NOT_WORDS = frozenset({("user", "password_hash"), ("feed", "cursor"), ("gap", "place")})


@dataclass(frozen=True)
class Place:
    """A row in which somebody is named: its table, its key, and the columns with what they hold."""

    table: Table
    key: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """How somebody may be called: `literal` is looked for in the database, `pattern` tells whether it is them."""

    literal: frozenset[str]
    pattern: re.Pattern[str]


def names_of(person: Person) -> Names:
    """A handle counts with its sign, a name of two words or more as it is, an id where it is long enough."""
    full = {name for name in person.names if len(name.split()) > 1}
    ids = {platform_id for platform_id in person.platform_ids if len(platform_id) >= LEAST_ID}
    return make_names(person.handles, full | ids)


def make_names(handles: Iterable[str], words: Iterable[str]) -> Names:
    signed = [rf"(?<![\w@])(?:@|/?u/){re.escape(handle)}(?!\w)" for handle in handles if handle]
    addressed = [rf"(?<=/){re.escape(handle)}(?![\w.-])" for handle in handles if handle]
    plain = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word]
    literal = frozenset({*filter(None, handles), *filter(None, words)})
    return Names(literal, re.compile("|".join([*signed, *addressed, *plain]) or r"(?!)", re.IGNORECASE))


def find_places(session: Session, names: Names, public: bool) -> Iterator[Place]:
    """The rows in which they are named, in what people wrote in public or in everything else."""
    for table in Base.metadata.sorted_tables:
        if (table in PUBLIC) == public:
            yield from find_in_table(session, table, names)


def find_in_table(session: Session, table: Table, names: Names) -> Iterator[Place]:
    columns = [column for column in table.c if holds_words(column)]
    if not columns or not names.literal:
        return
    maybe = or_(*(contains(column, literal) for column in columns for literal in names.literal))
    key = list(table.primary_key.columns)
    for row in session.execute(select(*key, *columns).where(maybe)).mappings():
        values = {column.name: row[column] for column in columns if redact(row[column], names, ERASED) != row[column]}
        if values:
            yield Place(table, {column.name: row[column] for column in key}, values)


def holds_words(column: Any) -> bool:
    apart = column.primary_key or (column.table.name, column.name) in NOT_WORDS
    return isinstance(column.type, String | JSON) and not apart


def contains(column: Any, literal: str) -> ColumnElement[bool]:
    """Whether it may stand there, in capitals or not; JSON is kept with escapes for what is not ASCII."""
    written = json.dumps(literal)[1:-1] if isinstance(column.type, JSON) else literal
    held = cast(column, Text)
    # SQLite knows the capitals of ASCII alone: there the first finds what the second does not.
    return or_(held.contains(written, autoescape=True), func.lower(held).contains(written.lower(), autoescape=True))


def redact(value: Any, names: Names, instead: str) -> Any:
    """The same without them, also inside JSON."""
    if isinstance(value, str):
        return names.pattern.sub(lambda _: instead, value)
    if isinstance(value, Mapping):
        return {name: redact(inner, names, instead) for name, inner in value.items()}
    if isinstance(value, list):
        return [redact(inner, names, instead) for inner in value]
    return value


def take_out(session: Session, places: Iterable[Place], names: Names, instead: str = ERASED) -> int:
    """Name them no more in rows that were found; in how many it was so still."""
    changed = 0
    for place in places:
        this = [place.table.c[name] == value for name, value in place.key.items()]
        columns = [place.table.c[name] for name in place.values]
        row = session.execute(select(*columns).where(*this).with_for_update()).mappings().one_or_none()
        if row is not None:
            values = {column.name: redact(row[column], names, instead) for column in columns}
            session.execute(update(place.table).where(*this).values(values))
            changed += 1
    return changed
