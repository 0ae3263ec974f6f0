"""Sentences of the domain, made or stored in English, said again in the language of whoever reads them.

The domain speaks English: what it refuses and why, what it found and by which rule. Much of that is stored, and is read
later by people of other languages. web/translations/extracting.py finds those sentences where they are made; here one
is recognised by its fixed words, and what stood between them is put into its translation.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from monitor.translating import SOURCE, _, language_code, ngettext, pgettext
from monitor.translations import read_catalogue
from monitor.translations.labels import WORDS

SENSE = "the domain"  # of its entries in the catalogues
PLACE = re.compile(r"%\((\w+)\)s")
SPAN = re.compile(r"(\d+) (s|min|h|d)")
REACH = re.compile(r"([\d,]+) (follower|like|repost)s")


def retell(sentence: object) -> str:
    """The sentence in the language that is spoken; as it is where no catalogue knows it."""
    said = str(sentence or "")
    return said if language_code() == SOURCE else retell_value(language_code(), said)


@lru_cache(maxsize=4096)
def retell_in(code: str, sentence: str) -> str:
    """Whole, or else the parts around a colon. The language is the spoken one; `code` tells kept answers apart."""
    for words, pattern in patterns(code):
        if found := pattern.fullmatch(sentence):
            values = {name: retell_value(code, value) for name, value in found.groupdict().items()}
            return pgettext(SENSE, words, **values)
    head, colon, rest = sentence.partition(": ")
    return f"{retell_in(code, head)}: {retell_in(code, rest)}" if colon else sentence


def retell_value(code: str, value: str) -> str:
    """What stood in a place: a label, a number with its unit, a phrase of the domain, or somebody's own words."""
    if value in WORDS:
        return pgettext("label", value)
    if span := SPAN.fullmatch(value):
        return _(f"%(number)s {span[2]}", number=span[1])
    if reach := REACH.fullmatch(value):
        number = int(reach[1].replace(",", ""))
        return ngettext(f"%(num)s {reach[2]}", f"%(num)s {reach[2]}s", number)
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
