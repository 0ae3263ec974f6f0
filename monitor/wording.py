"""How the desk speaks of what it holds: one safe line, a short excerpt, a platform's own name."""

import re
import textwrap

from monitor.cleaning import printable
from sources.registry import TITLES

# A terminal obeys C1 controls; a reader is fooled by marks that turn the direction of what follows.
TRICKS = re.compile(r"[\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Hostile text without what a terminal would obey or an eye be fooled by; line breaks are kept."""
    return TRICKS.sub("", printable(text))


def one_line(text: str) -> str:
    """Hostile text on one line."""
    return " ".join(plain(text).split())


def excerpt(text: str, length: int) -> str:
    """The beginning of a text on one line, at most `length` characters, cut between words where it can be."""
    line = one_line(text)
    if len(line) <= length:
        return line
    short = textwrap.shorten(line, length, placeholder="…")
    return short if len(short) > length // 2 else line[: length - 1] + "…"


def platform_title(source: str) -> str:
    """What people call a platform; the bare name for one that only an import or a package knows."""
    return {**TITLES, "import": "Import", "file": "File"}.get(source, source)
