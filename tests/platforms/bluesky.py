"""A fake Bluesky: sessions, search, notifications, threads, look-up and replies, as strict as the lexicons."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, make_response, request

from tests.platforms.atproto import (
    COLLECTION,
    Record,
    encode,
    find_cid,
    find_did,
    show_author,
    show_record,
    spell,
    spell_key,
)
from tests.platforms.clock import Clock
from tests.platforms.jetstream import Jetstream
from tests.platforms.platform import Fault, Platform

HANDLE, PASSWORD = "auroraair.example", "fake-bluesky-app-password"
SESSIONS = ((timedelta(minutes=5), 30), (timedelta(days=1), 300))  # how often one may sign in
LONGEST_TEXT = 300
SEARCH = {"q", "sort", "since", "until", "mentions", "author", "lang", "domain", "url", "tag", "limit", "cursor"}
NOTIFICATIONS = {"reasons", "limit", "priority", "cursor", "seenAt"}
THREAD = {"uri", "depth", "parentHeight"}


class Bluesky(Platform):
    """Posts go in by `post`, `delete`, `hide`. `replies` holds what was sent; `shift` makes offsets slip as they do."""

    name = "bluesky"

    def __init__(self, clock: Clock, closing: threading.Event) -> None:
        self.jetstream = Jetstream(clock)  # before it is reset
        super().__init__(clock, closing)

    def reset(self) -> None:
        super().reset()
        self.posts: dict[str, Record] = {}
        self.replies: list[dict[str, Any]] = []
        self.signed_in: list[datetime] = []
        self.renewed = 0
        self.token_lasts = timedelta(hours=2)
        self.jetstream.clear()
        self._tokens: dict[str, tuple[str, datetime]] = {}  # what each is for, and until when
        self._sequence = 0

    def post(
        self,
        text: str,
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        reply_to: str | None = None,
        quote: str | None = None,
        key: str = "",
        **extra: Any,
    ) -> str:
        """A new post; its URI. `late`: seconds until it is indexed. `extra`: further fields of Record."""
        with self.lock:
            at = at or self.clock.now()
            self._sequence += 1
            uri = f"at://{find_did(author)}/{COLLECTION}/{key or spell_key(at, self._sequence)}"
            indexed = self.shown_from(at, late)
            root = (self.posts[reply_to].root or reply_to) if reply_to else None
            self.posts[uri] = Record(uri, text, author, at, indexed, parent=reply_to, root=root, quote=quote, **extra)
            self.jetstream.tell(uri, find_cid(uri), show_record(self.posts[uri]))
            return uri

    def edit(self, id: str, text: str) -> str:
        """Bluesky has no edits: people delete and post again."""
        with self.lock:
            author = self.posts[id].author
            self.delete(id)
            return self.post(text, author)

    def delete(self, id: str) -> None:
        with self.lock:
            del self.posts[id]
            self.jetstream.tell(id)

    def hide(self, id: str) -> None:
        """As when its author blocks the account that asks."""
        self.posts[id].hidden = True

    def expire_tokens(self) -> None:
        """As when the app password is revoked and made again: no session is good any more."""
        self._tokens.clear()

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check_token)
        routes.post("/xrpc/com.atproto.server.createSession")(self._create_session)
        routes.post("/xrpc/com.atproto.server.refreshSession")(self._refresh_session)
        routes.get("/xrpc/app.bsky.feed.searchPosts")(self._search)
        routes.get("/xrpc/app.bsky.notification.listNotifications")(self._notifications)
        routes.get("/xrpc/app.bsky.feed.getPosts")(self._look_up)
        routes.get("/xrpc/app.bsky.feed.getPostThread")(self._thread)
        routes.post("/xrpc/com.atproto.repo.putRecord")(self._put)
        routes.get("/xrpc/com.atproto.repo.getRecord")(self._get)

    def refuse(self, status: int, fault: Fault) -> Response:
        name = {401: "AuthenticationRequired", 429: "RateLimitExceeded"}.get(status, "InvalidRequest")
        answer = make_response(jsonify(fault.detail.get("body", {"error": name, "message": "Error"})), status)
        if status == 429 and "reset" in fault.detail:
            answer.headers["RateLimit-Reset"] = str(int(self.clock.now().timestamp() + fault.detail["reset"]))
        return answer

    def _check_token(self) -> Response | None:
        method = request.path.rpartition(".")[2]
        if method == "createSession":
            return None
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            return _error(401, "AuthMissing", "Authentication Required")
        kind, until = self._tokens.get(given, ("", self.clock.now()))
        if until <= self.clock.now() or kind != ("refresh" if method == "refreshSession" else "access"):
            return _error(400, "ExpiredToken", "Token has expired")
        return None

    def _create_session(self) -> Response:
        given = request.get_json()
        now = self.clock.now()
        for window, most in SESSIONS:
            recent = [at for at in self.signed_in if at > now - window]
            if len(recent) >= most:
                return self.refuse(429, Fault("429", detail={"reset": (recent[0] + window - now).total_seconds()}))
        self.signed_in.append(now)
        if (given["identifier"], given["password"]) != (HANDLE, PASSWORD):
            return _error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._give_session()

    def _refresh_session(self) -> Response:
        self.renewed += 1
        return self._give_session()

    def _give_session(self) -> Response:
        tokens = {"accessJwt": self._sign("access", self.token_lasts)}
        tokens["refreshJwt"] = self._sign("refresh", timedelta(days=60))
        return jsonify(did=find_did(HANDLE), handle=HANDLE, active=True, **tokens)

    def _sign(self, kind: str, lasts: timedelta) -> str:
        """A token of the form of a JWT, which atproto reads the end from."""
        with self.lock:
            until = self.clock.now() + lasts
            claims = {"sub": find_did(HANDLE), "exp": int(until.timestamp()), "jti": str(len(self._tokens))}
            token = ".".join(encode(part) for part in ({"alg": "ES256K"}, claims, {"kind": kind}))
            self._tokens[token] = (kind, until)
            return token

    def _search(self) -> Response:
        _check(SEARCH, largest=100)
        words = request.args.get("q", "").strip('"').casefold()
        if not words:
            return _error(400, "BadQueryString", "Query may not be empty")
        bounds = {name: _read_time(request.args[name]) for name in ("since", "until") if name in request.args}
        lang = request.args.get("lang")
        found = [
            each
            for each in self._visible()
            if words in each.text.casefold()
            and bounds.get("since", each.sorted_at) <= each.sorted_at
            and ("until" not in bounds or each.sorted_at < bounds["until"])
            and lang in (None, each.lang)
        ]
        found.sort(key=lambda each: (each.sorted_at, each.uri), reverse=True)
        return self._page("posts", found, self._show)

    def _notifications(self) -> Response:
        _check(NOTIFICATIONS, largest=100)
        reasons = request.args.getlist("reasons")
        told = [(each, reason) for each in self._visible() if (reason := self._find_reason(each)) in reasons]
        told.sort(key=lambda pair: _place(pair[0]), reverse=True)
        if cursor := request.args.get("cursor"):
            told = [pair for pair in told if _place(pair[0]) < cursor]
        size = int(request.args.get("limit", 50))
        if g.fault and g.fault.kind == "empty":
            return jsonify(notifications=[], cursor=cursor or "9")
        body: dict[str, Any] = {"notifications": [self._notify(*pair) for pair in told[:size]], "priority": False}
        if len(told) > size:
            body["cursor"] = _place(told[size - 1][0])
        return jsonify(body)

    def _find_reason(self, post: Record) -> str | None:
        """Why our account would be told of a post."""
        if post.author == HANDLE:
            return None
        ours = f"at://{find_did(HANDLE)}/"
        if (post.parent or "").startswith(ours):
            return "reply"
        return "quote" if (post.quote or "").startswith(ours) else "mention" if f"@{HANDLE}" in post.text else None

    def _page(self, holds: str, found: list[Any], show: Callable[[Any], Any]) -> Response:
        """By offset: what is posted or deleted while somebody pages shifts all that follows."""
        offset, size = int(request.args.get("cursor", 0)), int(request.args.get("limit", 25))
        if g.fault and g.fault.kind == "empty":
            return jsonify({holds: [], "cursor": str(offset + 1)} if offset < len(found) else {holds: []})
        body: dict[str, Any] = {holds: [show(each) for each in found[offset : offset + size]]}
        if len(found) > offset + size:
            body["cursor"] = str(offset + size)
        return jsonify(body)

    def _look_up(self) -> Response:
        _check({"uris"})
        uris = request.args.getlist("uris")
        if not 1 <= len(uris) <= 25:
            return _error(400, "InvalidRequest", "Params: uris must not have more than 25 elements")
        with self.lock:
            found = [self.posts[uri] for uri in uris if uri in self.posts and not self.posts[uri].hidden]
        return jsonify(posts=[self._show(each) for each in found])

    def _thread(self) -> Response:
        _check(THREAD)
        post = self.posts.get(request.args["uri"])
        if post is None:
            return _error(400, "NotFound", f"Post not found: {request.args['uri']}")
        depth, height = int(request.args.get("depth", 6)), int(request.args.get("parentHeight", 80))
        return jsonify(thread=self._show_thread(post.uri, depth, height))

    def _show_thread(self, uri: str, depth: int, height: int) -> dict[str, Any]:
        post = self.posts.get(uri)
        kind = "app.bsky.feed.defs#"
        if post is None:
            return {"$type": f"{kind}notFoundPost", "uri": uri, "notFound": True}
        if post.hidden:
            author = {"did": find_did(post.author)}
            return {"$type": f"{kind}blockedPost", "uri": uri, "blocked": True, "author": author}
        node: dict[str, Any] = {"$type": f"{kind}threadViewPost", "post": self._show(post)}
        if post.parent and height:
            node["parent"] = self._show_thread(post.parent, 0, height - 1)
        if depth:
            answers = [each.uri for each in self._visible() if each.parent == uri]
            node["replies"] = [self._show_thread(each, depth - 1, 0) for each in answers]
        return node

    def _put(self) -> Response:
        """Under a key that has a record already, the record is put in its place."""
        given = request.get_json()
        record = given["record"]
        if not re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", given["rkey"]):
            return _error(400, "InvalidRequest", f"Invalid record key for {COLLECTION}: {given['rkey']}")
        if given["repo"] not in (HANDLE, find_did(HANDLE)) or given["collection"] != COLLECTION:
            return _error(400, "InvalidRequest", "Invalid repo or collection")
        if len(record["text"]) > LONGEST_TEXT:
            words = f"Record/text must not be longer than {LONGEST_TEXT} graphemes"
            return _error(400, "InvalidRequest", f"Invalid {COLLECTION} record: {words}")
        parent = record["reply"]["parent"]["uri"]
        uri = f"at://{find_did(HANDLE)}/{COLLECTION}/{given['rkey']}"
        with self.lock:
            if uri not in self.posts:
                self.post(record["text"], HANDLE, reply_to=parent, facets=record.get("facets", []), key=given["rkey"])
                self.replies.append({"id": uri, "to": parent, "text": record["text"], "record": record})
            self.posts[uri].text = record["text"]
        return jsonify(uri=uri, cid=find_cid(uri), validationStatus="valid")

    def _get(self) -> Response:
        _check({"repo", "collection", "rkey"})
        uri = "at://{repo}/{collection}/{rkey}".format(**request.args.to_dict())
        if uri not in self.posts:
            return _error(400, "RecordNotFound", f"Could not locate record: {uri}")
        return jsonify(uri=uri, cid=find_cid(uri), value=show_record(self.posts[uri]))

    def _visible(self) -> list[Record]:
        with self.lock:
            now = self.clock.now()
            return [each for each in self.posts.values() if each.indexed_at <= now and not each.hidden]

    def _show(self, post: Record) -> dict[str, Any]:
        counts = {"replyCount": 0, "repostCount": 0, "likeCount": 1, "quoteCount": 0}
        shown = {"uri": post.uri, "cid": find_cid(post.uri), "author": show_author(post.author)}
        return shown | {"record": show_record(post), "indexedAt": spell(post.indexed_at), **counts, "labels": []}

    def _notify(self, post: Record, reason: str) -> dict[str, Any]:
        shown = {"uri": post.uri, "cid": find_cid(post.uri), "author": show_author(post.author), "reason": reason}
        return shown | {"record": show_record(post), "indexedAt": spell(post.indexed_at), "isRead": False}


def _place(post: Record) -> str:
    """Where a post stands among notifications, which is what a cursor of theirs says."""
    return spell(post.indexed_at) + post.uri


def _check(allowed: set[str], largest: int | None = None) -> None:
    for name in request.args:
        if name not in allowed:
            abort(_error(400, "InvalidRequest", f"Unknown parameter: {name}"))
    size = int(request.args.get("limit", 25))
    if largest and not 1 <= size <= largest:
        abort(_error(400, "InvalidRequest", f"Error: Params must have the property limit between 1 and {largest}"))


def _error(status: int, name: str, message: str) -> Response:
    return make_response(jsonify(error=name, message=message), status)


def _read_time(text: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", text):
        abort(_error(400, "InvalidRequest", f"{text} is no date"))
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
