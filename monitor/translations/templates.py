"""How a Jinja template speaks: `_`, `ngettext`, `{% trans %}`, `{{ count | number }}`, `{{ level | label }}`."""

from typing import Any

from jinja2 import Environment, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from monitor.translating import language_code, say_number, spoken
from monitor.translations.labels import begin_large, say_label
from monitor.translations.retelling import retell


def teach(environment: Environment) -> None:
    """Let its templates speak whatever language is spoken while they are rendered."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # {% trans %} then gives its values by name
    environment.globals.update(_=say, gettext=say, ngettext=say_counted, pgettext=say_sense)
    environment.globals.update(language_code=language_code)
    environment.filters.update(number=say_number, label=show_label, retold=retell, initial=begin_large)


@pass_eval_context
def say(context: EvalContext, sentence: str, /, **values: Any) -> str:
    """`_` of a template: the sentence may hold markup, its values are escaped; a lone `%` is written `%%`."""
    return place(context, spoken.get().catalogue.gettext(sentence), values)


@pass_eval_context
def say_counted(context: EvalContext, one: str, many: str, number: int, /, **values: Any) -> str:
    """`ngettext` of a template; `%(num)s` is the number as the language writes it."""
    found = spoken.get().catalogue.ngettext(one, many, number)
    return place(context, found, {"num": say_number(number), **values})


@pass_eval_context
def say_sense(context: EvalContext, sense: str, words: str, /, **values: Any) -> str:
    """`pgettext` of a template."""
    return place(context, spoken.get().catalogue.pgettext(sense, words), values)


def place(context: EvalContext, sentence: str, values: dict[str, Any]) -> str:
    return (Markup(sentence) if context.autoescape else sentence) % values  # noqa: S704 - ours, from the template


@pass_context
def show_label(_context: Context, label: object) -> str:
    """`say_label`; it takes the context so that Jinja does not work it out once for all languages."""
    return say_label(label)
