"""A fake of the App Store's public feed of reviews: ten pages of fifty for each country."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from tests.platforms.platform import Fault, Platform

APP = "123456789"
PAGE_SIZE, LAST_PAGE = 50, 10


@dataclass
class Review:
    id: str
    text: str
    author: str
    at: datetime
    visible_at: datetime
    country: str
    rating: int


class AppStore(Platform):
    """Reviews go in by `post`, `edit`, `delete`. `empty_json`: how many pages to come are empty but in XML."""

    name = "appstore"

    def reset(self) -> None:
        super().reset()
        self.reviews: dict[str, Review] = {}
        self.empty_json = 0
        self._made = 0

    def post(
        self,
        text: str,
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        country: str = "us",
        rating: int = 1,
    ) -> str:
        with self.lock:
            self._made += 1
            at, id = at or self.clock.now(), str(10_000_000_000 + self._made)
            visible_at = self.shown_from(at, late)
            self.reviews[id] = Review(id, text, author, at, visible_at, country, rating)
            return id

    def edit(self, id: str, text: str) -> None:
        """A changed review counts as a new one and moves up."""
        self.reviews[id].text, self.reviews[id].at = text, self.clock.now()

    def delete(self, id: str) -> None:
        del self.reviews[id]

    def add_routes(self, routes: Blueprint) -> None:
        path = f"/<country>/rss/customerreviews/id={APP}/sortBy=mostRecent/page=<int:page>"
        routes.get(f"{path}/json")(self._json)
        routes.get(f"{path}/xml")(self._xml)

    def refuse(self, status: int, fault: Fault) -> Response:
        return Response("CustomerReviews RSS page is not available", status)

    def _json(self, country: str, page: int) -> Response:
        found = self._page(country, page)
        if self.empty_json:
            self.empty_json -= 1
            found = []
        entries: list[Any] = [_show(each) for each in found]
        # One review alone is sent without its list; none leave the key out.
        feed = {"entry": entries if len(entries) > 1 else entries[0]} if entries else {}
        return jsonify(feed=feed)

    def _xml(self, country: str, page: int) -> Response:
        entries = "".join(_write(each) for each in self._page(country, page))
        namespaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"'
        return Response(f"<feed {namespaces}>{entries}</feed>", mimetype="text/xml")

    def _page(self, country: str, page: int) -> list[Review]:
        with self.lock:
            now = self.clock.now()
            shown = [each for each in self.reviews.values() if each.country == country and each.visible_at <= now]
            newest = sorted(shown, key=lambda each: (each.at, each.id), reverse=True)
            return newest[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] if page <= LAST_PAGE else []


def _fields(review: Review) -> dict[str, str]:
    updated = review.at.isoformat(timespec="seconds")
    return {
        "id": review.id, "title": "My trip", "content": review.text, "im:rating": str(review.rating),
        "im:version": "2.1", "updated": updated,
    }  # fmt: skip


def _show(review: Review) -> dict[str, Any]:
    labels: dict[str, Any] = {name: {"label": value} for name, value in _fields(review).items()}
    return labels | {"author": {"name": {"label": review.author}}}


def _write(review: Review) -> str:
    labels = "".join(f"<{name}>{value}</{name}>" for name, value in _fields(review).items())
    return f"<entry>{labels}<author><name>{review.author}</name></author></entry>"
