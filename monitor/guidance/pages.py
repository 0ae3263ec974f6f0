"""The pages of guidance: our own until a lead writes theirs, and every version of them kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.desk import NotFound, Refused, required
from monitor.guidance.kinds import Kind
from monitor.models import GuidanceEdition, User
from monitor.translating import language_code
from monitor.words import Happened, Role


@dataclass(frozen=True)
class Page:
    """What holds for one kind. `version` is 0 for our own page."""

    kind: Kind
    text: str  # Markdown
    version: int = 0
    edition: GuidanceEdition | None = None


def read_pages(session: Session, kinds: Sequence[Kind] = tuple(Kind)) -> list[Page]:
    """The pages that hold now, in one query."""
    if not kinds:
        return []
    newest = select(func.max(GuidanceEdition.id)).where(GuidanceEdition.kind.in_(kinds)).group_by(GuidanceEdition.kind)
    statement = select(GuidanceEdition).where(GuidanceEdition.id.in_(newest)).options(joinedload(GuidanceEdition.user))
    return choose_pages(session.scalars(statement).all(), kinds)


def choose_pages(editions: Sequence[GuidanceEdition], kinds: Sequence[Kind]) -> list[Page]:
    """Of the newest editions those of the kinds; our own page where there is none."""
    found = {edition.kind: edition for edition in editions}
    return [as_page(kind, found.get(kind)) for kind in kinds]


def as_page(kind: Kind, edition: GuidanceEdition | None) -> Page:
    return Page(kind, edition.text, edition.id, edition) if edition else Page(kind, our_own(kind))


def our_own(kind: Kind) -> str:
    """What the desk says until a lead says it otherwise, in the language that is spoken."""
    page = files("monitor.guidance").joinpath("defaults", language_code(), f"{kind.value}.md")
    return page.read_text(encoding="utf-8")


def read_page(session: Session, kind: str) -> Page:
    """Raises `NotFound`."""
    return read_pages(session, [find_kind(kind)])[0]


def find_kind(kind: str) -> Kind:
    if kind not in tuple(Kind):
        raise NotFound(f"There is no guidance called {kind[:40]}; there are {', '.join(Kind)}.")
    return Kind(kind)


def history(session: Session, kind: Kind) -> Sequence[GuidanceEdition]:
    """Every version that somebody wrote, the newest first."""
    statement = select(GuidanceEdition).where(GuidanceEdition.kind == kind).order_by(GuidanceEdition.id.desc())
    return session.scalars(statement.options(joinedload(GuidanceEdition.user))).all()


def write_page(session: Session, kind: str, user: User, text: str, version: int, now: datetime) -> Page:
    """Say it otherwise from now on; a lead may. `version` is the one that was read: where another holds by now,
    `Refused`, so that nobody's words are lost. The same words again change nothing.
    """
    if user.role == Role.AGENT:
        raise Refused("Leads keep the guidance; ask one of them.")
    text = required(text.replace("\r\n", "\n"), "the text of the guidance")
    page = read_page(session, kind)
    if page.version != version:
        who = page.edition.user.name if page.edition else "Somebody"
        raise Refused(f"{who} changed this page meanwhile; read theirs, then save yours again.")
    if text == page.text.strip():
        return page
    session.add(GuidanceEdition(kind=page.kind, text=text, user_id=user.id, created_at=now))
    session.flush()
    record(session, Happened.GUIDANCE_CHANGED, now, user_id=user.id, kind=page.kind.value)
    return read_page(session, kind)
