"""The polls of one process: which feed is read in which thread. What is due is written in the tables."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Lock

import structlog
from sqlalchemy import update

from monitor.clock import utcnow
from monitor.collecting import polling, streams
from monitor.models import Feed
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Source

POLLERS = 16  # feeds read at the same time
DOUBTERS = 8  # of those whose last poll failed: waiting for platforms that hang must not hold up the others
PACE = timedelta(milliseconds=100)  # between the first polls of feeds that are all due when reading begins
LONGEST_START = timedelta(minutes=1)  # until the last of them
log = structlog.get_logger()


class Polls:
    """Reads feeds as they come due, from `begin` to `rest`, and perhaps again."""

    def __init__(self, store: Store, settings: Settings, environment: Mapping[str, str]) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.polling: set[int] = set()
        self.sources: dict[int, Source] = {}
        self.lock = Lock()
        self.doubtful: set[int] = set()  # feeds whose last poll failed
        self.pool = ThreadPoolExecutor(POLLERS, thread_name_prefix="poll")
        self.doubters = ThreadPoolExecutor(DOUBTERS, thread_name_prefix="poll-again")
        self.streams: set[int] = set()  # feeds that are listened to, each in a thread of its own
        self.listeners = ThreadPoolExecutor(1, thread_name_prefix="listen")
        self.resting = Event()

    def begin(self) -> None:
        self.resting = Event()
        self.spread()
        self.find_streams()

    def rest(self) -> None:
        """Begin no more. Streams hang up within a second; the other polls that are under way come to their end."""
        self.resting.set()

    def stop(self) -> None:
        self.rest()
        self.listeners.shutdown(cancel_futures=True)
        for pool in (self.pool, self.doubters):
            pool.shutdown(wait=False, cancel_futures=True)

    def spread(self) -> None:
        """Feeds that are due together, as after a night's rest, would be due together for ever after."""
        with self.store.write() as session:
            now = utcnow()
            for feed_id, moment in stagger(polling.due_feeds(session, now), now).items():
                session.execute(update(Feed).where(Feed.id == feed_id).values(next_poll_at=moment))

    def find_streams(self) -> None:
        with self.store.read() as session:
            self.streams = streams.find_streams(session, self.settings)
        self.listeners.shutdown(wait=False)
        self.listeners = ThreadPoolExecutor(max(len(self.streams), 1), thread_name_prefix="listen")

    def poll_due(self) -> None:
        with self.store.read() as session:
            due = polling.due_feeds(session, utcnow())
        for feed_id in due:
            with self.lock:
                if feed_id in self.polling:
                    continue
                self.polling.add(feed_id)
            self.choose_pool(feed_id).submit(self.poll_one, feed_id)

    def choose_pool(self, feed_id: int) -> ThreadPoolExecutor:
        if feed_id in self.streams:
            return self.listeners
        return self.doubters if feed_id in self.doubtful else self.pool

    def poll_one(self, feed_id: int) -> None:
        well = False
        try:
            polled = self.read_feed(feed_id)
            well = polled is None or polled.state == FeedState.READING
        except Exception:
            log.exception("a poll failed", feed=feed_id)
        finally:
            with self.lock:
                self.polling.discard(feed_id)
                (self.doubtful.discard if well else self.doubtful.add)(feed_id)

    def read_feed(self, feed_id: int) -> polling.Polled | None:
        given = self.store, self.settings, feed_id
        if feed_id in self.streams:
            return streams.listen_feed(*given, self.resting, self.environment, self.sources)
        return polling.poll_feed(*given, self.environment, self.sources)


def stagger(due: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When each of the feeds that are due now begins: in their order, one every `PACE`, faster where they are many."""
    step = min(PACE, LONGEST_START / max(len(due), 1))
    return {feed_id: now + place * step for place, feed_id in enumerate(due)}
