"""What an error of the API looks like: application/problem+json (RFC 9457), with one sentence a person can act on."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException

from monitor import desk
from monitor.queries import BadCursor
from monitor.store import StoreError, explain_failure

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


class Problem(Exception):
    """An answer as application/problem+json (RFC 9457); `more` is added to its fields."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def init_problems(blueprint: Blueprint) -> None:
    """One handler for each family of errors."""
    blueprint.register_error_handler(Problem, show_problem)
    blueprint.register_error_handler(desk.AlreadyClaimed, show_claimed)
    blueprint.register_error_handler(desk.DeskError, show_refusal)
    blueprint.register_error_handler(BadCursor, show_bad_cursor)
    blueprint.register_error_handler(StoreError, show_store_failure)
    blueprint.register_error_handler(DatabaseError, show_store_failure)
    blueprint.register_error_handler(HTTPException, show_http_error)


def show_problem(problem: Problem) -> ResponseReturnValue:
    body = {"title": TITLES.get(problem.status, "Error"), "status": problem.status, "detail": problem.detail}
    response = jsonify({**body, **problem.more})
    response.status_code, response.mimetype = problem.status, "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def show_claimed(error: desk.AlreadyClaimed) -> ResponseReturnValue:
    holder = {"error": "claimed", "claimed_by": error.holder, "claimed_at": error.since.isoformat()}
    return show_problem(Problem(409, str(error), **holder))


def show_refusal(error: desk.DeskError) -> ResponseReturnValue:
    status = {desk.NotFound: 404, desk.Invalid: 400}.get(type(error), 409)
    return show_problem(Problem(status, str(error)))


def show_bad_cursor(error: BadCursor) -> ResponseReturnValue:
    return show_problem(Problem(400, str(error)))


def show_store_failure(error: StoreError | DatabaseError) -> ResponseReturnValue:
    sentence = explain_failure(error) if isinstance(error, DatabaseError) else str(error)
    return show_problem(Problem(503, sentence))


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    return show_problem(Problem(error.code or 500, error.description or error.name))
