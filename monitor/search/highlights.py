"""Where in a text the words stand that somebody searched for."""

import re
from collections.abc import Iterator, Sequence

from monitor.search.terms import Term, blank_between, fold

Span = tuple[int, int]


def find_spans(text: str, terms: Sequence[Term]) -> list[Span]:
    """Start and end of every stretch that a term finds, in order."""
    if not terms:
        return []
    places = [found.span() for found in re.finditer(r"\S+", blank_between(text))]
    words = [fold(text[start:end]) for start, end in places]
    found = {span for term in terms for span in find_term(words, places, term)}
    return sorted(found)


def find_term(words: Sequence[str], places: Sequence[Span], term: Term) -> Iterator[Span]:
    wanted = [fold(word) for word in term.words]
    for first in range(len(words) - len(wanted) + 1):
        last = first + len(wanted) - 1
        ends_well = words[last].startswith(wanted[-1]) if term.prefix else words[last] == wanted[-1]
        if ends_well and list(words[first:last]) == wanted[:-1]:
            yield places[first][0], places[last][1]
