"""In which language a page is answered, as its reader chose or their browser asks for, and how templates say it."""

from typing import Any

from flask import Flask, request
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from monitor.translating import ENGLISH, Language, say_number, speak, spoken
from web.login import OPEN_BLUEPRINTS, looking_user
from web.translations import OFFERED, SOURCE, language, language_code, script_words
from web.translations.retelling import retell
from web.words.labels import labelled, say_label


def init_languages(app: Flask) -> None:
    """Speak the reader's language for as long as a page is answered; everything else is answered in English."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]  # {% trans %} then gives its values by name
    app.jinja_env.globals.update(_=say, gettext=say, ngettext=say_counted, pgettext=say_sense)
    app.jinja_env.globals.update(languages=OFFERED, language_code=language_code, script_words=script_words)
    app.jinja_env.filters.update(number=say_number, label=show_label, labelled=labelled)
    app.jinja_env.filters.update(retold=retell, initial=begin_large)
    app.before_request(speak_to_reader)
    app.teardown_request(lambda _error: speak(ENGLISH))


def speak_to_reader() -> None:
    if request.blueprint not in OPEN_BLUEPRINTS and not request.path.startswith("/api/"):
        speak(readers_language())


def readers_language() -> Language:
    """Of whoever is looking; English for a browser that asks for none that the board speaks."""
    user = looking_user()
    chosen = user.language if user else None
    wanted = chosen or request.accept_languages.best_match(OFFERED)
    return language(wanted if wanted in OFFERED else SOURCE)


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


def begin_large(sentence: str) -> str:
    """With a capital letter, and the rest as it is: German needs its own ones."""
    return sentence[:1].upper() + sentence[1:]
