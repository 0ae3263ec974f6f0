"""What every view may reach: the configuration, the store, and one moment for the whole request."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Semaphore

from flask import current_app, g

from monitor.clock import utcnow
from monitor.likeness import likeness_of
from monitor.live.reader import Live
from monitor.settings import Settings
from monitor.similar import Nearest
from monitor.store import Store
from web.made import Made

NAME = "mentiondesk"


@dataclass(frozen=True)
class Context:
    """What the application was given, and what happens while it runs."""

    settings: Settings
    store: Store
    live: Live
    streams: Semaphore  # one for each board that may be told at once of what happens
    made: Made  # for one of them, which serves the others
    nearest: Nearest = field(default_factory=Nearest)  # of past mentions; holds their embeddings


def here() -> Context:
    """The context of the application that answers the present request."""
    found: Context = current_app.extensions[NAME]
    return found


def alike() -> float:
    """The cosine from which two mentions say much the same, to the model in use."""
    return likeness_of(here().settings).alike


def new_moment() -> datetime:
    """Let time go on, in a request that lasts for minutes."""
    g.moment = utcnow()
    return this_moment()


def this_moment() -> datetime:
    """When the request is answered; the same for everything on its page."""
    if "moment" not in g:
        g.moment = utcnow()
    found: datetime = g.moment
    return found
