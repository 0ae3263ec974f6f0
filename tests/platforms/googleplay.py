"""A fake of the Play Developer API: tokens for service accounts, and the reviews of the last week."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Blueprint, Response, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

APP = "com.example.aurora"
TOKEN = "fake-google-token"
REACH = timedelta(days=7)


@cache
def service_account() -> str:
    """The JSON of a key file, with a key made for this run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return json.dumps({"client_email": "desk@fake.example", "private_key": key.private_bytes(*form).decode()})


@dataclass
class Review:
    id: str
    text: str
    author: str
    at: datetime
    visible_at: datetime
    stars: int


class GooglePlay(Platform):
    """Reviews go in by `post`, `edit`, `delete`."""

    name = "googleplay"

    def reset(self) -> None:
        super().reset()
        self.reviews: dict[str, Review] = {}
        self._lives = 0
        self._made = 0

    def post(self, text: str, author: str = "ann", at: datetime | None = None, late: float = 0, stars: int = 1) -> str:
        with self.lock:
            self._made += 1
            at, id = at or self.clock.now(), f"gp:AOq{self._made:05}"
            visible_at = self.shown_from(at, late)
            self.reviews[id] = Review(id, text, author, at, visible_at, stars)
            return id

    def edit(self, id: str, text: str) -> None:
        self.reviews[id].text, self.reviews[id].at = text, self.clock.now()

    def delete(self, id: str) -> None:
        del self.reviews[id]

    def expire_tokens(self) -> None:
        self._lives += 1

    def add_routes(self, routes: Blueprint) -> None:
        routes.post("/token")(self._give_token)
        routes.get(f"/androidpublisher/v3/applications/{APP}/reviews")(self._list)

    def refuse(self, status: int, fault: Fault) -> Response:
        return make_response(jsonify(error={"code": status, "message": "Something is wrong"}), status)

    def _give_token(self) -> Response:
        if request.form["assertion"].count(".") != 2:
            return make_response(jsonify(error="invalid_grant"), 400)
        return jsonify(access_token=TOKEN, expires_in=3600, token_type="Bearer")

    def _list(self) -> Response:
        """A token is a number of reviews, so that deleting some of those above skips as many below."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.refuse(401, Fault("401"))
        size, start = int(request.args.get("maxResults", 10)), 0
        if set(request.args) - {"maxResults", "token"} or not 1 <= size <= 100:
            return self.refuse(400, Fault("400"))
        if token := request.args.get("token"):
            life, _, place = token.partition("-")
            if life != str(self._lives):
                return self.refuse(400, Fault("400"))
            start = int(place)
        found = self._visible()
        more = start + size < len(found)
        pagination = {"tokenPagination": {"nextPageToken": f"{self._lives}-{start + size}"}} if more else {}
        # A list without reviews leaves the key out.
        shown = [_show(each) for each in found[start : start + size]]
        return jsonify(({"reviews": shown} if shown else {}) | pagination)

    def _visible(self) -> list[Review]:
        with self.lock:
            now = self.clock.now()
            return [each for each in self.reviews.values() if each.visible_at <= now and each.at > now - REACH]


def _show(review: Review) -> dict[str, Any]:
    comment = {
        "text": f"My trip\t{review.text}", "starRating": review.stars, "reviewerLanguage": "en", "thumbsUpCount": 2,
        "lastModified": {"seconds": str(int(review.at.timestamp())), "nanos": 0}, "appVersionName": "2.1",
    }  # fmt: skip
    return {"reviewId": review.id, "authorName": review.author, "comments": [{"userComment": comment}]}
