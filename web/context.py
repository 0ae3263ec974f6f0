"""What every view may reach: the configuration, the store, and one moment for the whole request."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g

from monitor.clock import utcnow
from monitor.settings import Settings
from monitor.store import Store

NAME = "mentiondesk"


@dataclass(frozen=True)
class Context:
    """The application's two givens."""

    settings: Settings
    store: Store


def here() -> Context:
    """The context of the application that answers the present request."""
    found: Context = current_app.extensions[NAME]
    return found


def this_moment() -> datetime:
    """When the request is answered; the same for everything on its page."""
    if "moment" not in g:
        g.moment = utcnow()
    found: datetime = g.moment
    return found
