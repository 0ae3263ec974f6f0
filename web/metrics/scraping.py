"""The page that Prometheus scrapes, and who may."""

from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from monitor import users
from monitor.clock import utcnow
from monitor.queries.vitals import Vitals, read_vitals
from web.context import NAME, Context, here
from web.metrics.families import DeskCollector
from web.metrics.requests import init_requests
from web.proxies import client_is_known

REGISTRY = "mentiondesk-metrics"
REFUSAL = (
    "Send a token that `mentiondesk token add USER` printed (Authorization: Bearer TOKEN), "
    "or ask from a network that `metrics` under [web] names.\n"
)
blueprint = Blueprint("metrics", __name__)


def init_metrics(app: Flask) -> None:
    """A registry of this application's own; what it knows of the store it reads when it is asked."""
    context: Context = app.extensions[NAME]
    registry = app.extensions[REGISTRY] = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(DeskCollector(lambda: read(context), lambda: len(context.live.watchers)))
    init_requests(app, registry)


def read(context: Context) -> Vitals:
    with context.store.read() as session:
        return read_vitals(session, [channel.name for channel in context.settings.channels], utcnow())


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """401 for strangers."""
    if not (is_near() or has_token()):
        return Response(REFUSAL, 401, {"WWW-Authenticate": "Bearer"}, content_type="text/plain; charset=utf-8")
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(current_app.extensions[REGISTRY]), content_type=content_type)


def is_near() -> bool:
    """Whether the request comes from a network that may look without a token."""
    if not client_is_known(request.environ):
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in here().settings.web.metrics)


def has_token() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    with here().store.read() as session:
        return users.user_of_token(session, token.strip()) is not None
