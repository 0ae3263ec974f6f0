"""In which language a page is answered, as its reader chose or their browser asks for."""

from flask import Flask, request

from monitor.translating import ENGLISH, Language, speak
from monitor.translations.labels import labelled
from monitor.translations.templates import teach
from web.login import OPEN_BLUEPRINTS, looking_user
from web.translations import OFFERED, SOURCE, language, script_words


def init_languages(app: Flask) -> None:
    """Speak the reader's language for as long as a page is answered; everything else is answered in English."""
    teach(app.jinja_env)
    app.jinja_env.globals.update(languages=OFFERED, script_words=script_words)
    app.jinja_env.filters.update(labelled=labelled)
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
