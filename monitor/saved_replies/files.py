"""Saved replies as a folder of Markdown files with front matter: written by `export`, read back by `import`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from monitor.desk import DeskError, Invalid
from monitor.models import SavedReply
from monitor.saved_replies.commands import Draft, add, as_draft, change

FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*\r?$\n?(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
KINDS = {"reply": False, "knowledge": True}
NAMES = frozenset({"title", "kind", "needs", "brand", "lang"})
LARGEST = 100_000  # bytes; far above the longest reply


@dataclass
class Imported:
    """What became of the files of a folder; `rejected` says of each bad one why."""

    read: int = 0
    added: int = 0
    changed: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)


def to_markdown(draft: Draft) -> str:
    """`---`, what it is for, `---`, an empty line and its text."""
    kind = "knowledge" if draft.knowledge else "reply"
    front = {"title": draft.title, "kind": kind, "needs": list(draft.needs), "brand": draft.brand, "lang": draft.lang}
    told = {name: value for name, value in front.items() if value}
    return f"---\n{yaml.safe_dump(told, allow_unicode=True, sort_keys=False)}---\n\n{draft.text}\n"


def from_markdown(text: str) -> Draft:
    """Raises `Invalid` in a sentence."""
    found = FRONT.match(text.removeprefix("\ufeff"))
    if found is None:
        raise Invalid("It does not begin with front matter between two lines of ---.")
    try:
        front = yaml.safe_load(found["front"])
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Invalid("Its front matter is not readable as YAML.") from None
    if not isinstance(front, dict) or not front.get("title"):
        raise Invalid("Its front matter names no title.")
    return read_front(front, found["body"].strip())


def read_front(front: dict[Any, Any], text: str) -> Draft:
    unknown = [str(name) for name in front if name not in NAMES]
    if unknown:
        raise Invalid(f"Its front matter says '{unknown[0]}'; it may say {', '.join(sorted(NAMES))}.")
    kind, needs = front.get("kind", "reply"), front.get("needs") or []
    if kind not in KINDS:
        raise Invalid(f"Its kind is '{kind}'; a saved reply is reply or knowledge.")
    if not isinstance(needs, list):
        raise Invalid("Its needs are no list; write them as in [billing, delivery].")
    brand, lang = (str(front.get(name) or "") for name in ("brand", "lang"))
    return Draft(str(front["title"]), text, KINDS[kind], tuple(map(str, needs)), brand, lang)


def export_folder(session: Session, folder: Path) -> int:
    """Write every saved reply that is not archived into a file of its own; how many. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = select(SavedReply).where(SavedReply.archived_at.is_(None)).order_by(SavedReply.id)
    every = session.scalars(kept.options(joinedload(SavedReply.brand))).all()
    for name, saved in file_names(every):
        (folder / name).write_text(to_markdown(as_draft(saved)), encoding="utf-8", newline="\n")
    return len(every)


def file_names(every: Sequence[SavedReply]) -> Iterator[tuple[str, SavedReply]]:
    """`lost-bag.md`; with a number behind it where that is taken."""
    taken = set[str]()
    for saved in every:
        slug = re.sub(r"[\W_]+", "-", saved.title.lower()).strip("-")[:60] or "saved-reply"
        name = f"{slug}.md" if slug not in taken else f"{slug}-{saved.id}.md"
        taken.add(slug)
        yield name, saved


def import_folder(session: Session, folder: Path, now: datetime) -> Imported:
    """Add what is new and change what is known by its title; a bad file is reported and passed over."""
    counts = Imported()
    for path in sorted(folder.glob("*.md")):
        counts.read += 1
        try:
            take(session, from_markdown(read_text(path)), counts, now)
        except DeskError as error:
            counts.rejected.append((path.name, str(error)))
    return counts


def read_text(path: Path) -> str:
    """Raises `Invalid` for what is no text, or too much of it."""
    if path.stat().st_size > LARGEST:
        raise Invalid(f"It is larger than {LARGEST:,} bytes.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid("It is not readable as UTF-8.") from None


def take(session: Session, draft: Draft, counts: Imported, now: datetime) -> None:
    title = " ".join(draft.title.split()).lower()
    known = session.scalar(select(SavedReply).where(func.lower(SavedReply.title) == title))
    if known is None:
        add(session, draft, None, now)
        counts.added += 1
        return
    before = known.changed_at
    counts.changed += change(session, known.id, draft, None, now).changed_at != before
