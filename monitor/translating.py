"""The desk's sentences in the language of whoever reads them; English for logs, the command line and the API.

A sentence is written in English where it is made, as `_("…")`. Whoever serves a person calls `speak` first.
Values are named and come after it: `_("%(name)s holds this.", name=name)`, so that another language may turn the
sentence round. `ngettext` is for what is counted and writes its number as `%(num)s` by itself. `N_` marks a sentence
that a table holds; it is translated where it is shown, by `_(TABLE[key])`, and what `NN_` marks by
`ngettext(*TABLE[key], number)`. `pgettext` says which sense is meant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from gettext import NullTranslations
from typing import Any

SOURCE = "en"  # what the sentences are written in


@dataclass(frozen=True)
class Language:
    """One that the desk speaks: its code, as in `de`, how it writes numbers, and its catalogue."""

    code: str = SOURCE
    group: str = ","  # between thousands
    point: str = "."
    catalogue: NullTranslations = field(default_factory=NullTranslations, compare=False)


ENGLISH = Language()
spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


def speak(language: Language) -> None:
    """Speak it from here on, in this thread, until told otherwise."""
    spoken.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak it for as long as the block lasts: for somebody other than whoever asked."""
    token = spoken.set(language)
    try:
        yield
    finally:
        spoken.reset(token)


def language_code() -> str:
    """Of the language that is spoken now: `en`, `de`."""
    return spoken.get().code


def _(sentence: str, /, **values: Any) -> str:
    """The sentence as it is said, with its values in their places."""
    return fill(spoken.get().catalogue.gettext(sentence), values)


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The one of the two that goes with the number, which is written where they say `%(num)s`."""
    return fill(spoken.get().catalogue.ngettext(one, many, num), {"num": say_number(num), **values})


def pgettext(sense: str, words: str, /, **values: Any) -> str:
    """Short words that mean several things; `sense` says which."""
    return fill(spoken.get().catalogue.pgettext(sense, words), values)


def N_(sentence: str) -> str:
    """Marks a sentence that is translated later, where it is shown."""
    return sentence


def NN_(one: str, many: str) -> tuple[str, str]:
    """As `N_`, of the two sentences among which `ngettext` chooses later."""
    return one, many


def NP_(_sense: str, words: str) -> str:
    """As `N_`, of short words that `pgettext` translates later."""
    return words


def say_number(number: float | Decimal, decimals: int = 0) -> str:
    """`1,204` or `1.204`, `0.5` or `0,5`, as the language writes it."""
    written, language = f"{number:,.{decimals}f}", spoken.get()
    return written.translate({ord(","): language.group, ord("."): language.point})


def fill(sentence: str, values: dict[str, Any]) -> str:
    """A sentence without values may hold a lone `%`."""
    return sentence % values if values else sentence
