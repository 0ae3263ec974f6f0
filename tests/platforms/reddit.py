"""A fake Reddit (www and oauth hosts in one): tokens, listings, search, inbox, info and replies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

CLIENT = ("fake-reddit-id", "fake-reddit-secret")
REFRESH_TOKEN = "fake-reddit-refresh"
USER, PASSWORD = "AuroraAir", "fake-reddit-password"
PAGING = {"raw_json", "limit", "after", "before", "count", "show"}
COMMENTS = {"raw_json", "limit", "sort", "comment", "context", "depth"}
SEARCH = PAGING | {"q", "sort", "type", "restrict_sr", "t", "syntax"}
LISTING_CAP, SEARCH_CAP = 1000, 250
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Item:
    """A comment (t1) or, with a title, a submission (t3). `erased`: "", "deleted" by the author or "removed"."""

    id: str
    text: str
    title: str
    subreddit: str
    author: str
    at: datetime
    visible_at: datetime
    parent: str
    link: str  # the submission that a comment stands under
    edited: bool = False
    erased: str = ""


class Reddit(Platform):
    """Posts go in by `post`, `edit`, `delete`, `remove`. `private` and `banned` hold names of subreddits."""

    name = "reddit"

    def reset(self) -> None:
        super().reset()
        self.items: dict[str, Item] = {}
        self.subreddits = {"all", "flights", "travel"}
        self.private: set[str] = set()
        self.banned: set[str] = set()
        self.tokens: dict[str, bool] = {}  # whether each is a user's
        self.tokens_given = 0
        self.allowance = 1_000_000
        self.allowance_reset = 300
        self.comments_shown = 500  # in one answer of a submission's page
        self.replies: list[dict[str, str]] = []
        self.reply_errors: list[list[str]] = []

    @property
    def asked(self) -> list[str]:
        """The paths of all requests but those for tokens."""
        return [each.path for each in self.requests if "access_token" not in each.path]

    def post(
        self,
        text: str,
        title: str = "",
        subreddit: str = "flights",
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        parent: str = "t3_0",
    ) -> str:
        """A comment, or a submission where it has a title; its fullname. `late`: seconds until listings show it.

        A comment without a `parent` stands under a submission that is long gone.
        """
        with self.lock:
            self.subreddits.add(subreddit)
            at = at or self.clock.now()
            id = f"{'t3' if title else 't1'}_{_base36(1_000_000 + len(self.items))}"
            visible_at = self.shown_from(at, late)
            above = self.items.get(parent)
            link = above.link if above and not above.title else parent
            self.items[id] = Item(id, text, title, subreddit, author, at, visible_at, parent, link)
            return id

    def edit(self, id: str, text: str) -> None:
        self.items[id].text, self.items[id].edited = text, True

    def delete(self, id: str) -> None:
        self.items[id].erased = "deleted"

    def remove(self, id: str) -> None:
        """As a moderator does."""
        self.items[id].erased = "removed"

    def expire_tokens(self) -> None:
        self.tokens.clear()

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check_token)
        routes.after_request(self._count)
        routes.post("/api/v1/access_token")(self._give_token)
        routes.get("/r/<names>/comments")(self._comments)
        routes.get("/r/<names>/new")(self._new)
        routes.get("/r/<names>/search")(self._search)
        routes.get("/comments/<id>")(self._thread)
        routes.get("/message/mentions")(self._mentions)
        routes.get("/api/info")(self._info)
        routes.get("/api/v1/me")(self._me)
        routes.get("/user/<name>/comments")(self._comments_of)
        routes.post("/api/comment")(self._reply)

    def refuse(self, status: int, fault: Fault) -> Response:
        answer = jsonify(fault.detail.get("body", {"message": "Error", "error": status}))
        answer.status_code = status
        if "retry_after" in fault.detail:
            answer.headers["Retry-After"] = str(fault.detail["retry_after"])
        return answer

    def _check_token(self) -> Response | None:
        if request.path.endswith("/access_token"):
            return None
        if request.headers.get("Authorization", "").removeprefix("bearer ") not in self.tokens:
            return _error(401, "Unauthorized")
        return self.refuse(429, Fault("429")) if self.allowance <= 0 else None

    def _count(self, answer: Response) -> Response:
        if not request.path.endswith("/access_token"):
            self.allowance = max(self.allowance - 1, 0)
            answer.headers["x-ratelimit-remaining"] = f"{self.allowance}.0"
            answer.headers["x-ratelimit-used"] = "1"
            answer.headers["x-ratelimit-reset"] = str(self.allowance_reset)
        return answer

    def _give_token(self) -> Response:
        given = request.authorization
        if given is None or (given.username, given.password) != CLIENT:
            return _error(401, "Unauthorized")
        form = request.form
        user = form["grant_type"] != "client_credentials"
        if user and form.get("refresh_token") != REFRESH_TOKEN and form.get("password") != PASSWORD:
            return jsonify(error="invalid_grant")
        self.tokens_given += 1
        token = f"token-{self.tokens_given}"
        self.tokens[token] = user
        return jsonify(access_token=token, token_type="bearer", expires_in=86400, scope="*")

    def _is_user(self) -> bool:
        return self.tokens[request.headers["Authorization"].removeprefix("bearer ")]

    def _comments(self, names: str) -> Response:
        _check(PAGING)
        return self._list(names, lambda item: not item.title)

    def _new(self, names: str) -> Response:
        _check(PAGING)
        return self._list(names, lambda item: bool(item.title))

    def _search(self, names: str) -> Response:
        _check(SEARCH)
        query = request.args["q"]
        if not 1 <= len(query) <= 512:
            return _error(400, "Bad Request")
        words = [word.strip(' "()').casefold() for word in query.split(" OR ")]
        return self._list(names, lambda item: bool(item.title) and _contains(item, words), SEARCH_CAP)

    def _thread(self, id: str) -> Response:
        """The submission and a tree of its newest comments, a stub for those beyond the limit; or what is near one."""
        _check(COMMENTS)
        opening = self.items.get(f"t3_{id}")
        below = [item for item in self.items.values() if item.link == f"t3_{id}"]
        if opening is None and not below:
            return _error(404, "Not Found")
        if any(item.subreddit in self.private for item in (opening, *below) if item):
            return make_response(jsonify(reason="private", message="Forbidden", error=403), 403)
        if focus := self.items.get(f"t1_{request.args.get('comment')}"):
            kept = self._find_near(focus, below)
        else:
            limit = min(int(request.args.get("limit", 200)), self.comments_shown)
            kept = sorted(below, key=lambda item: item.at, reverse=True)[:limit]
        more = [{"kind": "more", "data": {"count": len(below) - len(kept), "id": "_", "children": []}}]
        tree = _show_tree([item for item in kept if item.parent not in {each.id for each in kept}], kept)
        tree += more if len(kept) < len(below) else []
        return jsonify([_show_listing([_show(opening)] if opening else []), _show_listing(tree)])

    def _find_near(self, focus: Item, below: list[Item]) -> list[Item]:
        """As many parents of a comment as asked for, topmost first, the comment, and what answers it."""
        near = [focus]
        for _ in range(int(request.args.get("context", 0))):
            near = [item for item in below if item.id == near[0].parent] + near
        for item in below:
            near += [item] if item.parent in {each.id for each in near[near.index(focus) :]} else []
        return near

    def _mentions(self) -> Response:
        _check(PAGING)
        if not self._is_user():
            return _error(403, "Forbidden")
        return self._page(
            [item for item in self._visible() if f"u/{USER}".casefold() in item.text.casefold()], inbox=True
        )

    def _list(self, names: str, wanted: Callable[[Item], bool], cap: int = LISTING_CAP) -> Response:
        asked = names.split("+")
        if any(name in self.private for name in asked):
            return make_response(jsonify(reason="private", message="Forbidden", error=403), 403)
        if any(name in self.banned for name in asked):
            return make_response(jsonify(reason="banned", message="Not Found", error=404), 404)
        if any(name not in self.subreddits for name in asked):
            return make_response("", 302, {"Location": f"/subreddits/search?q={names}"})
        hidden = self.private | self.banned
        mine = [item for item in self._visible() if item.subreddit not in hidden and wanted(item)]
        return self._page([item for item in mine if "all" in asked or item.subreddit in asked][:cap])

    def _visible(self) -> list[Item]:
        """What listings show now, newest first."""
        with self.lock:
            now = self.clock.now()
            shown = [item for item in self.items.values() if not item.erased and item.visible_at <= now]
            return sorted(shown, key=lambda item: (item.at, item.id), reverse=True)

    def _page(self, items: list[Item], inbox: bool = False) -> Response:
        """Below the item `after`. An item that is deleted leaves no place behind: what is asked below it is empty."""
        limit = int(request.args.get("limit", 25))
        if not 1 <= limit <= 100:
            return _error(400, "Bad Request")
        ids = [item.id for item in items]
        if after := request.args.get("after"):
            items = items[ids.index(after) + 1 :] if after in ids else []
        if before := request.args.get("before"):
            items = items[: ids.index(before)][-limit:] if before in ids else []
        shown = items[:limit]
        more = shown[-1].id if len(items) > limit else None
        return jsonify(kind="Listing", data={"after": more, "children": [_show(item, inbox) for item in shown]})

    def _info(self) -> Response:
        _check({"id", "raw_json"})
        ids = request.args["id"].split(",")
        if len(ids) > 100:
            return _error(400, "Bad Request")
        found = [self.items[id] for id in ids if id in self.items and self.items[id].subreddit not in self.private]
        return jsonify(kind="Listing", data={"after": None, "children": [_show(item) for item in found]})

    def _me(self) -> Response:
        return jsonify(name=USER) if self._is_user() else _error(403, "Forbidden")

    def _comments_of(self, name: str) -> Response:
        """Somebody's own comments, those that moderators removed included where it is oneself who asks."""
        _check(PAGING | {"sort"})
        with self.lock:
            found = [item for item in self.items.values() if item.author == name and not item.title]
        shown = [item for item in found if not item.erased or (self._is_user() and item.erased == "removed")]
        return self._page(sorted(shown, key=lambda item: (item.at, item.id), reverse=True)[:LISTING_CAP])

    def _reply(self) -> Response:
        if not self._is_user():
            return _error(403, "Forbidden")
        if self.reply_errors:
            return jsonify(json={"errors": [self.reply_errors.pop(0)]})
        to = self.items[request.form["thing_id"]]
        id = self.post(request.form["text"], subreddit=to.subreddit, author=USER, parent=to.id)
        self.replies.append({"id": id, "to": to.id, "text": request.form["text"]})
        return jsonify(json={"errors": [], "data": {"things": [_show(self.items[id])]}})


def _show(item: Item, inbox: bool = False) -> dict[str, Any]:
    """The JSON of an item; those of the inbox have a context and no permalink."""
    author = None if item.erased == "deleted" else item.author
    path = f"/r/{item.subreddit}/comments/{item.link[3:]}/_/{item.id[3:]}/"
    data: dict[str, Any] = {
        "id": item.id[3:],
        "name": item.id,
        "author": "[deleted]" if item.erased else item.author,
        "author_fullname": f"t2_{author}" if author else None,
        "subreddit": item.subreddit,
        "created_utc": float(int(item.at.timestamp())),
        "edited": item.at.timestamp() if item.edited else False,
        "score": 1,
    } | ({"context": f"{path}?context=3", "was_comment": True} if inbox else {"permalink": path})
    text = f"[{item.erased}]" if item.erased else item.text
    if not item.title:
        return {"kind": "t1", "data": data | {"body": text, "parent_id": item.parent, "link_id": item.link}}
    removal = {"deleted": "deleted", "removed": "moderator"}.get(item.erased)
    return {"kind": "t3", "data": data | {"title": item.title, "selftext": text, "removed_by_category": removal}}


def _show_listing(children: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": None, "children": children}}


def _show_tree(items: list[Item], kept: list[Item]) -> list[dict[str, Any]]:
    """Comments with those of `kept` that answer them beneath; an empty string where nobody does, as Reddit has it."""
    shown = [_show(item) for item in items]
    for item, each in zip(items, shown, strict=True):
        answers = _show_tree([answer for answer in kept if answer.parent == item.id], kept)
        each["data"]["replies"] = _show_listing(answers) if answers else ""
    return shown


def _check(allowed: set[str]) -> None:
    unknown = set(request.args) - allowed
    if unknown:
        abort(_error(400, f"unknown parameters: {', '.join(sorted(unknown))}"))


def _error(status: int, message: str) -> Response:
    return make_response(jsonify(message=message, error=status), status)


def _contains(item: Item, words: list[str]) -> bool:
    text = f"{item.title} {item.text}".casefold()
    return any(word in text for word in words)


def _base36(number: int) -> str:
    return _base36(number // 36) + DIGITS[number % 36] if number >= 36 else DIGITS[number]
