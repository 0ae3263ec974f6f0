"""Every string of a page, in the languages that the board speaks: how to write one. Catalogues: `monitor.translations`.

In Python `from web.translations import _, ngettext`: `_("Claimed.")`, `_("%(name)s holds this.", name=name)`,
`ngettext("%(num)s mention", "%(num)s mentions", count)`; in a table `N_("Mine")`, shown by `_(title)`,
or `NN_("%(num)s mention", "%(num)s mentions")`, shown by `ngettext(*words, count)`. No f-strings.
In a template `{{ _("Claim") }}`, `{{ _("by %(name)s", name=name) }}`, or around markup
`{% trans name=user.name %}<bdi>{{ name }}</bdi> holds this.{% endtrans %}`, with `{% pluralize %}` where one counts.
Labels such as `urgent` or `billing` are shown by `{{ level | label }}`, numbers by `{{ count | number }}`.
In JavaScript `import { _, ngettext } from "./words.js"`: `_("Copied")`, `_("%(name)s is reading", { name })`.
A word of several meanings says which: `pgettext("a view", "Open")`. `monitor` makes its sentences in the same way, with
`monitor.translating`. The API, the log and the command line speak English. docs/translating.md has the rest.
"""

from functools import cache
from typing import Any

from monitor.translating import N_ as N_
from monitor.translating import NN_ as NN_
from monitor.translating import SOURCE as SOURCE
from monitor.translating import _ as _
from monitor.translating import language_code as language_code
from monitor.translating import ngettext as ngettext
from monitor.translating import pgettext as pgettext
from monitor.translating import say_number as say_number
from monitor.translations import OFFERED as OFFERED
from monitor.translations import language as language
from monitor.translations import read_catalogue


@cache
def script_words(code: str) -> dict[str, Any]:
    """What the scripts of a page say: `{sentence: translation}`, several translations where it is counted."""
    if code == SOURCE:
        return {}
    said = [one for one in read_catalogue(code) if any(place.endswith(".js") for place, _line in one.locations)]
    return {one.id if isinstance(one.id, str) else one.id[0]: one.string for one in said}
