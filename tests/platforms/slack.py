"""A fake Slack: incoming webhooks and chat.postMessage, with Slack's limits and its answers."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.platforms.platform import Fault, Platform

TOKEN = "xoxb-fake"
WEBHOOK = "/services/T000/B000/fake"


@dataclass(frozen=True)
class Message:
    """What arrived: `via` is "webhook" or "api", `body` the whole payload."""

    via: str
    channel: str
    text: str
    blocks: list[dict[str, Any]]
    body: dict[str, Any]
    at: datetime

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}


class Slack(Platform):
    """`messages` holds what was accepted, oldest first; `fail("429", retry_after=2)`, `fail("503")` script failures."""

    name = "slack"

    def reset(self) -> None:
        super().reset()
        self.messages: list[Message] = []

    def add_routes(self, routes: Blueprint) -> None:
        routes.post("/services/<team>/<hook>/<secret>")(self._webhook)
        routes.post("/api/chat.postMessage")(self._post_message)
        routes.post("/api/auth.test")(self._auth_test)

    def refuse(self, status: int, fault: Fault) -> Response:
        if status == 429:
            headers = {"Retry-After": str(fault.detail["retry_after"])} if "retry_after" in fault.detail else {}
            return Response('{"ok":false,"error":"ratelimited"}', 429, headers, mimetype="application/json")
        return Response(fault.detail.get("body", "invalid_payload"), status, mimetype="text/plain")

    def _webhook(self, team: str, hook: str, secret: str) -> Response:
        if secret != WEBHOOK.rpartition("/")[2]:
            return Response("invalid_token", 403, mimetype="text/plain")
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return Response("invalid_payload", 400, mimetype="text/plain")
        if problem := find_problem(body):
            return Response(problem, 400, mimetype="text/plain")
        self._accept("webhook", f"{team}/{hook}", body)
        return Response("ok", mimetype="text/plain")

    def _post_message(self) -> Response:
        if not self._authorised():
            return jsonify(ok=False, error="invalid_auth")
        body = request.get_json(silent=True) or request.form.to_dict()
        problem = find_problem(body) if body.get("channel") else "channel_not_found"
        if problem:
            return jsonify(ok=False, error=problem)
        message = self._accept("api", body["channel"], body)
        return jsonify(ok=True, channel=body["channel"], ts=f"{message.at.timestamp():.6f}", message=body)

    def _auth_test(self) -> Response:
        if not self._authorised():
            return jsonify(ok=False, error="invalid_auth")
        return jsonify(ok=True, url="https://fake.slack.com/", team="Fake", user="mentiondesk", bot_id="B000")

    def _authorised(self) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _accept(self, via: str, channel: str, body: dict[str, Any]) -> Message:
        message = Message(via, channel, body.get("text", ""), body.get("blocks", []), body, self.clock.now())
        with self.lock:
            self.messages.append(message)
        return message


def find_problem(body: dict[str, Any]) -> str:
    """Slack's word for what is wrong with a message, else empty. Limits as in Slack's Block Kit reference."""
    blocks = body.get("blocks", [])
    if not (body.get("text") or blocks or body.get("attachments")):
        return "no_text"
    if len(body.get("text", "")) > 40_000:
        return "msg_too_long"
    return "invalid_blocks" if len(blocks) > 50 or any(map(_block_too_long, blocks)) else ""


def _block_too_long(block: dict[str, Any]) -> bool:
    limit = {"section": 3_000, "header": 150}.get(block["type"])
    length = len(block.get("text", {}).get("text", ""))
    buttons = block.get("elements", []) if block["type"] == "actions" else []
    return bool(limit and length > limit) or any(len(each.get("value", "")) > 2_000 for each in buttons)
