"""Every string of a page, in the languages that the board speaks: how to write one, and the catalogues.

In Python `from web.translations import _, ngettext`: `_("Claimed.")`, `_("%(name)s holds this.", name=name)`,
`ngettext("%(num)s mention", "%(num)s mentions", count)`; in a table `N_("Mine")`, shown by `_(title)`. No f-strings.
In a template `{{ _("Claim") }}`, `{{ _("by %(name)s", name=name) }}`, or around markup
`{% trans name=user.name %}<bdi>{{ name }}</bdi> holds this.{% endtrans %}`, with `{% pluralize %}` where one counts.
Labels such as `urgent` or `billing` are shown by `{{ level | label }}`, numbers by `{{ count | number }}`.
In JavaScript `import { _, ngettext } from "./words.js"`: `_("Copied")`, `_("%(name)s is reading", { name })`.
A word of several meanings says which: `pgettext("a view", "Open")`. `monitor` makes its sentences in the same way, with
`monitor.translating`. The API, the log and the command line speak English. docs/translating.md has the rest.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from monitor.translating import ENGLISH, Language
from monitor.translating import N_ as N_
from monitor.translating import SOURCE as SOURCE
from monitor.translating import _ as _
from monitor.translating import language_code as language_code
from monitor.translating import ngettext as ngettext
from monitor.translating import pgettext as pgettext
from monitor.translating import say_number as say_number

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


@cache
def script_words(code: str) -> dict[str, Any]:
    """What the scripts of a page say: `{sentence: translation}`, several translations where it is counted."""
    if code == SOURCE:
        return {}
    said = [one for one in read_catalogue(code) if any(place.endswith(".js") for place, _line in one.locations)]
    return {one.id if isinstance(one.id, str) else one.id[0]: one.string for one in said}
