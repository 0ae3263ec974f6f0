"""The control API over HTTP, for programs in other processes: post, edit, delete, fail, read, turn the clock."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.platforms.clock import Clock
from tests.platforms.platform import Platform


def control(platforms: dict[str, Platform], clock: Clock) -> Blueprint:
    """`POST /control/<platform>/<action>` takes its arguments as JSON; `GET` reads `messages` or `requests`."""
    routes = Blueprint("control", __name__, url_prefix="/control")

    @routes.post("/clock")
    def turn() -> Response:
        clock.advance(**request.get_json())
        return jsonify(now=clock.now().isoformat())

    @routes.post("/reset")
    def reset() -> Response:
        clock.reset()
        for each in platforms.values():
            each.reset()
        return jsonify(reset=sorted(platforms))

    @routes.post("/<name>/<any(post, edit, delete, fail, reset):action>")
    def act(name: str, action: str) -> Response:
        return jsonify(result=getattr(platforms[name], action)(**_arguments()))

    @routes.get("/<name>/<any(requests, messages):what>")
    def read(name: str, what: str) -> Response:
        return jsonify([each.as_json() for each in getattr(platforms[name], what)])

    return routes


def _arguments() -> dict[str, Any]:
    given: dict[str, Any] = request.get_json(silent=True) or {}
    return {key: datetime.fromisoformat(value) if key == "at" else value for key, value in given.items()}
