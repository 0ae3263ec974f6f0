"""Things made for one board that serve all of them: kept for a while, and made by the first who asks."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

KEPT = 256
SHORTEST = 0.5  # seconds between two makings of the same thing
SHARE = 5  # after what took long to make, so many times as long passes, so that making it never fills the time


class Slot:
    """A place for one thing; whoever comes while it is made waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.thing: Any = None
        self.made_at: float | None = None  # when making it began
        self.rests_until = 0.0

    def make(self, make: Callable[[], Any]) -> None:
        self.made_at = time.monotonic()
        self.thing = make()
        now = time.monotonic()
        self.rests_until = now + max(SHORTEST, SHARE * (now - self.made_at))


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
            if slot.made_at is None:
                slot.make(make)
            return slot.thing

    def since(self, key: Hashable, moment: float, make: Callable[[], Any]) -> Any | None:
        """The thing as it was after a moment of the monotonic clock; None where it is too early to make it again."""
        slot = self.slot(key)
        with slot.lock:
            if slot.made_at is None or (slot.made_at < moment and time.monotonic() >= slot.rests_until):
                slot.make(make)
            return slot.thing if slot.made_at is not None and slot.made_at >= moment else None
