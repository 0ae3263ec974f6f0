"""The API's blueprint: who is asking, and the document that describes it all."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from pydantic import ValidationError
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from monitor import users
from monitor.models import User
from web.api.problems import Problem, init_problems
from web.context import here

OPEN_ENDPOINTS = {"api.openapi"}
WRITING = ("post", "put", "patch", "delete")
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "One for each write: sent again with it, the write is not done again but answered as before.",
    "schema": {"type": "string", "maxLength": 200},
}
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def refuse_invalid(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    """What spectree calls after checking a request: say the first thing that is wrong, in one sentence."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = str(first["loc"][0]) if first["loc"] else ""
        raise Problem(400, f"{place + ': ' if place else ''}{first['msg'].removeprefix('Value error, ')}.")


spec = SpecTree(
    "flask",
    mode="strict",
    title="mentiondesk",
    version="v1",
    annotations=True,
    before=refuse_invalid,
    validation_error_status=400,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"token": []},
)


@blueprint.before_request
def authenticate() -> None:
    """Whom the request acts as, by its bearer token. Raises a 401 problem."""
    if request.endpoint in OPEN_ENDPOINTS:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    with here().store.read() as session:
        user = users.user_of_token(session, token.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        raise Problem(401, "Send a token that `mentiondesk token add USER` printed: Authorization: Bearer TOKEN.")
    g.api_user = user


def asking_user() -> User:
    """The user whose token came with the request."""
    user: User = g.api_user
    return user


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This document."""
    return jsonify(describe())


def describe() -> dict[str, Any]:
    """What spectree knows of the routes, and the header that every write takes."""
    paths = {
        path: {method: with_key(one) if method in WRITING else one for method, one in methods.items()}
        for path, methods in spec.spec["paths"].items()
    }
    return {**spec.spec, "paths": paths}


def with_key(operation: dict[str, Any]) -> dict[str, Any]:
    return {**operation, "parameters": [*operation.get("parameters", []), IDEMPOTENCY_KEY]}


init_problems(blueprint)
