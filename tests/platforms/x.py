"""A fake X: search, mentions, look-up and replies, as strict as the real one about parameters, sizes and ages."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, request

from tests.platforms.arrivals import Arrivals, Stream
from tests.platforms.clock import Clock
from tests.platforms.platform import Fault, Platform
from tests.platforms.x_posts import Account, XPost, escape, id_at, make_matcher, show, show_user, time_of
from tests.platforms.x_refusals import check, problem_of, read_token, refuse_parameter, scope_of, tell_missing

TOKEN = "fake-x-token"
FIELDS = {"tweet.fields", "expansions", "user.fields", "media.fields", "place.fields", "poll.fields"}
WINDOW = {"max_results", "start_time", "end_time", "since_id", "until_id", "pagination_token"} | FIELDS
SEARCH = WINDOW | {"query", "next_token", "sort_order"}
OURS = "auroraair"  # the account of the user's keys
REACH = timedelta(days=7)
LINK = re.compile(r"https?://\S+")


class X(Platform):
    """Posts go in by `post`, `edit`, `delete`; `vocabulary` is "tweet" or "post"; `replies` holds what was sent."""

    name = "x"

    def __init__(self, clock: Clock, closing: threading.Event) -> None:
        self.stream = Stream()  # before it is reset
        super().__init__(clock, closing)

    def reset(self) -> None:
        super().reset()
        self.posts: dict[int, XPost] = {}
        self.gone: set[int] = set()
        self.accounts: dict[str, Account] = {}
        self.replies: list[dict[str, str]] = []
        self.vocabulary = "tweet"
        self._sequence = 0
        self.rules: dict[str, dict[str, str]] = {}
        self.stream.hang_up()
        self.stream = Stream()

    def account(self, handle: str, followers: int = 100) -> Account:
        """The account of this handle, made where there is none."""
        return self.accounts.setdefault(handle, Account(str(1000 + len(self.accounts)), handle, followers))

    def post(self, text: str, author: str = "ann", at: datetime | None = None, late: float = 0, **extra: Any) -> str:
        """A new post; its id. `late`: seconds until the index shows it. `extra`: further fields of XPost."""
        with self.lock:
            at = at or self.clock.now()
            id = self._make_id(at)
            self.account(author)
            visible_at = self.shown_from(at, late)
            self.posts[id] = XPost(id, text, author, at, visible_at, [id], **extra)
            self.stream.tell(id)
            return str(id)

    def edit(self, id: str, text: str) -> str:
        """A new edition of a post; its new id."""
        with self.lock:
            old = self.posts[int(id)]
            new = self.posts[int(self.post(text, old.author))]
            history = [*old.history, new.id]
            for edition in history:
                self.posts[edition].history = history
            return str(new.id)

    def delete(self, id: str) -> None:
        """Delete a post with all its editions."""
        with self.lock:
            for edition in self.posts[int(id)].history:
                del self.posts[edition]
                self.gone.add(edition)

    def _make_id(self, at: datetime) -> int:
        self._sequence += 1
        return id_at(at) + self._sequence % (1 << 22)

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check_token)
        routes.get("/2/tweets/search/recent")(self._search)
        routes.get("/2/tweets/search/stream")(self._stream)
        routes.get("/2/tweets/search/stream/rules")(self._list_rules)
        routes.post("/2/tweets/search/stream/rules")(self._change_rules)
        routes.get("/2/users/<id>/mentions")(self._mentions)
        routes.get("/2/users/<id>/tweets")(self._posts_of)
        routes.get("/2/users/me")(self._me)
        routes.get("/2/users/by/username/<handle>")(self._user)
        routes.get("/2/tweets")(self._look_up)
        routes.post("/2/tweets")(self._create)

    def refuse(self, status: int, fault: Fault) -> Response:
        answer = jsonify(fault.detail["body"] if "body" in fault.detail else problem_of(status, fault))
        answer.status_code = status
        if status == 429 and "reset" in fault.detail:
            answer.headers["x-rate-limit-reset"] = str(int(self.clock.now().timestamp() + fault.detail["reset"]))
        return answer

    def _check_token(self) -> Response | None:
        given = request.headers.get("Authorization", "")
        if given == f"Bearer {TOKEN}" or given.startswith("OAuth "):
            return None
        return self.refuse(401, Fault("401"))

    def _search(self) -> Response:
        check(SEARCH, smallest=10)
        query = request.args.get("query", "")
        if not 1 <= len(query) <= 512:
            refuse_parameter("query", f"query must be between 1 and 512 characters, was {len(query)}")
        self._check_ages()
        reached = [each for each in self._visible() if each.at > self.clock.now() - REACH and not each.retweet_of]
        if conversation := re.fullmatch(r"conversation_id:(\d+)", query):
            found = [each for each in reached if each.reply_to and self._find_root(each) == conversation[1]]
        else:
            found = list(filter(make_matcher(query), reached))
        return self._page(found, "next_token", query)

    def _stream(self) -> Response:
        """One line a post, an empty one while there is none; one connection at a time."""
        check(FIELDS | {"backfill_minutes"}, smallest=None)
        if not self.rules:
            return make_response(
                jsonify(problem_of(409, Fault("409", detail={"title": "RuleConfigurationIssue"}))), 409
            )
        come = self.stream.open()
        if come is None:
            body = {"title": "ConnectionException", "connection_issue": "TooManyConnections"}
            return self.refuse(429, Fault("429", detail={"body": body}))
        asked = {name: request.args.get(name, "") for name in ("tweet.fields", "expansions")}
        return Response(self._lines(come, asked), mimetype="application/json")

    def _lines(self, come: "Arrivals[int | bytes | None]", asked: dict[str, str]) -> Iterator[bytes]:
        try:
            yield b"\r\n"
            while (told := self.stream.wait(come)) is not None and not self._closing.is_set():
                if not self.stream.silent:
                    yield self._spell_line(told, asked) + b"\r\n"
        finally:
            self.stream.close(come)

    def _spell_line(self, come: int | bytes, asked: dict[str, str]) -> bytes:
        """Empty, the sign of life, where no rule matches."""
        if isinstance(come, bytes):
            return come
        post = self.posts.get(come)
        if post is None:
            return b""
        matching = [rule for rule in self.rules.values() if make_matcher(rule["value"])(post)]
        if not matching:
            return b""
        body = self._show([post], asked)
        body["data"] = body["data"][0]
        tags = [{"id": rule["id"], "tag": rule["tag"]} for rule in matching]
        return json.dumps({**body, "matching_rules": tags}).encode()

    def _list_rules(self) -> Response:
        meta = {"sent": self.clock.now().isoformat(), "result_count": len(self.rules)}
        return jsonify({"meta": meta} | ({"data": list(self.rules.values())} if self.rules else {}))

    def _change_rules(self) -> Response:
        given = request.get_json()
        for id in given.get("delete", {}).get("ids", []):
            self.rules.pop(id)
        added = [{"id": self._name_rule(), **rule} for rule in given.get("add", [])]
        if any("(" in rule["value"] and ")" not in rule["value"] for rule in added):
            detail = "missing EOF at '('"
            return make_response(jsonify(errors=[{"title": "UnprocessableEntity", "detail": detail}], meta={}), 201)
        self.rules |= {rule["id"]: rule for rule in added}
        return make_response(jsonify({"meta": {}} | ({"data": added} if added else {})), 201 if added else 200)

    def _name_rule(self) -> str:
        self._sequence += 1
        return str(7_000_000 + self._sequence)

    def _mentions(self, id: str) -> Response:
        check(WINDOW, smallest=5)
        handle = next((each.handle for each in self.accounts.values() if each.id == id), None)
        if handle is None:
            return self._not_found("user", id)
        named = [each for each in self._visible() if f"@{handle}".casefold() in each.text.casefold()]
        return self._page(sorted(named, key=lambda each: -each.id)[:800], "pagination_token", id)

    def _user(self, handle: str) -> Response:
        found = self.accounts.get(handle)
        return jsonify(data=show_user(found)) if found else self._not_found("user", handle)

    def _me(self) -> Response:
        if not request.headers["Authorization"].startswith("OAuth "):
            return self.refuse(403, Fault("403"))
        return jsonify(data=show_user(self.account(OURS)))

    def _posts_of(self, id: str) -> Response:
        """A user's own posts, answers included; unlike the search it lags behind nothing."""
        check(WINDOW | {"exclude"}, smallest=5)
        with self.lock:
            found = [each for each in self.posts.values() if self.accounts[each.author].id == id]
        return self._page([each for each in found if each.id == each.history[-1]], "pagination_token", id)

    def _look_up(self) -> Response:
        check(FIELDS | {"ids"}, smallest=None)
        ids = request.args["ids"].split(",")
        if not 1 <= len(ids) <= 100:
            refuse_parameter("ids", "size must be between 1 and 100")
        posts = [self.posts[int(id)] for id in ids if int(id) in self.posts]
        errors = [tell_missing(id) for id in ids if int(id) not in self.posts]
        errors += [tell_missing(str(each.id), "not-authorized-for-resource") for each in posts if each.protected]
        body = self._show([each for each in posts if not each.protected])
        return jsonify(body | ({"errors": errors} if errors else {}))

    def _create(self) -> Response:
        if not request.headers["Authorization"].startswith("OAuth "):
            return self.refuse(403, Fault("403"))
        body = request.get_json()
        target = self.posts.get(int(body.get("reply", {}).get("in_reply_to_tweet_id", 0)))
        if target is None or not target.answerable:
            detail = "Reply to this conversation is not allowed because you have not been mentioned by the author."
            return self.refuse(403, Fault("403", detail={"body": {"title": "Forbidden", "detail": detail}}))
        shown = f"@{target.author} {LINK.sub('https://t.co/AbCdEfGhIj', body['text'])}"
        id = self.post(shown, OURS, reply_to=str(target.id))
        self.replies.append({"id": id, "to": str(target.id), "text": body["text"]})
        return make_response(jsonify(data={"id": id, "text": body["text"]}), 201)

    def _visible(self) -> list[XPost]:
        """The newest editions that the index shows now."""
        with self.lock:
            now = self.clock.now()
            return [each for each in self.posts.values() if each.visible_at <= now and each.id == each.history[-1]]

    def _check_ages(self) -> None:
        oldest = self.clock.now() - REACH
        if "since_id" in request.args and "start_time" in request.args:
            refuse_parameter("since_id", "since_id and start_time cannot be used together")
        for name in ("since_id", "until_id"):
            if name in request.args and time_of(int(request.args[name])) < oldest:
                limit = id_at(oldest)
                words = f"'{name}' must be a tweet id created after {oldest:%Y-%m-%dT%H:%MZ}. "
                refuse_parameter(name, f"{words}Please use a '{name}' that is larger than {limit}")

    def _page(self, posts: list[XPost], token_name: str, scope: str) -> Response:
        size, below = int(request.args.get("max_results", 10)), read_token(token_name, scope)
        until = min(below, int(request.args.get("until_id", 1 << 63)))
        since = int(request.args.get("since_id", 0))
        found = sorted((each for each in posts if since < each.id < until), key=lambda each: -each.id)
        if g.fault and g.fault.kind == "empty":
            return jsonify(meta={"result_count": 0, "next_token": f"{until}.{scope_of(scope)}"})
        shown = found[:size]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": str(shown[0].id), "oldest_id": str(shown[-1].id)}
        if len(found) > size:
            meta["next_token"] = f"{shown[-1].id}.{scope_of(scope)}"
        return jsonify(self._show(shown) | {"meta": meta})

    def _show(self, posts: list[XPost], given: Mapping[str, str] | None = None) -> dict[str, Any]:
        """`data` and `includes` with the fields that were asked for; neither where there are no posts, as X does."""
        given = request.args if given is None else given
        if not posts:
            return {}
        asked = set(given.get("tweet.fields", "").split(","))
        body: dict[str, Any] = {"data": [self._show_post(each, asked) for each in posts]}
        if "author_id" in given.get("expansions", ""):
            authors = {each.author: self.accounts[each.author] for each in posts}
            body["includes"] = {"users": [show_user(each) for each in authors.values()]}
        return body

    def _show_post(self, post: XPost, asked: set[str]) -> dict[str, Any]:
        full = show(post, self.accounts[post.author].id, self._find_root(post))
        shown = {name: value for name, value in full.items() if name in asked and value is not None}
        shown |= {"id": str(post.id), "text": escape(post.text)}
        shown["edit_history_tweet_ids"] = [str(id) for id in post.history]
        return {name.replace("tweet", self.vocabulary): value for name, value in shown.items()}

    def _find_root(self, post: XPost) -> str:
        """The id of the conversation: that of the topmost post, whose id stands even where it was deleted."""
        above = self.posts.get(int(post.reply_to or 0))
        return self._find_root(above) if above else post.reply_to or str(post.history[0])

    def _not_found(self, kind: str, id: str) -> Response:
        return jsonify(errors=[tell_missing(id) | {"resource_type": kind}])
