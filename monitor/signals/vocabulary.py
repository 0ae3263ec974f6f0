"""The words that name a regulator, a lawyer, a danger, in every language we have: whole, however written."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

TITLES = {
    "regulator": "names a regulator",
    "legal": "names a lawyer or a court",
    "police": "names the police",
    "chargeback": "names a chargeback",
    "press": "names the press",
    "safety": "words of danger",
    "self_harm": "words of self-harm",
}

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ar", "hi")

Words = tuple[str, ...]


@cache
def read_words(language: str) -> dict[str, Words]:
    """One language's words by signal: words/<language>.toml beside this file."""
    listed = tomllib.loads(files("monitor.signals").joinpath("words", f"{language}.toml").read_text(encoding="utf-8"))
    return {name: tuple(listed[name]) for name in TITLES}


# All languages at once: the language of a short post is often guessed wrong, and a cry for help must not hang on that.
VOCABULARY: dict[str, Words] = {
    name: tuple(word for language in LANGUAGES for word in read_words(language)[name]) for name in TITLES
}

LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
# What compatibility forms leave: typographers' marks, and letters that people type in two ways.
ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "ß": "ss", "ł": "l", "Ł": "L", "ı": "i"}
    | {"ى": "ي", "ة": "ه", "ـ": "", "ँ": "ं"}
)
VIRAMA = 9  # the combining class of the mark that joins Hindi's consonants: no accent
LETTER = r"\w\u0900-\u0963"  # `re` does not take the vowel signs of Hindi for letters


def find_words(text: str, words: Sequence[str]) -> list[str]:
    """Those of the words that a text holds, as its author wrote them, each once. Addresses of links do not count.

    A word or phrase is found whole; a `*` at the end of a word takes in whatever follows.
    """
    pattern = compile_words(tuple(words))
    if pattern is None:
        return []
    found: dict[str, str] = {}
    for match in pattern.finditer(readable(text)):
        found.setdefault(match[0].casefold(), " ".join(match[0].split()))
    return list(found.values())


@lru_cache(maxsize=16)  # a text is searched for one signal after the other
def readable(text: str) -> str:
    """What is searched, and shown: folded before anything is found, so what is shown is what was matched."""
    return fold(LINK.sub(" ", text))


def fold(text: str) -> str:
    """Without accents, ligatures, typographers' marks and what cannot be seen; case stays, for showing."""
    if text.isascii():
        return text
    return "".join(filter(is_kept, unicodedata.normalize("NFKD", text))).translate(ALIKE)


def is_kept(letter: str) -> bool:
    return unicodedata.combining(letter) in (0, VIRAMA) and unicodedata.category(letter) != "Cf"


@lru_cache(maxsize=256)
def compile_words(words: Words) -> re.Pattern[str] | None:
    """One pattern for all; the longest first, so that "small claims court" is not cut short. None: no words."""
    ordered = sorted({fold(word).strip() for word in words} - {""}, key=lambda word: (-len(word), word))
    if not ordered:
        return None
    alternatives = "|".join(r"\s+".join(map(match_word, word.split())) for word in ordered)
    return re.compile(rf"(?<![{LETTER}'-])(?:{alternatives})(?:'?s)?(?![{LETTER}-])", re.IGNORECASE)


def match_word(word: str) -> str:
    stem, star = (word[:-1], rf"[{LETTER}]*") if word.endswith("*") else (word, "")
    return re.escape(stem) + star
