"""What somebody typed into the search box, taken apart: words, "phrases" and beginnings*. Never an error."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_TERMS = 16
PIECE = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
ACCENTS = re.compile(r"[\u0300-\u036f]")


@dataclass(frozen=True)
class Term:
    """Words that stand one behind the other; with `prefix`, the last is only a beginning."""

    words: tuple[str, ...]
    prefix: bool = False


def read_terms(typed: str) -> list[Term]:
    """Every one of them is to be found; empty where nothing that was typed is a word."""
    found = []
    for phrase, star, word in PIECE.findall(typed):
        words = [one for one in split_words(phrase or word) if fold(one)]  # an accent alone is nothing to look for
        if words:
            found.append(Term(tuple(words), prefix=bool(star) or word.endswith("*")))
    return found[:MOST_TERMS]


def split_words(text: str) -> list[str]:
    return blank_between(text).split()


def blank_between(text: str) -> str:
    """The text, as long as it was, with a space for everything that belongs to no word."""
    return "".join(letter if is_of_word(letter) else " " for letter in text)


@lru_cache(maxsize=4_096)
def is_of_word(letter: str) -> bool:
    """Letters, digits, and the marks that some scripts write on them."""
    return unicodedata.category(letter)[0] in "LNM"


def fold(word: str) -> str:
    """A word as it is compared: without case or accents."""
    return ACCENTS.sub("", unicodedata.normalize("NFKD", word)).lower()


def as_fts5(terms: Sequence[Term]) -> str:
    """As SQLite's FTS5 wants to be asked (https://sqlite.org/fts5.html, "Full-text Query Syntax")."""
    return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.prefix else ""}' for term in terms)


def as_tsquery(terms: Sequence[Term]) -> str:
    """As PostgreSQL's `to_tsquery` wants to be asked."""
    return " & ".join(f"({phrase_as_tsquery(term)})" for term in terms)


def phrase_as_tsquery(term: Term) -> str:
    return " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.prefix else "")
