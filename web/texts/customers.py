"""A customer's words as safe HTML: carried words marked, links and handles made clickable, everything else inert."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

FOLD_AT = 2_000  # characters shown before somebody asks for the rest
EXCERPT = 280  # what two lines of a queue can hold, with room for narrow letters
PIECE = re.compile(
    r"(?P<url>https?://\w[^\s<>\"'“”]{0,2000})"
    r"|(?<![\w/@])@(?P<handle>\w[\w.-]{0,80}(?:@[\w-]+(?:\.[\w-]+)+)?)"
    r"|(?<![\w/&#])#(?P<tag>\w{1,80})"
    r"|(?<![\w/])(?P<reddit>/?(?:u|r)/[A-Za-z0-9_-]{2,24})(?![\w/])",
    re.IGNORECASE,
)
HANDLE_PAGES = {"x": "https://x.com/{}", "bluesky": "https://bsky.app/profile/{}"}
TAG_PAGES = {"x": "https://x.com/hashtag/{}", "bluesky": "https://bsky.app/hashtag/{}"}
PUNCTUATION = ".,;:!?…*_-"
LINK = Markup('<a dir="auto" href="{}" rel="ugc nofollow noopener noreferrer" target="_blank">')

Span = tuple[int, int]


def customer_words(text: str, source: str, words: Any = None) -> Markup:
    """The text with `words` (dicts with `start` and `end`) marked; offsets that do not fit are left out."""
    links = list(find_links(text, source))
    marks = sound_spans(words, len(text))
    edges = sorted({0, len(text), *(edge for start, end, _ in links for edge in (start, end)), *sum(marks, ())})
    opening = {start: address for start, _, address in links}
    closing = {end for _, end, _ in links}
    parts = []
    for start, end in pairwise(edges):
        if start in opening:
            parts.append(LINK.format(opening[start]))
        piece = escape(text[start:end])
        parts.append(Markup("<mark>{}</mark>").format(piece) if inside(start, marks) else piece)
        if end in closing:
            parts.append(Markup("</a>"))
    return Markup("").join(parts)


def inside(position: int, spans: Iterable[Span]) -> bool:
    return any(start <= position < end for start, end in spans)


def sound_spans(words: Any, length: int) -> list[Span]:
    """The stretches that really lie in the text, in order, overlapping ones joined."""
    found: list[Span] = []
    for start, end in sorted(filter(None, (sound_span(word, length) for word in listed(words)))):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def sound_span(word: Any, length: int) -> Span | None:
    start, end = (word.get("start"), word.get("end")) if isinstance(word, Mapping) else (None, None)
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    end = min(end, length)  # a folded text cuts its words off with it
    return (start, end) if 0 <= start < end else None


def listed(words: Any) -> list[Any]:
    return words[:50] if isinstance(words, list) else []


def find_links(text: str, source: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and address of what can be followed, in order and apart."""
    for found in PIECE.finditer(text):
        kind = str(found.lastgroup)
        said = trim(found[kind]) if kind == "url" else found[kind].rstrip(".-")
        address = address_of(kind, said, source)
        if address:
            # An @ or # belongs to the link; its group begins one character later.
            yield found.start(), found.start(kind) + len(said), address


def address_of(kind: str, said: str, source: str) -> str:
    """Where it leads; empty where that platform has no such pages."""
    if kind == "url":
        return said
    if kind == "reddit":
        return f"https://www.reddit.com/{quote(said.strip('/'))}" if source == "reddit" else ""
    if kind == "handle" and source == "mastodon" and "@" in said:
        name, _, server = said.partition("@")
        return f"https://{server}/@{quote(name)}"
    pages = HANDLE_PAGES if kind == "handle" else TAG_PAGES
    return pages[source].format(quote(said)) if source in pages else ""


def trim(said: str) -> str:
    """An address without the punctuation that ends a sentence, or a bracket that was opened before the link."""
    said = said.rstrip(PUNCTUATION)
    return said if "(" in said else said.rstrip(")" + PUNCTUATION)


def direction(text: str) -> str:
    """`rtl` or `ltr`, by most of its letters; `auto` without any.

    Browsers go by the first letter, but an Arabic post usually begins with the brand's handle.
    """
    words = PIECE.sub("", text[:EXCERPT])
    if words.isascii():  # most posts; none of these letters runs to the left
        return "ltr" if any(map(str.isalpha, words)) else "auto"
    kinds = [unicodedata.bidirectional(letter) for letter in words]
    to_left, to_right = sum(kind in ("R", "AL") for kind in kinds), kinds.count("L")
    if not to_left and not to_right:
        return "auto"
    return "rtl" if to_left > to_right else "ltr"


def excerpt(text: str) -> str:
    """What the queue shows: one run of words, bounded."""
    return " ".join(text[: 2 * EXCERPT].split())[:EXCERPT]
