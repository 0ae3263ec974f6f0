"""Things made for one board that serve all of them: kept for a while, and made by the first who asks."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

KEPT = 256
SHORTEST = 0.5  # seconds for which a thing is good
SHARE = 5  # what took long to make is good for so many times as long, so that making it never fills the time


class Slot:
    """A place for one thing; whoever comes while it is made waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.thing: Any = None
        self.good_until: float | None = None


class Made:
    """What was made lately, by what it is made of."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.slots: OrderedDict[Hashable, Slot] = OrderedDict()

    def slot(self, key: Hashable) -> Slot:
        with self.lock:
            found = self.slots.setdefault(key, Slot())
            self.slots.move_to_end(key)
            while len(self.slots) > KEPT:
                self.slots.popitem(last=False)
            return found

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The thing, which never changes."""
        slot = self.slot(key)
        with slot.lock:
            if slot.good_until is None:
                slot.thing, slot.good_until = make(), 0.0
            return slot.thing

    def lately(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The thing as it was a moment ago."""
        slot = self.slot(key)
        with slot.lock:
            begun = time.monotonic()
            if slot.good_until is None or begun >= slot.good_until:
                slot.thing = make()
                slot.good_until = time.monotonic() + max(SHORTEST, SHARE * (time.monotonic() - begun))
            return slot.thing
