"""A row's words after a search: the stretch in which something was found, with that marked."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from monitor.search import Term, find_spans
from web.texts.customers import EXCERPT, excerpt, inside

BEFORE = 40  # characters shown before the first find, where it stands far into the text
READ = 5_000  # characters looked through
MARKED = Markup("<mark>{}</mark>")


def mark_found(text: str, terms: Sequence[Term]) -> Markup:
    """The excerpt, as HTML; without terms, the beginning of the text."""
    shown = excerpt(from_first(text[:READ], terms))
    spans = find_spans(shown, terms)
    edges = sorted({0, len(shown), *(edge for span in spans for edge in span)})
    return Markup("").join(
        MARKED.format(shown[first:last]) if inside(first, spans) else escape(shown[first:last])
        for first, last in pairwise(edges)
    )


def from_first(text: str, terms: Sequence[Term]) -> str:
    """The text from a little before the first find, where that would otherwise be cut off."""
    spans = find_spans(text, terms)
    if not spans or spans[0][1] < EXCERPT // 2:
        return text
    start = text.rfind(" ", 0, max(0, spans[0][0] - BEFORE)) + 1
    return f"… {text[start:]}" if start else text


def is_found_inside(text: str, author: Sequence[str], terms: Sequence[Term]) -> bool:
    """Whether something was found elsewhere than the row shows: in a note or a reply. `author`: name and handle."""
    seen = " | ".join([text[:READ], *author])
    return len(text) <= READ and any(not find_spans(seen, [term]) for term in terms)
