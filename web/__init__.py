"""The board: pages, the JSON API and health, thin over the domain's functions."""

from datetime import timedelta
from threading import Semaphore

from flask import Flask
from flask_wtf import CSRFProtect

from monitor.live.presence import Presence
from monitor.live.reader import Live
from monitor.settings import Settings
from monitor.store import Store
from web import assets, auth, health, hooks
from web.api import blueprint as api
from web.board import deeds, finding, memos, queue, retrying, saved_views
from web.calendar import blueprint as calendar
from web.context import NAME, Context
from web.errors import init_errors
from web.live import events, presence
from web.live.events import hang_up as hang_up
from web.login import init_login
from web.made import Made
from web.mention import answering, assigning, commands, conversation, drafting, hiding, meanwhile
from web.mention_id import MentionId
from web.metrics import scraping as metrics
from web.metrics.scraping import init_metrics
from web.pages import (
    accuracy,
    authors,
    escalations,
    feeds,
    guidance,
    handover,
    incidents,
    lane,
    personal,
    saved_replies,
    team,
)
from web.proxies import BelievedProxies
from web.rendering import init_rendering
from web.security import init_security
from web.translations.choosing import init_languages
from web.words.promises import blueprint as promises
from web.words.replies import blueprint as replies

PAGES = (
    accuracy.blueprint,
    answering.blueprint,
    saved_replies.blueprint,
    assets.blueprint,
    assigning.blueprint,
    auth.blueprint,
    authors.blueprint,
    queue.blueprint,
    conversation.blueprint,
    deeds.blueprint,
    drafting.blueprint,
    escalations.blueprint,
    events.blueprint,
    feeds.blueprint,
    finding.blueprint,
    guidance.blueprint,
    handover.blueprint,
    health.blueprint,
    hiding.blueprint,
    retrying.blueprint,
    saved_views.blueprint,
    hooks.blueprint,
    incidents.blueprint,
    lane.blueprint,
    meanwhile.blueprint,
    memos.blueprint,
    commands.blueprint,
    metrics.blueprint,
    calendar,
    promises,
    personal.blueprint,
    presence.blueprint,
    replies,
    team.blueprint,
)


def create_app(
    settings: Settings, store: Store, *, secret_key: str, streams: int = 0, people: Presence | None = None
) -> Flask:
    """The application over a store of the newest schema. `secret_key` signs the sessions; keep it between starts.

    `streams` is how many open boards are told at once what happens, each of which takes a thread of the server; the
    others ask every few seconds. `people` is who is here, where other parts of the process want to know it too.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page may stay open all day
    )
    live = Live(store, people or Presence())
    app.extensions[NAME] = Context(settings, store, live, Semaphore(streams), Made())
    app.wsgi_app = BelievedProxies(app.wsgi_app, settings.web.proxies)  # type: ignore[method-assign]
    init_metrics(app)
    app.url_map.converters["mention_id"] = MentionId
    init_security(app, settings.public_url)
    init_login(app)
    init_languages(app)
    csrf = CSRFProtect(app)
    csrf.exempt(api)  # its callers send a key with every request, which no other site can
    csrf.exempt(hooks.blueprint)  # and these sign every request
    init_rendering(app)
    init_errors(app)
    for blueprint in (*PAGES, api):
        app.register_blueprint(blueprint)
    return app
