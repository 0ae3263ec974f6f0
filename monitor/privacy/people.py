"""Finding one person among authors, and where the desk's tables hold something about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, exists, func, or_, select
from sqlalchemy.orm import Session

from monitor.desk import NotFound, Refused
from monitor.models import Author, Base, Mention, ThreadPost, User
from monitor.words import Role

SIGNS = ("@", "/u/", "u/")  # that people put before a handle


@dataclass(frozen=True)
class Person:
    """Who is meant: the authors of one source with one handle, of which a platform may have had several in turn."""

    source: str
    handle: str
    author_ids: tuple[int, ...]
    handles: frozenset[str]
    names: frozenset[str]
    platform_ids: frozenset[str]


def find_person(session: Session, source: str, handle: str) -> Person:
    """By handle, with or without its sign, or by the platform's id. Raises `NotFound`."""
    bare = strip_sign(handle)
    said = or_(func.lower(Author.handle) == bare.lower(), Author.platform_id == handle.strip())
    authors = session.scalars(select(Author).where(Author.source == source, said).order_by(Author.id)).all()
    person = join_authors(source, bare, authors)
    if not authors and session.scalar(select(ThreadPost.id).where(wrote_around(person)).limit(1)) is None:
        raise NotFound(f"The desk holds nothing of {bare} on {source}.")
    return person


def person_of(session: Session, author_id: int) -> Person:
    """The person whom an author's page is about. Raises `NotFound`."""
    author = session.get(Author, author_id)
    if author is None:
        raise NotFound("There is no such author here.")
    return find_person(session, author.source, author.platform_id)


def check_may_see(user: User) -> None:
    """Raises `Refused` for agents: all that is known of somebody is more than answering them needs."""
    if user.role == Role.AGENT:
        raise Refused("Only a lead or an admin may see or erase everything about somebody.")


def join_authors(source: str, handle: str, authors: Sequence[Author]) -> Person:
    handles = {strip_sign(author.handle) for author in authors} or {handle}
    names = {author.name.strip() for author in authors if author.name.strip()}
    ids, platform_ids = tuple(author.id for author in authors), frozenset(author.platform_id for author in authors)
    return Person(source, handle, ids, frozenset(handles), frozenset(names), platform_ids)


def strip_sign(handle: str) -> str:
    handle = handle.strip()
    return next((handle.removeprefix(sign) for sign in SIGNS if handle.startswith(sign)), handle)


def mentions_of(person: Person) -> ColumnElement[bool]:
    return Mention.author_id.in_(person.author_ids)


def wrote_around(person: Person) -> ColumnElement[bool]:
    """Cached posts of conversations that they wrote, also around what others wrote."""
    signed = {sign + handle.lower() for handle in person.handles for sign in ("", *SIGNS)}
    return func.lower(ThreadPost.handle).in_(signed) & stands_around(person.source)


def stands_around(source: str) -> ColumnElement[bool]:
    """Cached posts of a source: asked of the mention of each, as a list of all mentions of a source would be long."""
    return exists().where(Mention.id == ThreadPost.mention_id, Mention.source == source)


def tables_of_mentions() -> Iterator[Table]:
    """The tables whose rows belong to a mention, whichever there are."""
    yield from (table for table in Base.metadata.sorted_tables if "mention_id" in table.c)


def in_batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    yield from (ids[place : place + size] for place in range(0, len(ids), size))


def mention_ids_of(session: Session, person: Person) -> Sequence[int]:
    return session.scalars(select(Mention.id).where(mentions_of(person)).order_by(Mention.id)).all()
