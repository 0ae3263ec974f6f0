"""The API's blueprint: who is asking, what an error looks like, and the document that describes it all."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from monitor import desk, users
from monitor.models import User
from monitor.queries import BadCursor
from monitor.store import StoreError, explain_failure
from web.context import here

OPEN_ENDPOINTS = {"api.openapi"}
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


class Problem(Exception):
    """An answer as application/problem+json (RFC 9457); `more` is added to its fields."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


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
    return jsonify(spec.spec)


@blueprint.route("/<path:_path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(_path: str) -> ResponseReturnValue:
    raise Problem(404, "There is nothing at this address; see /api/v1/openapi.json.")


@blueprint.errorhandler(Problem)
def show_problem(problem: Problem) -> ResponseReturnValue:
    body = {"title": TITLES.get(problem.status, "Error"), "status": problem.status, "detail": problem.detail}
    response = jsonify({**body, **problem.more})
    response.status_code, response.mimetype = problem.status, "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


TITLES = {
    400: "Bad request",
    401: "Not signed in",
    404: "Not found",
    405: "Not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Not JSON",
    422: "Key used twice",
    503: "Not now",
}


@blueprint.errorhandler(desk.AlreadyClaimed)
def show_claimed(error: desk.AlreadyClaimed) -> ResponseReturnValue:
    holder = {"error": "claimed", "claimed_by": error.holder, "claimed_at": error.since.isoformat()}
    return show_problem(Problem(409, str(error), **holder))


@blueprint.errorhandler(desk.DeskError)
def show_refusal(error: desk.DeskError) -> ResponseReturnValue:
    status = {desk.NotFound: 404, desk.Invalid: 400}.get(type(error), 409)
    return show_problem(Problem(status, str(error)))


@blueprint.errorhandler(BadCursor)
def show_bad_cursor(error: BadCursor) -> ResponseReturnValue:
    return show_problem(Problem(400, str(error)))


@blueprint.errorhandler(StoreError)
@blueprint.errorhandler(OperationalError)
def show_store_failure(error: StoreError | OperationalError) -> ResponseReturnValue:
    sentence = explain_failure(error) if isinstance(error, OperationalError) else str(error)
    return show_problem(Problem(503, sentence))


@blueprint.errorhandler(HTTPException)
def show_http_error(error: HTTPException) -> ResponseReturnValue:
    return show_problem(Problem(error.code or 500, error.description or error.name))
