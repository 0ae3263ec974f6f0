"""The board: pages, the JSON API and health, thin over the domain's functions."""

from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect

from monitor.settings import Settings
from monitor.store import Store
from web import assets, auth, authors, board, conversation, feeds, health, hiding, hooks, mention
from web.api import blueprint as api
from web.calendar import blueprint as calendar
from web.context import NAME, Context
from web.errors import init_errors
from web.limits import init_limits
from web.login import init_login
from web.mention_id import MentionId
from web.promise_words import blueprint as promises
from web.rendering import init_rendering
from web.security import init_security

PAGES = (
    assets.blueprint,
    auth.blueprint,
    authors.blueprint,
    board.blueprint,
    conversation.blueprint,
    feeds.blueprint,
    health.blueprint,
    hiding.blueprint,
    hooks.blueprint,
    mention.blueprint,
    calendar,
    promises,
)


def create_app(settings: Settings, store: Store, *, secret_key: str) -> Flask:
    """The application over a store of the newest schema. `secret_key` signs the sessions; keep it between starts."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page may stay open all day
    )
    app.extensions[NAME] = Context(settings, store)
    app.url_map.converters["mention_id"] = MentionId
    init_security(app, settings.public_url)
    init_login(app)
    csrf = CSRFProtect(app)
    csrf.exempt(api)  # its callers send a key with every request, which no other site can
    csrf.exempt(hooks.blueprint)  # and these sign every request
    init_limits(app)
    init_rendering(app)
    init_errors(app)
    for blueprint in (*PAGES, api):
        app.register_blueprint(blueprint)
    return app
