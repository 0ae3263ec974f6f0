"""Mutated answers while posts wait to be read: a source may fail, but not crash, and its cursor may pass no post by."""

import json
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sources.base import Budget, Source, SourceError
from tests.benchmarks.mortal import build_on
from tests.benchmarks.replay import JSON, list_readable
from tests.benchmarks.shelves import SHELVES
from tests.platforms import Platforms
from tests.platforms.platform import Platform
from tests.sources.keeper import Keeper
from tests.sources.rows import ROWS, Row

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1 << 80,
    1e308,
    "",
    "0",
    "9" * 40,
    "\0\ud800",
    "2999-01-01T00:00:00Z",
    [],
    {},
    [[]],
    [None],
    {"": 1},
)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
OWN = 0.5  # of the mutations, this part is of the right answer to the very request; the others are of recorded ones
BROKEN = 0.3  # are no whole answers any more
NUDGED = 0.5  # of the changed values, those by which a cursor is set
AFRESH = 40  # cases between two fresh starts
MOST_POSTS = 3  # that wait to be read


@dataclass
class Found:
    """What the mutations did."""

    fuzzed: int = 0
    moved_past: int = 0
    crashes: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)  # of cursors that moved past posts

    def as_json(self) -> dict[str, Any]:
        shown = {"fuzzed": self.fuzzed, "fuzz_crashed": len(self.crashes), "moved_past": self.moved_past}
        return shown | ({"moved_past_on": self.cases[:20]} if self.cases else {})


class Victim:
    """One source, the fake platform that it reads, and what it has kept."""

    def __init__(self, row: Row, platforms: Platforms) -> None:
        self.row, self.platforms = row, platforms
        self.platform: Platform = platforms.all[row.name]
        shelf = SHELVES.get(row.name)
        self.path = shelf.path if shelf else ""
        self.begin()

    def begin(self) -> None:
        """Nothing posted, nothing kept, and signed in."""
        self.platform.reset()
        self.source: Source = build_on(self.row, self.platforms)
        self.keeper, self.posted = Keeper(), set[str]()
        self.poll()

    def post(self, count: int) -> None:
        assert self.row.post
        self.posted |= {self.row.post(self.platforms, f"aurora air {len(self.posted)}.{each}") for each in range(count)}

    def poll(self) -> None:
        with suppress(SourceError):
            self.keeper.poll(self.source, Budget(requests=8))

    def has_all(self) -> bool:
        """Whether right answers now bring all that was posted, or a gap says what they do not bring."""
        self.platform.faults.clear()
        for _ in range(3):
            self.platforms.clock.advance(minutes=61)  # past every wait that an answer asked for
            self.poll()
            if self.posted <= self.keeper.posts.keys():
                return True
        return bool(self.keeper.gaps)


class Fuzz:
    """`samples`: recorded answers of each source."""

    def __init__(self, platforms: Platforms, samples: dict[str, list[bytes]], seed: int) -> None:
        self.platforms, self.samples, self.dice = platforms, samples, Random(seed)
        names = list_readable(platforms)
        self.rows = [row for row in ROWS if row.name in names and row.post]

    def run(self, count: int, tell: Callable[[], object]) -> Found:
        """`count` mutations, shared out among the sources."""
        found = Found()
        for place, row in enumerate(self.rows):
            self.platforms.reset()
            victim = Victim(row, self.platforms)
            for number in range(count // len(self.rows) + (place < count % len(self.rows))):
                self._try(victim, found)
                if number % AFRESH == AFRESH - 1:
                    victim.begin()
                tell()
        return found

    def _try(self, victim: Victim, found: Found) -> None:
        victim.keeper.gaps.clear()
        victim.post(self.dice.randint(1, MOST_POSTS))
        self._arm(victim)
        found.fuzzed += 1
        try:
            victim.poll()
            victim.post(1)
            whole = victim.has_all()
        except Exception:  # noqa: BLE001  this is what we are here to find
            found.crashes.append(traceback.format_exc())
            victim.begin()
            return
        if not whole:
            found.moved_past += 1
            found.cases.append(f"{victim.row.name}: {json.dumps(victim.keeper.cursor)[:300]}")
            victim.begin()

    def _arm(self, victim: Victim) -> None:
        samples = self.samples.get(victim.row.name)
        if samples and self.dice.random() >= OWN:
            victim.platform.fail("200", path=victim.path, raw=self.mutate(self.dice.choice(samples)), headers=JSON)
        else:
            victim.platform.garble(self.mutate, victim.path)

    def mutate(self, body: bytes) -> bytes:
        """The body broken as text, or still whole with one to three values wrong: the worse, for it may be believed."""
        if self.dice.random() < BROKEN:
            return self.dice.choice((self._cut, self._flip))(body)
        for _ in range(self.dice.randint(1, 3)):
            body = self._change(body)
        return body

    def _cut(self, body: bytes) -> bytes:
        return body[: self.dice.randint(0, len(body))]

    def _flip(self, body: bytes) -> bytes:
        changed = bytearray(body)
        for _ in range(self.dice.randint(1, 4)):
            if changed:
                changed[self.dice.randrange(len(changed))] ^= 1 << self.dice.randrange(8)
        return bytes(changed)

    def _change(self, body: bytes) -> bytes:
        """Delete, replace, double or move one value of the JSON; cut what is no JSON."""
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return self._flip(body)
        places = list(list_places(value))
        if not places:
            return json.dumps(self.dice.choice(ODD)).encode()
        orders = [(holder, key) for holder, key in places if tells_order(holder[key])]
        if orders and self.dice.random() < NUDGED:
            self._nudge(*self.dice.choice(orders))
        else:
            self.dice.choice((self._delete, self._replace, self._double, self._swap))(*self.dice.choice(places))
        return json.dumps(value).encode()

    def _delete(self, holder: Any, key: Any) -> None:
        del holder[key]

    def _replace(self, holder: Any, key: Any) -> None:
        holder[key] = self.dice.choice(ODD)

    def _nudge(self, holder: Any, key: Any) -> None:
        """Another id, count or time that looks as good as the right one: the worst for a cursor."""
        value, by = holder[key], self.dice.choice((1, -1)) * 10 ** self.dice.randint(0, 20)
        if isinstance(value, int | float) and not isinstance(value, bool):
            holder[key] = value + by
        elif isinstance(value, str) and value.isdecimal():
            holder[key] = str(abs(int(value) + by))
        else:
            holder[key] = self.dice.choice(("1970", "2000", "2099", "9999")) + value[4:]

    def _double(self, holder: Any, key: Any) -> None:
        holder[key] = [holder[key], holder[key]]

    def _swap(self, holder: Any, key: Any) -> None:
        other = self.dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[key], holder[other] = holder[other], holder[key]


def tells_order(value: Any) -> bool:
    """Whether a value may be an id, a count or a time."""
    if isinstance(value, str):
        return value.isdecimal() or bool(DATE.match(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def list_places(value: Any) -> list[tuple[Any, Any]]:
    """Every (object or list, key) of a JSON value, whatever its depth."""
    found, waiting = [], [value]
    while waiting:
        each = waiting.pop()
        keys = list(each) if isinstance(each, dict) else list(range(len(each))) if isinstance(each, list) else []
        found += [(each, key) for key in keys]
        waiting += [each[key] for key in keys]
    return found
