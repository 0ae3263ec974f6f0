"""What is true on a platform during one seed of chaos: who posted what, what stands and what was taken away."""

import inspect
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from tests.platforms import Platforms
from tests.sources.rows import Row

# How often each kind of failure is drawn. Those that a person must mend come, pass, and must cost nothing.
FAULTS = {
    "429": 5, "500": 3, "502": 3, "503": 5, "html": 4, "drop": 5, "empty": 3,
    "400": 1, "401": 1, "402": 1, "403": 1, "404": 1, "200": 2, "hang": 0.02,
}  # fmt: skip
DETAILS: dict[str, tuple[dict[str, Any], ...]] = {
    "429": ({"reset": 40, "retry_after": 20}, {}),
    "200": ({"raw": "{}"}, {"raw": "[]"}, {"raw": "null"}, {"raw": ""}, {"raw": '{"data": 7, "errors": []}'}),
    "hang": ({"seconds": 1.2},),
}  # fmt: skip
NO_EDITS = ("bluesky",)  # its fake's `edit` deletes and posts anew, as people do there
FAILING = 0.35  # of all requests
AHEAD = 60  # requests that a script covers; no poll makes more
LATEST = 240.0  # seconds until an index shows a late post


@dataclass
class Written:
    """One post about the brand, as the platform knows it."""

    number: int
    at: datetime
    standing: bool = True
    edition: int = 0


@dataclass
class World:
    """One platform and everything that happens on it, by the dice of one seed. `posts` by the platform's id."""

    row: Row
    platforms: Platforms
    dice: Random
    posts: dict[str, Written] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.platform = self.platforms.all[self.row.name]
        self._ids: dict[str, str] = {}  # the first edition's id → the newest one's

    @property
    def now(self) -> datetime:
        return self.platforms.clock.now()

    def post(self, count: int = 1) -> None:
        for _ in range(count):
            number = len(self.posts) + 1
            self.posts[self._put(f"aurora air number {number} edition 0 ends #auroraair")] = Written(number, self.now)

    def _put(self, text: str) -> str:
        """One post in ten appears late, on platforms whose index lags."""
        assert self.row.post
        post = getattr(self.platform, "post", None)
        if post and "late" in inspect.signature(post).parameters and self.dice.random() < 0.1:
            late = SimpleNamespace(post=partial(post, late=self.dice.uniform(0, LATEST)))
            return self.row.post(cast(Platforms, SimpleNamespace(**{self.row.name: late})), text)
        return self.row.post(self.platforms, text)

    def change_one(self) -> None:
        """Somebody edits or deletes what they wrote."""
        standing = [id for id, written in self.posts.items() if written.standing]
        if not standing:
            return
        chosen = self.dice.choice(standing)
        if self.dice.random() < 0.5:
            self._edit(chosen)
        elif self.row.delete:
            self.row.delete(self.platforms, self._ids.get(chosen, chosen))
            self.posts[chosen].standing = False

    def _edit(self, id: str) -> None:
        edit = getattr(self.platform, "edit", None)
        if edit is None or self.row.name in NO_EDITS:
            return
        written = self.posts[id]
        written.edition += 1
        text = f"aurora air number {written.number} edition {written.edition} ends #auroraair"
        newest = edit(self._ids.get(id, id), text)
        self._ids[id] = str(newest or self._ids.get(id, id))

    def stir(self) -> None:
        """Anything may happen at any moment: between two pages, or between two statements of the desk."""
        if self.dice.random() < 0.5:
            self.post(self.dice.choice((1, 1, 2)))
        else:
            self.change_one()

    def break_requests(self) -> None:
        """Decide for each of the coming requests whether it fails, and how."""
        self.platform.faults.clear()
        for _ in range(AHEAD):
            if self.dice.random() < FAILING:
                kind = self.dice.choices(list(FAULTS), list(FAULTS.values()))[0]
                self.platform.fail(kind, **self.dice.choice(DETAILS.get(kind, ({},))))
            else:
                self.platform.fail("none")

    def mend(self) -> None:
        self.platform.faults.clear()
