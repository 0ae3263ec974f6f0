"""The languages that the desk speaks, and a catalogue for each: of pages, alerts, the digest and the domain."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from monitor.translating import ENGLISH, SOURCE, Language

OFFERED = {"en": "English", "de": "Deutsch"}
TRANSLATIONS = Path(__file__).parent


def catalogue_path(code: str) -> Path:
    return TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"


@cache
def read_catalogue(code: str) -> Catalog:
    """The catalogue of a language other than the one that the strings are written in."""
    with catalogue_path(code).open("rb") as file:
        return read_po(file, locale=code)


@cache
def language(code: str) -> Language:
    """One of `OFFERED`; its catalogue is compiled when somebody first wants it."""
    if code == SOURCE:
        return ENGLISH
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(code))
    compiled.seek(0)
    symbols = Locale.parse(code).number_symbols["latn"]
    return Language(code, symbols["group"], symbols["decimal"], GNUTranslations(compiled))


def parse_language(code: str) -> str:
    """The code of a language in which the desk can write. Raises ValueError with a sentence."""
    if code not in OFFERED:
        raise ValueError(f"'{code}' is not a language that the desk writes; there are {', '.join(OFFERED)}")
    return code
