"""Everything that the desk holds about one person, as one JSON document."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.models import Activity, Author, IdempotencyKey, Mention, Note, ThreadPost
from monitor.privacy.naming import Place, find_places, names_of
from monitor.privacy.people import Person, in_batches, mention_ids_of, tables_of_mentions, wrote_around
from monitor.words import Happened

AT_ONCE = 500

Held = dict[str, list[dict[str, Any]]]
"""Rows by the name of their table."""


def export_person(session: Session, person: Person, user_id: int | None, now: datetime) -> dict[str, Any]:
    """The document: `person`, `held` (rows by table), `named_by_us` and `named_by_others`; leaves a line in the trail.

    Times are ISO 8601 in UTC, bytes are base64. The index of words holds the same words again, and nothing else.
    """
    record(session, Happened.EXPORTED, now, user_id=user_id, source=person.source)
    held, names = find_held(session, person), names_of(person)
    return {
        "person": {"source": person.source, "handles": sorted(person.handles), "names": sorted(person.names)},
        "made_at": now.isoformat(),
        "held": held,
        "named_by_us": show_places(find_places(session, names, public=False), held),
        "named_by_others": show_places(find_places(session, names, public=True), held),
    }


def find_held(session: Session, person: Person) -> Held:
    """The rows about them: what they wrote, and what the desk made of it and did about it."""
    held: Held = {}
    add(held, session, Author.__table__, Author.id.in_(person.author_ids))
    for ids in in_batches(mention_ids_of(session, person), AT_ONCE):
        add(held, session, Mention.__table__, Mention.id.in_(ids))
        for table in tables_of_mentions():
            add(held, session, table, table.c.mention_id.in_(ids))
    mine = {row["id"] for row in held.get("mention", [])}
    add(held, session, Note.__table__, Note.author_id.in_(person.author_ids) & Note.mention_id.not_in(mine))
    add(held, session, ThreadPost.__table__, wrote_around(person) & ThreadPost.mention_id.not_in(mine))
    add(held, session, Activity.__table__, muted_lines(person))
    keep_answers(held, session, person, mine)
    return held


def muted_lines(person: Person) -> ColumnElement[bool]:
    """Lines of the trail about the author, rather than about a mention."""
    about: ColumnElement[bool] = Activity.data["author_id"].as_integer().in_(person.author_ids)
    return Activity.mention_id.is_(None) & Activity.happened.in_([Happened.MUTED, Happened.UNMUTED]) & about


def keep_answers(held: Held, session: Session, person: Person, mention_ids: set[int]) -> None:
    """Answers of the API that tell of them, kept for a week so that a write can be sent twice."""
    for answer in session.scalars(select(IdempotencyKey).execution_options(yield_per=AT_ONCE)):
        if tells_of(answer.body, person, mention_ids):
            held.setdefault("idempotency_key", []).append(show(IdempotencyKey.__table__, vars(answer)))


def tells_of(body: Any, person: Person, mention_ids: set[int]) -> bool:
    """Whether something that was answered has one of their mentions in it, or themselves."""
    if isinstance(body, Mapping):
        ids = {given for name in ("id", "mention_id") if isinstance(given := body.get(name), int)} & mention_ids
        named = body.get("handle") in person.handles and body.get("source", person.source) == person.source
        return bool(ids) or named or any(tells_of(inner, person, mention_ids) for inner in body.values())
    return isinstance(body, list) and any(tells_of(inner, person, mention_ids) for inner in body)


def add(held: Held, session: Session, table: Any, which: ColumnElement[bool]) -> None:
    rows = session.execute(select(table).where(which).order_by(*table.primary_key.columns)).mappings()
    found = [show(table, {column.name: row[column] for column in table.c}) for row in rows]
    if found:
        held.setdefault(table.name, []).extend(found)


def show(table: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: as_json(row[column.name]) for column in table.c}


def show_places(places: Iterable[Place], held: Held) -> list[dict[str, Any]]:
    """Rows that name them and are not among what is held already."""
    return [
        {"table": place.table.name, "key": dict(place.key), "words": as_json(dict(place.values))}
        for place in places
        if not is_held(place.table, place.key, held)
    ]


def is_held(table: Table, key: Mapping[str, Any], held: Held) -> bool:
    rows = held.get(table.name, [])
    return any(all(row[name] == as_json(value) for name, value in key.items()) for row in rows)


def as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return float(value) if isinstance(value, Decimal) else value
