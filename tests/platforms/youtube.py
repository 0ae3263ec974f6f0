"""A fake YouTube Data API: threads of comments on videos and channels, their answers, and a quota that runs out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

KEY = "fake-youtube-key"
VIDEO, CHANNEL = "aurora-air1", "UCaurora-air-aurora-air1"
COMMON = {"key", "part", "textFormat"}
THREADS = COMMON | {"videoId", "allThreadsRelatedToChannelId", "id", "maxResults", "order", "pageToken", "searchTerms"}
COMMENTS = COMMON | {"id", "parentId", "maxResults", "pageToken"}
SHOWN = 5  # answers that come along with a thread
QUOTA = 10_000


@dataclass
class Comment:
    """A thread's first comment, or an answer where it has a parent."""

    id: str
    text: str
    author: str
    at: datetime
    visible_at: datetime
    video: str
    parent: str = ""
    edited_at: datetime | None = None


class YouTube(Platform):
    """Comments go in by `post`, `edit`, `delete`. `videos`: which channel each is of; `closed`: video to reason."""

    name = "youtube"

    def reset(self) -> None:
        super().reset()
        self.comments: dict[str, Comment] = {}
        self.videos = {VIDEO: CHANNEL}
        self.closed: dict[str, str] = {}
        self.quota = QUOTA
        self._made = 0
        self._lives = 0

    def post(
        self,
        text: str,
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        video: str = VIDEO,
        parent: str = "",
    ) -> str:
        """A comment, an answer where it has a `parent`; its id. `late`: seconds until lists show it."""
        with self.lock:
            self._made += 1
            at = at or self.clock.now()
            own = f"Ugy{self._made:013x}AaABAg"
            id = f"{parent}.{own[:22]}" if parent else own
            visible_at = self.shown_from(at, late)
            video = self.comments[parent].video if parent else video
            self.comments[id] = Comment(id, text, author, at, visible_at, video, parent)
            return id

    def edit(self, id: str, text: str) -> None:
        self.comments[id].text, self.comments[id].edited_at = text, self.clock.now()

    def delete(self, id: str) -> None:
        """Delete a comment with its answers."""
        with self.lock:
            for gone in [each.id for each in self.comments.values() if id in (each.id, each.parent)]:
                del self.comments[gone]

    def expire_tokens(self) -> None:
        self._lives += 1

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check_key)
        routes.get("/youtube/v3/commentThreads")(self._threads)
        routes.get("/youtube/v3/comments")(self._comments)

    def refuse(self, status: int, fault: Fault) -> Response:
        reason = fault.detail.get("reason", {400: "invalidParameter", 404: "videoNotFound"}.get(status, "forbidden"))
        answer = jsonify(fault.detail.get("body", _error(status, reason)))
        answer.status_code = status
        return answer

    def _check_key(self) -> Response | None:
        if request.args.get("key") != KEY:
            return _refuse(400, "badRequest", details="API_KEY_INVALID")
        self.quota -= 1
        return _refuse(403, "quotaExceeded") if self.quota < 0 else None

    def _threads(self) -> Response:
        _check(THREADS)
        wanted = self._find_place()
        first = [each for each in self._visible() if not each.parent and wanted(each)]
        return self._page(sorted(first, key=lambda each: (each.at, each.id), reverse=True), self._show_thread)

    def _find_place(self) -> Callable[[Comment], bool]:
        given = request.args
        if id := given.get("id"):
            if id not in self.comments:
                abort(_refuse(404, "commentThreadNotFound"))
            return lambda each: each.id == id
        if video := given.get("videoId"):
            if video not in self.videos or video in self.closed:
                reason = self.closed.get(video, "videoNotFound")
                abort(_refuse(403 if reason == "commentsDisabled" else 404, reason))
            return lambda each: each.video == video
        channel = given["allThreadsRelatedToChannelId"]
        if channel not in self.videos.values():
            abort(_refuse(404, "channelNotFound"))
        return lambda each: self.videos[each.video] == channel and each.video not in self.closed

    def _comments(self) -> Response:
        _check(COMMENTS)
        if "id" in request.args:
            ids = request.args["id"].split(",")
            if len(ids) > 50 or "maxResults" in request.args:
                return _refuse(400, "invalidParameter")
            shown = [each for each in self._visible() if each.id in ids]
            return jsonify(kind="youtube#commentListResponse", items=[_show(each) for each in shown])
        if request.args["parentId"] not in self.comments:
            return _refuse(404, "commentNotFound")
        return self._page(self._answers(request.args["parentId"]), _show)

    def _answers(self, parent: str) -> list[Comment]:
        return sorted((each for each in self._visible() if each.parent == parent), key=lambda each: (each.at, each.id))

    def _visible(self) -> list[Comment]:
        with self.lock:
            now = self.clock.now()
            return [each for each in self.comments.values() if each.visible_at <= now]

    def _page(self, found: list[Comment], show: Callable[[Comment], dict[str, Any]]) -> Response:
        """A token is a number of comments, so that deleting some of those above skips as many below."""
        size, ids = int(request.args.get("maxResults", 20)), [each.id for each in found]
        if not 1 <= size <= 100:
            return _refuse(400, "invalidParameter")
        start = 0
        if token := request.args.get("pageToken"):
            life, _, place = token.partition(":")
            if life != str(self._lives) or not place.isdigit():
                return _refuse(400, "invalidPageToken")
            start = int(place)
        shown = found[start : start + size]
        body = {"kind": "list", "pageInfo": {"resultsPerPage": size}, "items": [show(each) for each in shown]}
        if start + size < len(ids):
            body["nextPageToken"] = f"{self._lives}:{start + size}"
        return jsonify(body)

    def _show_thread(self, first: Comment) -> dict[str, Any]:
        """With the oldest of its answers: the interface promises some and says not which."""
        answers = self._answers(first.id)
        snippet = {"videoId": first.video, "topLevelComment": _show(first), "totalReplyCount": len(answers)}
        thread: dict[str, Any] = {"kind": "youtube#commentThread", "id": first.id, "snippet": snippet}
        if answers and "replies" in request.args.get("part", ""):
            thread["replies"] = {"comments": [_show(each) for each in answers[:SHOWN]]}
        return thread


def _show(comment: Comment) -> dict[str, Any]:
    """Answers do not name their video. Only the author of a comment would be sent `textOriginal`."""
    text = escape(comment.text, quote=True).replace("\n", "<br>")
    snippet = {
        "textDisplay": comment.text if request.args.get("textFormat") == "plainText" else text,
        "authorDisplayName": f"@{comment.author}",
        "authorChannelId": {"value": f"UC{comment.author}"},
        "likeCount": 1,
        "publishedAt": _stamp(comment.at),
        "updatedAt": _stamp(comment.edited_at or comment.at),
    }
    place = {"parentId": comment.parent} if comment.parent else {"videoId": comment.video}
    return {"kind": "youtube#comment", "id": comment.id, "snippet": snippet | place}


def _check(allowed: set[str]) -> None:
    if set(request.args) - allowed or request.args.get("order", "time") != "time":
        abort(_refuse(400, "invalidParameter"))


def _error(status: int, reason: str, details: str = "") -> dict[str, Any]:
    words = "The request cannot be completed because you have exceeded your quota." if "quota" in reason else reason
    errors = [{"message": words, "domain": "youtube.commentThread", "reason": reason}]
    return {"error": {"code": status, "message": words, "errors": errors, "details": [{"reason": details}]}}


def _refuse(status: int, reason: str, details: str = "") -> Response:
    return make_response(jsonify(_error(status, reason, details)), status)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
