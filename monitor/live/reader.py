"""One reader of the audit trail for everybody who watches, so that a hundred open boards cost one query a change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import structlog
from sqlalchemy.exc import DatabaseError

from monitor.clock import utcnow
from monitor.live.listening import Ear, listen
from monitor.live.presence import Presence
from monitor.live.trail import Line, Trail, join_trail
from monitor.store import Store, StoreError

FLOOR = (
    0.5  # seconds: what other programs write into SQLite rings no bell here, so the trail is also looked at this often
)
PACE = 0.1  # seconds between two looks that found something: a storm is told in gusts, not drop by drop
REST = 2.0  # after the database did not answer
log = structlog.get_logger()


@dataclass(frozen=True, eq=False)  # one batch is told to many, who know it as the same
class News:
    """Lines that were just written; whoever has this and all before it has missed nothing up to `position`."""

    position: int
    lines: tuple[Line, ...]


class Watcher:
    """One who watches: news wait here until they are taken. A wake without news means that people came or went."""

    def __init__(self, position: int) -> None:
        self.position = position  # where the trail stood when watching began
        self.waiting: SimpleQueue[News | None] = SimpleQueue()

    def take(self, seconds: float) -> list[News] | None:
        """What has come, at the latest after some seconds; None where nothing woke it."""
        try:
            found = [self.waiting.get(timeout=seconds)]
        except Empty:
            return None
        while not self.waiting.empty():  # nobody else takes from it
            found.append(self.waiting.get())
        return [news for news in found if news]


class Live:
    """Follows the trail while anybody watches, in one thread; nobody watching costs nothing."""

    def __init__(self, store: Store, presence: Presence) -> None:
        self.store, self.presence = store, presence
        self.lock = Lock()
        self.watchers: set[Watcher] = set()
        self.trail: Trail | None = None
        self.thread: Thread | None = None
        self.closed = False
        self.told = 0  # which version of the presence everybody knows

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Watch while the block runs. What was written before it began is for the watcher to read itself."""
        watcher = self.join()
        try:
            yield watcher
        finally:
            with self.lock:
                self.watchers.discard(watcher)

    def join(self) -> Watcher:
        with self.lock:
            if self.trail is None:
                # Before the watcher reads its past, so that nothing can fall between the two.
                with self.store.read() as session:
                    self.trail = join_trail(session, utcnow())
                self.thread = Thread(target=self.follow, args=(self.trail,), name="live", daemon=True)
                self.thread.start()
            watcher = Watcher(self.trail.settled)
            self.watchers.add(watcher)
            return watcher

    def follow(self, trail: Trail) -> None:
        """The thread: until nobody watches any more."""
        while self.is_watched(trail):
            try:
                with listen(self.store, self.presence) as ear:
                    while self.is_watched(trail):
                        self.look(trail, ear)
            except (DatabaseError, StoreError) as error:
                log.warning("boards are not told what happens; trying again", why=str(error))
                time.sleep(REST)

    def close(self) -> None:
        """Let everybody who watches know that it is over, so that the server can stop."""
        self.closed = True
        self.tell(None)

    def is_watched(self, trail: Trail) -> bool:
        """False once the last has left; the next to come has a new thread begin, with a trail of its own."""
        with self.lock:
            if self.trail is trail and not self.watchers:
                self.trail = None
            return self.trail is trail

    def look(self, trail: Trail, ear: Ear) -> None:
        """Wait for something to happen, and tell it."""
        ear.wait(FLOOR)
        now = utcnow()
        with self.store.read() as session:
            lines = trail.read(session, now)
        self.presence.forget_gone(now)
        if lines:
            self.tell(News(trail.settled, tuple(lines)))
            time.sleep(PACE)
        elif self.told != self.presence.version:
            self.tell(None)
        self.told = self.presence.version

    def tell(self, news: News | None) -> None:
        with self.lock:
            for watcher in self.watchers:
                watcher.waiting.put(news)
