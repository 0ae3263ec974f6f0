"""A fake of Hacker News' search at Algolia: as strict about parameters, and blind past 1,000 hits."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, make_response, request

from tests.platforms.platform import Fault, Platform

PARAMETERS = {"query", "tags", "numericFilters", "hitsPerPage", "page", "restrictSearchableAttributes"}
KINDS = {"story", "comment", "poll", "job"}
ATTRIBUTES = {"title", "url", "author", "story_text", "comment_text", "story_title", "story_url"}
REACH = 1000


@dataclass
class Item:
    """A comment or, with a title, a story. `visible_at`: when the index shows it."""

    id: int
    text: str
    title: str
    author: str
    at: datetime
    visible_at: datetime
    parent: int | None
    story: int
    link: str | None = None
    deleted: bool = False


class HackerNews(Platform):
    """Posts go in by `post`, `edit`, `delete`. A deleted comment stays in the tree as a place without words."""

    name = "hackernews"

    def reset(self) -> None:
        super().reset()
        self.items: dict[int, Item] = {}

    def post(
        self,
        text: str,
        title: str = "",
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        parent: str | None = None,
        link: str | None = None,
    ) -> str:
        """A story where it has a title, else a comment on `parent`; its id. `late`: seconds until the index shows it.

        A comment without a parent stands below a story that nobody searches for.
        """
        with self.lock:
            at = at or self.clock.now()
            id = 40_000_000 + len(self.items)
            above = None if title else int(parent or 0)
            story = id if title else self.items[above].story if above in self.items else 1
            visible_at = self.shown_from(at, late)
            self.items[id] = Item(id, text, title, author, at, visible_at, above or None, story, link)
            return str(id)

    def edit(self, id: str, text: str) -> None:
        self.items[int(id)].text = text

    def delete(self, id: str) -> None:
        self.items[int(id)].deleted = True

    def add_routes(self, routes: Blueprint) -> None:
        routes.get("/api/v1/search_by_date")(self._search)
        routes.get("/api/v1/items/<int:id>")(self._show_item)

    def refuse(self, status: int, fault: Fault) -> Response:
        answer = jsonify(fault.detail.get("body", {"status": status, "error": "Error"}))
        answer.status_code = status
        if "retry_after" in fault.detail:
            answer.headers["Retry-After"] = str(fault.detail["retry_after"])
        return answer

    def _search(self) -> Response:
        unknown = set(request.args) - PARAMETERS
        if unknown:
            _refuse(f"Unknown parameter: {', '.join(sorted(unknown))}")
        size, number = _read_number("hitsPerPage", 20, 1, REACH), _read_number("page", 0, 0, REACH)
        found = self._find()
        first, last = number * size, min((number + 1) * size, REACH)
        if first >= REACH:
            message = "you can only fetch the 1000 hits for this query."
            return jsonify(hits=[], page=number, nbHits=0, nbPages=0, hitsPerPage=size, message=message)
        shown = [] if g.fault and g.fault.kind == "empty" else found[first:last]
        pages = min(-(-len(found) // size), REACH // size)
        counts = {"page": number, "nbHits": len(found), "nbPages": pages, "hitsPerPage": size}
        return jsonify(hits=[_show_hit(item) for item in shown], exhaustiveNbHits=True, **counts)

    def _find(self) -> list[Item]:
        """What the index shows of the query, newest first."""
        words, kinds, bounds = _read_query(), _read_tags(), _read_bounds()
        with self.lock:
            now = self.clock.now()
            shown = [item for item in self.items.values() if not item.deleted and item.visible_at <= now]
        found = [item for item in shown if _kind(item) in kinds and _contains(item, words)]
        inside = [item for item in found if all(_holds(int(item.at.timestamp()), *bound) for bound in bounds)]
        return sorted(inside, key=lambda item: (int(item.at.timestamp()), item.id), reverse=True)

    def _show_item(self, id: int) -> Response:
        if id not in self.items or (self.items[id].deleted and not self._children(id)):
            return make_response(jsonify(status=404, error="Not Found"), 404)
        return jsonify(self._show_tree(self.items[id]))

    def _children(self, id: int) -> list[Item]:
        return [item for item in self.items.values() if item.parent == id]

    def _show_tree(self, item: Item) -> dict[str, Any]:
        """An item of a tree names its text `text`, and is empty where it was deleted."""
        gone = item.deleted
        return {
            "id": item.id,
            "created_at": f"{item.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "created_at_i": int(item.at.timestamp()),
            "type": _kind(item),
            "author": None if gone else item.author,
            "title": item.title or None,
            "url": item.link,
            "text": None if gone or not item.text else _to_html(item.text),
            "points": 1 if item.title else None,
            "parent_id": item.parent,
            "story_id": item.story,
            "options": [],
            "children": [self._show_tree(child) for child in self._children(item.id)],
        }


def _show_hit(item: Item) -> dict[str, Any]:
    """A hit names its text after its kind."""
    kind = "story_text" if item.title else "comment_text"
    return {
        "objectID": str(item.id),
        "created_at": f"{item.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "created_at_i": int(item.at.timestamp()),
        "author": item.author,
        "title": item.title or None,
        "url": item.link,
        "points": 1 if item.title else None,
        "parent_id": item.parent,
        "story_id": item.story,
        "_tags": [_kind(item), f"author_{item.author}", f"story_{item.story}"],
        kind: _to_html(item.text) if item.text else None,
    }


def _read_query() -> list[str]:
    """The phrase, as words: the index knows no punctuation. Other words may stand anywhere."""
    query = request.args.get("query", "")
    if len(query) > 512:
        _refuse("query is too long")
    attributes = request.args.get("restrictSearchableAttributes", "title").split(",")
    if not set(attributes) <= ATTRIBUTES:
        _refuse("attribute not found")
    phrase = re.fullmatch(r'"([^"]*)"', query)
    return [_spell(phrase[1])] if phrase else [_spell(word) for word in query.split()]


def _read_tags() -> set[str]:
    tags = re.fullmatch(r"\((\w+(?:,\w+)*)\)", request.args.get("tags", ""))
    kinds = set(tags[1].split(",")) if tags else set()
    if not kinds or not kinds <= KINDS:
        _refuse("tags must be an OR of kinds")
    return kinds


def _read_bounds() -> list[tuple[str, int]]:
    filters = [each for each in request.args.get("numericFilters", "").split(",") if each]
    read = [re.fullmatch(r"created_at_i(<=|>=|<|>|=)(\d+)", each) for each in filters]
    if not all(read):
        _refuse("invalid numericFilters")
    return [(each[1], int(each[2])) for each in read if each]


def _holds(at: int, sign: str, bound: int) -> bool:
    return {"<": at < bound, "<=": at <= bound, ">": at > bound, ">=": at >= bound, "=": at == bound}[sign]


def _read_number(name: str, default: int, least: int, most: int) -> int:
    given = request.args.get(name, str(default))
    if not given.isdecimal() or not least <= int(given) <= most:
        _refuse(f"{name} must be between {least} and {most}")
    return int(given)


def _refuse(message: str) -> None:
    abort(make_response(jsonify(message=message, status=400), 400))


def _kind(item: Item) -> str:
    return "story" if item.title else "comment"


def _contains(item: Item, words: list[str]) -> bool:
    text = f" {_spell(' '.join((item.title, item.text, item.link or '')))} "
    return all(f" {word} " in text for word in words)


def _spell(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _to_html(text: str) -> str:
    """As Hacker News writes it: entities, and <p> before every paragraph but the first."""
    return "<p>".join(html.escape(part).replace("/", "&#x2F;") for part in text.split("\n\n"))
