"""Masking slurs in what is told outside the desk: their first letter stays, so that a reader knows what was said."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

import regex

# A word may go on with what people put for letters; and of Hindi's the vowel signs are part, which `re` does not know.
WORD = regex.compile(r"[^\W_][^\W_'’]*(?:[@$!*]+[^\W_]+)*")
PUT_FOR = str.maketrans("013457@$!", "oieastasi")


def mask(text: str) -> str:
    """The text with every letter of a slur but its first as a dot: `b••••`."""
    return str(WORD.sub(lambda word: dot(word[0]) if is_slur(word[0]) else word[0], text))


def dot(word: str) -> str:
    return word[0] + "•" * (len(word) - 1)


def is_slur(word: str) -> bool:
    whole, beginnings = slurs()
    found = bare(word)
    return found in whole or found.startswith(beginnings)


def bare(word: str) -> str:
    """As the list has it: small letters without accents, and letters where digits were put for them."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(PUT_FOR)


@cache
def slurs() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and beginnings of words."""
    listed = tomllib.loads(files("monitor.abusive").joinpath("slurs.toml").read_text(encoding="utf-8"))
    words = [word for language in listed.values() for word in language]
    whole = frozenset(bare(word) for word in words if not word.endswith("*"))
    return whole, tuple(sorted(bare(word[:-1]) for word in words if word.endswith("*")))
