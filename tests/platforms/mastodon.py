"""A fake Mastodon server: hashtags, notifications, search, statuses, threads and replies."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

TOKEN = "fake-mastodon-token"
ACCOUNT = "auroraair"
PAGING = {"max_id", "min_id", "since_id", "limit"}
TAG = PAGING | {"local", "remote", "only_media", "any[]", "all[]", "none[]"}
NOTIFICATIONS = PAGING | {"types[]", "exclude_types[]", "account_id"}
SEARCH = {
    "q",
    "type",
    "resolve",
    "following",
    "account_id",
    "exclude_unreviewed",
    "max_id",
    "min_id",
    "limit",
    "offset",
}
MOST_IDS = 20
LONGEST_TEXT = 500
KEY_LASTS = timedelta(hours=1)


@dataclass
class Status:
    """A post. `at`: when it was written; `visible_at`: when it reached this server, which files it under `at`."""

    id: int
    text: str
    author: str
    at: datetime
    visible_at: datetime
    parent: int | None = None
    quote: int | None = None
    spoiler: str = ""
    visibility: str = "public"
    edited_at: datetime | None = None
    content: str | None = None  # HTML in place of the text's own


@dataclass
class Notification:
    id: int
    type: str
    status: int
    at: datetime


class Mastodon(Platform):
    """Posts go in by `post`, `edit`, `delete`; `replies` holds what was sent. Ids are `number@host`.

    `batches`: whether statuses can be asked for together, as since Mastodon 4.3. `private_hashtags`: login needed.
    """

    name = "mastodon"
    host = "mastodon.example"

    def reset(self) -> None:
        super().reset()
        self.statuses: dict[int, Status] = {}
        self.notifications: list[Notification] = []
        self.replies: list[dict[str, Any]] = []
        self.batches = True
        self.private_hashtags = False
        self._keys: dict[str, tuple[int, datetime]] = {}
        self._sequence = 0

    def post(
        self,
        text: str,
        author: str = "ann@elsewhere.example",
        at: datetime | None = None,
        late: float = 0,
        reply_to: str | None = None,
        quote: str | None = None,
        **extra: Any,
    ) -> str:
        """A new post; its id. `late`: seconds until it reaches this server. `extra`: further fields of Status."""
        with self.lock:
            at = at or self.clock.now()
            self._sequence += 1
            id = (int(at.timestamp() * 1000) << 16) + self._sequence % (1 << 16)
            visible_at = self.shown_from(at, late)
            parent, quoted = (self._number(each) if each else None for each in (reply_to, quote))
            self.statuses[id] = Status(id, text, author, at, visible_at, parent, quoted, **extra)
            quotes_us = quoted is not None and self.statuses[quoted].author == ACCOUNT
            if author != ACCOUNT and (quotes_us or f"@{ACCOUNT}" in text):
                kind = "quote" if quotes_us else "mention"
                self.notifications.append(Notification(len(self.notifications) + 1, kind, id, visible_at))
            return f"{id}@{self.host}"

    def edit(self, id: str, text: str) -> str:
        """Mastodon keeps the id."""
        with self.lock:
            status = self.statuses[self._number(id)]
            status.text, status.edited_at = text, self.clock.now()
            return id

    def delete(self, id: str) -> None:
        with self.lock:
            number = self._number(id)
            del self.statuses[number]
            self.notifications = [each for each in self.notifications if each.status != number]

    def add_routes(self, routes: Blueprint) -> None:
        routes.get("/api/v1/timelines/tag/<tag>")(self._tag)
        routes.get("/api/v1/notifications")(self._notifications)
        routes.get("/api/v2/search")(self._search)
        routes.get("/api/v1/accounts/verify_credentials")(self._credentials)
        routes.get("/api/v1/accounts/<id>/statuses")(self._statuses_of)
        routes.get("/api/v1/statuses")(self._look_up)
        routes.post("/api/v1/statuses")(self._create)
        routes.get("/api/v1/statuses/<int:id>")(self._status)
        routes.get("/api/v1/statuses/<int:id>/context")(self._context)

    def refuse(self, status: int, fault: Fault) -> Response:
        answer = make_response(jsonify(fault.detail.get("body", {"error": "Error"})), status)
        if status == 429 and "reset" in fault.detail:
            reset = fault.detail["reset"]
            at = reset if isinstance(reset, str) else _spell(self.clock.now() + timedelta(seconds=reset))
            answer.headers["X-RateLimit-Reset"] = at
        return answer

    def _number(self, id: str) -> int:
        return int(id.partition("@")[0])

    def _is_user(self) -> bool:
        given = request.headers.get("Authorization")
        if given is not None and given != f"Bearer {TOKEN}":
            abort(_error(401, "The access token is invalid"))
        return given is not None

    def _need_user(self) -> None:
        if not self._is_user():
            abort(_error(401, "This method requires an authenticated user"))

    def _tag(self, tag: str) -> Response:
        _check(TAG, largest=40)
        if not self._is_user() and self.private_hashtags:
            return _error(401, "This method requires an authenticated user")
        pattern = re.compile(rf"#{re.escape(tag)}\b", re.IGNORECASE)
        found = [each for each in self._visible() if each.visibility == "public" and pattern.search(each.text)]
        return jsonify([self._show(each) for each in _page(found, 20)])

    def _notifications(self) -> Response:
        _check(NOTIFICATIONS, largest=80)
        self._need_user()
        types = request.args.getlist("types[]")
        with self.lock:
            now = self.clock.now()
            told = [each for each in self.notifications if each.at <= now and (not types or each.type in types)]
        told.sort(key=lambda each: each.id, reverse=True)
        return jsonify([self._notify(each) for each in _page(told, 40)])

    def _search(self) -> Response:
        _check(SEARCH, largest=40)
        self._need_user()
        words = request.args["q"].casefold()
        found = [each for each in self._visible() if words in each.text.casefold() and each.visibility == "public"]
        shown = [self._show(each) for each in _page(found, 20)]
        return jsonify(accounts=[], hashtags=[], statuses=shown if request.args.get("type") == "statuses" else [])

    def _look_up(self) -> Response:
        _check({"id[]"})
        if not self.batches:
            return _error(404, "Not Found")
        ids = [int(id) for id in request.args.getlist("id[]")]
        if len(ids) > MOST_IDS:
            return _error(422, "Validation failed")
        return jsonify([self._show(self.statuses[id]) for id in ids if id in self.statuses])

    def _credentials(self) -> Response:
        self._need_user()
        return jsonify(self._show_account(ACCOUNT) | {"source": {"privacy": "public"}})

    def _statuses_of(self, id: str) -> Response:
        _check(PAGING | {"exclude_reblogs", "exclude_replies", "only_media", "pinned", "tagged"}, largest=40)
        found = [each for each in self._visible() if self._show_account(each.author)["id"] == id]
        return jsonify([self._show(each) for each in _page(found, 20)])

    def _status(self, id: int) -> Response:
        _check(set())
        return jsonify(self._show(self._find(id)))

    def _context(self, id: int) -> Response:
        _check(set())
        self._find(id)
        before = self._list_parents(id)
        return jsonify(
            ancestors=[self._show(each) for each in before],
            descendants=[self._show(each) for each in self._answers(id)],
        )

    def _find(self, id: int) -> Status:
        if id not in self.statuses:
            abort(_error(404, "Record not found"))
        return self.statuses[id]

    def _list_parents(self, id: int) -> list[Status]:
        parent = self.statuses.get(self.statuses[id].parent or 0)
        return [*self._list_parents(parent.id), parent] if parent else []

    def _answers(self, id: int) -> list[Status]:
        direct = sorted((each for each in self._visible() if each.parent == id), key=lambda each: each.id)
        return [status for each in direct for status in (each, *self._answers(each.id))]

    def _create(self) -> Response:
        self._need_user()
        form, key = request.form, request.headers.get("Idempotency-Key", "")
        text, parent = form["status"], int(form["in_reply_to_id"])
        if len(text) > LONGEST_TEXT:
            return _error(422, f"Validation failed: Text character limit of {LONGEST_TEXT} exceeded")
        self._find(parent)
        known, until = self._keys.get(key, (0, self.clock.now()))
        if until <= self.clock.now():
            extra = {"visibility": form.get("visibility", "public"), "spoiler": form.get("spoiler_text", "")}
            id = self.post(text, ACCOUNT, reply_to=str(parent), **extra)
            known = self._number(id)
            self._keys[key] = (known, self.clock.now() + KEY_LASTS)
            self.replies.append({"id": id, "to": f"{parent}@{self.host}", "text": text, **extra})
        return jsonify(self._show(self.statuses[known]))

    def _visible(self) -> list[Status]:
        """What this server has now, newest first by id."""
        with self.lock:
            now = self.clock.now()
            shown = [each for each in self.statuses.values() if each.visible_at <= now]
        return sorted(shown, key=lambda each: each.id, reverse=True)

    def _notify(self, told: Notification) -> dict[str, Any]:
        status = self.statuses[told.status]
        shown = {"id": str(told.id), "type": told.type, "created_at": _spell(told.at)}
        return shown | {"account": self._show_account(status.author), "status": self._show(status)}

    def _show(self, status: Status) -> dict[str, Any]:
        url = f"https://{self.host}/@{status.author}/{status.id}"
        quote = self.statuses.get(status.quote or 0)
        return {
            "id": str(status.id),
            "created_at": _spell(status.at),
            "in_reply_to_id": str(status.parent) if status.parent else None,
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": "en",
            "uri": f"https://{self.host}/ap/{status.id}",
            "url": url,
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 1,
            "edited_at": _spell(status.edited_at) if status.edited_at else None,
            "content": status.content or f"<p>{html.escape(status.text)}</p>",
            "reblog": None,
            "quote": {"state": "accepted", "quoted_status": self._show(quote)} if quote else None,
            "account": self._show_account(status.author),
        }

    def _show_account(self, author: str) -> dict[str, Any]:
        name = author.partition("@")[0]
        url = f"https://{self.host}/@{author}"
        return {
            "id": "1" if author == ACCOUNT else "2",
            "username": name,
            "acct": author,
            "display_name": name.title(),
            "followers_count": 9,
            "url": url,
        }


def _page(found: list[Any], usual: int) -> list[Any]:
    """Newest first; with `min_id` the ones right above it, and with `since_id` the newest above it."""
    size = int(request.args.get("limit", usual))
    bounds = {
        name: _read_number(request.args[name]) for name in ("max_id", "min_id", "since_id") if name in request.args
    }
    above = max(bounds.get("min_id", 0), bounds.get("since_id", 0))
    within = [each for each in found if above < each.id < bounds.get("max_id", 1 << 64)]
    return within[-size:] if "min_id" in bounds else within[:size]


def _read_number(text: str) -> int:
    """As Ruby reads one: 0 for what is none."""
    return int(text) if text.isdecimal() else 0


def _check(allowed: set[str], largest: int | None = None) -> None:
    unknown = set(request.args) - allowed
    if unknown:
        abort(_error(400, f"unknown parameters: {', '.join(sorted(unknown))}"))
    size = int(request.args.get("limit", 1))
    if largest and not 1 <= size <= largest:
        abort(_error(400, f"limit must be between 1 and {largest}"))


def _error(status: int, message: str) -> Response:
    return make_response(jsonify(error=message), status)


def _spell(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
