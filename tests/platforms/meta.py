"""A fake of Meta's Graph API: a Facebook page with its feed and comments, and an Instagram account with its media."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import Blueprint, Response, abort, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

TOKEN, SECRET = "fake-meta-token", "fake-meta-secret"
PAGE, ACCOUNT, OWN = "100200300", "17841400000000001", "auroraair"
COMMON = {"access_token", "appsecret_proof", "fields"}
PAGING = COMMON | {"limit", "after"}


@dataclass
class Item:
    """A post of the page, a medium, or, with a thread, a comment on it; `parent` is the comment that it answers."""

    id: str
    text: str
    author: str
    at: datetime
    visible_at: datetime
    thread: str = ""
    parent: str = ""


class Meta(Platform):
    """What Facebook and Instagram share. Things go in by `post`, `edit`, `delete`; `replies` holds what was sent."""

    own = ""
    fields: ClassVar[dict[str, set[str]]]  # by kind of object, those that it has

    def reset(self) -> None:
        super().reset()
        self.items: dict[str, Item] = {}
        self.replies: list[dict[str, str]] = []
        self.open = True
        self._lives = 0
        self._made = 0

    def edit(self, id: str, text: str) -> None:
        self.items[id].text = text

    def delete(self, id: str) -> None:
        """Delete a thing with all that answers it."""
        with self.lock:
            for gone in [each.id for each in self.items.values() if id in (each.id, each.thread, each.parent)]:
                del self.items[gone]

    def expire_tokens(self) -> None:
        self._lives += 1

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check_token)
        routes.get("/v24.0")(self._many)
        routes.get("/v24.0/<id>")(self._one)
        routes.get("/v24.0/<id>/<connection>")(self._connection)
        routes.post("/v24.0/<id>/<connection>")(self._answer)

    def refuse(self, status: int, fault: Fault) -> Response:
        body = fault.detail.get("body", error(fault.detail.get("code", status), fault.detail.get("subcode")))
        answer = make_response(jsonify(body), status)
        if "minutes" in fault.detail:
            usage = f'{{"1": [{{"type": "pages", "estimated_time_to_regain_access": {fault.detail["minutes"]}}}]}}'
            answer.headers["X-Business-Use-Case-Usage"] = usage
        return answer

    def _check_token(self) -> Response | None:
        given = request.values
        proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        if given.get("access_token") != TOKEN or given.get("appsecret_proof", proof) != proof:
            return make_response(jsonify(error(190)), 400)
        return None

    def _many(self) -> Response:
        check(COMMON | {"ids"})
        ids = request.args["ids"].split(",")
        if len(ids) > 50:
            return make_response(jsonify(error(100)), 400)
        return jsonify({id: self._show(self._find(id)) for id in ids})

    def _one(self, id: str) -> Response:
        check(COMMON)
        if id == self.own and self.open:
            return jsonify(id=id)
        return jsonify(self._show(self._find(id)))

    def _find(self, id: str) -> Item:
        if id not in self.items or not self.open:
            abort(make_response(jsonify(error(100, 33)), 400))
        return self.items[id]

    def _connection(self, id: str, connection: str) -> Response:
        raise NotImplementedError

    def _show(self, item: Item) -> dict[str, Any]:
        raise NotImplementedError

    def _put(self, id: str, text: str, author: str, at: datetime | None, late: float, **place: str) -> str:
        at = at or self.clock.now()
        visible_at = self.shown_from(at, late)
        self.items[id] = Item(id, text, author, at, visible_at, **place)
        return id

    def _visible(self, wanted: Callable[[Item], bool]) -> list[Item]:
        """Newest first."""
        with self.lock:
            now = self.clock.now()
            shown = [each for each in self.items.values() if each.visible_at <= now and wanted(each)]
            return sorted(shown, key=lambda each: (each.at, each.id), reverse=True)

    def _page(self, found: list[Item], largest: int = 100) -> Response:
        """A token is a number of items, so that deleting some of those above skips as many below."""
        size, start = int(request.args.get("limit", 25)), 0
        if not 1 <= size <= largest:
            abort(make_response(jsonify(error(100)), 400))
        if token := request.args.get("after"):
            life, _, place = token.partition("-")
            if life != str(self._lives):
                abort(make_response(jsonify(error(100, words="(#100) The cursor is invalid")), 400))
            start = int(place)
        shown = found[start : start + size]
        paging: dict[str, Any] = {"cursors": {"after": f"{self._lives}-{start + size}"}} if shown else {}
        if start + size < len(found):
            paging["next"] = f"https://graph.facebook.com{request.path}?access_token={TOKEN}"
        return jsonify(data=[self._show(each) for each in shown], paging=paging)

    def _check_fields(self, kind: str) -> None:
        """Meta refuses a field that an object of this kind does not have."""
        asked = request.args.get("fields", "")
        while "{" in asked:
            asked = re.sub(r"\{[^{}]*\}", "", asked)
        asked = re.sub(r"\([^)]*\)|\.\w+", "", asked)
        if unknown := set(filter(None, asked.split(","))) - self.fields[kind]:
            words = f"(#100) Tried accessing nonexisting field ({unknown.pop()})"
            abort(make_response(jsonify(error(100, words=words)), 400))

    def _answer(self, id: str, connection: str) -> Response:
        raise NotImplementedError


class Facebook(Meta):
    """A page. A `post` is a visitor's on the page, or a comment where it has a `thread` or a `parent`."""

    name, own = "facebook", PAGE
    fields: ClassVar = {
        "post": {
            "id", "message", "story", "from", "created_time", "updated_time", "permalink_url", "comments", "shares",
        },
        "comment": {"id", "message", "from", "created_time", "permalink_url", "like_count", "parent", "comment_count"},
    }  # fmt: skip

    def post(
        self,
        text: str,
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        thread: str = "",
        parent: str = "",
    ) -> str:
        with self.lock:
            self._made += 1
            thread = self.items[parent].thread if parent else thread
            number = f"{700_000 + self._made}"
            id = f"{thread.partition('_')[2]}_{number}" if thread else f"{PAGE}_{number}"
            return self._put(id, text, author, at, late, thread=thread, parent=parent)

    def answer(self, to: str, text: str) -> str:
        """A comment on a post, or an answer to a comment."""
        return self.post(text, parent=to) if self.items[to].thread else self.post(text, thread=to)

    def _connection(self, id: str, connection: str) -> Response:
        if connection == "feed" and id == PAGE and self.open:
            check(PAGING)
            return self._page(self._visible(lambda each: not each.thread))
        root = self._find(id)
        check(PAGING | {"filter", "order"})
        if connection != "comments" or request.args.get("filter") != "stream":
            return make_response(jsonify(error(100)), 400)
        newest = request.args.get("order") == "reverse_chronological"
        found = self._visible(lambda each: root.id in (each.thread, each.parent))
        return self._page(found if newest else found[::-1])

    def _show(self, item: Item) -> dict[str, Any]:
        self._check_fields("comment" if item.thread else "post")
        who = {"id": PAGE if item.author == OWN else f"9{item.author}", "name": item.author.title()}
        shown: dict[str, Any] = {
            "id": item.id,
            "message": item.text,
            "from": who,
            "created_time": stamp(item.at),
            "permalink_url": f"https://www.facebook.com/{item.id}",
        }
        if item.thread:
            return shown | {"like_count": 1} | ({"parent": {"id": item.parent}} if item.parent else {})
        below = self._visible(lambda each: each.thread == item.id)
        counts = {"data": [], "summary": {"total_count": len(below)}}
        return shown | {"updated_time": stamp(max(each.at for each in [item, *below])), "comments": counts}

    def _answer(self, id: str, connection: str) -> Response:
        to = self._find(id)
        text = request.form["message"]
        new = self.post(text, OWN, parent=to.id) if to.thread else self.post(text, OWN, thread=to.id)
        self.replies.append({"id": new, "to": id, "text": text})
        return jsonify(id=new)


class Instagram(Meta):
    """An account with one medium, `medium`. A `post` is a comment on it, or an answer where it has a `parent`."""

    name, own = "instagram", ACCOUNT
    medium = "17900000000000001"
    fields: ClassVar = {
        "medium": {"id", "caption", "timestamp", "username", "permalink", "like_count", "comments_count"},
        "comment": {"id", "text", "timestamp", "username", "from", "like_count", "parent_id", "media", "replies"},
    }

    def reset(self) -> None:
        super().reset()
        self._put(self.medium, "Fly with us", OWN, None, 0)

    def post(
        self,
        text: str,
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        medium: str = medium,
        parent: str = "",
    ) -> str:
        with self.lock:
            self._made += 1
            id = f"{17_800_000_000_000_000 + self._made}"
            parent = self.items[parent].parent or parent if parent else ""  # an answer to an answer stands beside it
            medium = self.items[parent].thread if parent else medium
            return self._put(id, text, author, at, late, thread=medium, parent=parent)

    def post_medium(self, caption: str, at: datetime | None = None) -> str:
        with self.lock:
            self._made += 1
            return self._put(f"{17_900_000_000_000_001 + self._made}", caption, OWN, at, 0)

    def _connection(self, id: str, connection: str) -> Response:
        check(PAGING)
        if connection == "media" and id == ACCOUNT and self.open:
            return self._page(self._visible(lambda each: not each.thread))
        medium = self._find(id)
        if connection != "comments":
            return make_response(jsonify(error(100)), 400)
        return self._page(self._visible(lambda each: each.thread == medium.id and not each.parent), largest=50)

    def _show(self, item: Item, whole: bool = True) -> dict[str, Any]:
        if whole:
            self._check_fields("comment" if item.thread else "medium")
        shown = {"id": item.id, "timestamp": stamp(item.at), "username": item.author, "like_count": 1}
        address = f"https://www.instagram.com/p/{item.thread or item.id}/"
        if not item.thread:
            count = len(self._visible(lambda each: each.thread == item.id))
            return shown | {"caption": item.text, "permalink": address, "comments_count": count}
        shown |= {"text": item.text, "from": {"id": f"8{item.author}", "username": item.author}}
        shown |= {"media": {"id": item.thread, "permalink": address}}
        shown |= {"parent_id": item.parent} if item.parent else {}
        limit = re.search(r"replies\.limit\((\d+)\)", request.args.get("fields", ""))
        answers = self._visible(lambda each: each.parent == item.id) if whole and limit else []
        if answers and limit:
            more = {"paging": {"next": "…"}} if len(answers) > int(limit[1]) else {}
            shown["replies"] = {"data": [self._show(each, whole=False) for each in answers[: int(limit[1])]]} | more
        return shown

    def _answer(self, id: str, connection: str) -> Response:
        to = self._find(id)
        new = self.post(request.form["message"], OWN, parent=to.id)
        self.replies.append({"id": new, "to": id, "text": request.form["message"]})
        return jsonify(id=new)


def check(allowed: set[str]) -> None:
    if set(request.args) - allowed:
        abort(make_response(jsonify(error(100, words="(#100) Unknown parameter")), 400))


def error(code: int, subcode: int | None = None, words: str = "") -> dict[str, Any]:
    told = words or f"(#{code}) Something is wrong"
    more = {"error_subcode": subcode} if subcode else {}
    return {"error": {"message": told, "type": "OAuthException", "code": code, "fbtrace_id": "A"} | more}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
