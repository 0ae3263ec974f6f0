"""Sentences of the domain, made or stored in English, said again in the language of whoever reads them.

The domain speaks English: what it refuses and why, what it found and by which rule. Much of that is stored, and is read
later by people of other languages. web/extracting.py finds those sentences where they are made; here one is recognised
by its fixed words, and what stood between them is put into its translation.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from monitor.translating import SOURCE, language_code, pgettext
from web.labels import WORDS
from web.translating import _, read_catalogue

SENSE = "the domain"  # of its entries in the catalogues
PLACE = re.compile(r"%\((\w+)\)s")


def retell(sentence: object) -> str:
    """The sentence in the language that is spoken; as it is where no catalogue knows it."""
    said = str(sentence or "")
    return said if language_code() == SOURCE else retell_in(language_code(), said)


@lru_cache(maxsize=4096)
def retell_in(code: str, sentence: str) -> str:
    """`code` only tells the kept answers apart; the language is the one that is spoken."""
    for words, pattern in patterns(code):
        if found := pattern.fullmatch(sentence):
            values = {name: retell_value(code, value) for name, value in found.groupdict().items()}
            return pgettext(SENSE, words, **values)
    return sentence


def retell_value(code: str, value: str) -> str:
    """What stood in a place: a label, a number with its unit, a phrase of the domain, or somebody's own words."""
    if value in WORDS:
        return pgettext("label", value)
    if span := re.fullmatch(r"(\d+) (s|min|h|d)", value):
        return _(f"%(number)s {span[2]}", number=span[1])
    return retell_in(code, value)


@cache
def patterns(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The domain's sentences with what recognises them, those with the most fixed words first."""
    known = [str(one.id) for one in read_catalogue(code) if one.context == SENSE]
    known.sort(key=lambda words: -len(PLACE.sub("", words)))
    return tuple((words, re.compile("".join(recognise(words)), re.DOTALL)) for words in known)


def recognise(words: str) -> Iterator[str]:
    """The parts of an expression that a sentence made of these words fits."""
    fixed = PLACE.split(words)
    for number, part in enumerate(fixed):
        yield f"(?P<{part}>.+?)" if number % 2 else re.escape(part)
