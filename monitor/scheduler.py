"""The clockwork of one machine: what runs when. What is due is written in the tables; this only looks often."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import wraps
from threading import Event, Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import update

from classifier.judgement import Classifier, ModelError
from monitor import demo, desk, queries
from monitor.abusive.seconds import end_with_mentions
from monitor.alerting import outbox
from monitor.clock import utcnow
from monitor.collecting import blindness, conversation, hiding, muting, polling, streams
from monitor.collecting.recheck import recheck_feed
from monitor.digest import account as digest
from monitor.escalation.watching import watch_escalations
from monitor.incidents.watching import watch_incidents
from monitor.judging import triage
from monitor.live.presence import Presence
from monitor.models import Feed
from monitor.promises.watching import watch_promises
from monitor.replies import sending, verifying
from monitor.settings import Settings
from monitor.signals.lifting import weigh_due
from monitor.store import Store
from monitor.teamwork import assigning, idle
from monitor.words import FeedState
from sources.base import Source

# A job that is still at work when its next time comes is simply not started again; that is no news.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

POLLERS = 16  # feeds read at the same time
DOUBTERS = 8  # of those whose last poll failed: waiting for platforms that hang must not hold up the others
PACE = timedelta(milliseconds=100)  # between the first polls of feeds that are all due when the clockwork starts
LONGEST_START = timedelta(minutes=1)  # until the last of them
BOARD_FIRST = timedelta(seconds=2)  # loading the model takes a processor for itself; the board is served before
SENDERS = 3  # rounds of an outbox at the same time: a channel or platform that hangs must not hold up the next round
log = structlog.get_logger()


class Clockwork:
    """Polls, judges, alerts, wakes and sends digests until it is stopped. Killed at any moment, it loses nothing."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        load_classifier: Callable[[], Classifier],
        environment: Mapping[str, str] = os.environ,
        people: Presence | None = None,
    ) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.load_classifier = load_classifier
        self.people = people or Presence()
        self.classifier: Classifier | None = None
        self.model_trouble = ""
        self.polling: set[int] = set()
        self.sources: dict[int, Source] = {}
        self.repliers: dict[int, Source] = {}  # apart from those that poll, which may be at work at this moment
        self.verifiers: dict[int, Source] = {}
        self.lock = Lock()
        self.doubtful: set[int] = set()  # feeds whose last poll failed
        self.pool = ThreadPoolExecutor(POLLERS, thread_name_prefix="poll")
        self.doubters = ThreadPoolExecutor(DOUBTERS, thread_name_prefix="poll-again")
        self.stopping = Event()
        self.streams: set[int] = set()  # feeds that are listened to, each in a thread of its own
        self.listeners = ThreadPoolExecutor(1, thread_name_prefix="listen")
        self.clock = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        self.spread()
        self.find_streams()
        jobs = [(self.poll, 1), (self.triage, 1), (self.deliver, 1), (self.read_conversations, 1)]
        jobs += [
            (self.wake, 5),
            (self.weigh, 5),
            (self.recheck, 60),
            (self.watch_promises, 15),
            (self.watch_incidents, 15),
            (self.watch_escalations, 5),
            (self.watch, 300),
            (self.queue_digests, 60),
        ]
        jobs += [(self.assign, 3), (self.mind_idle, 60), (self.send_replies, 1), (self.verify_replies, 30)]
        if self.settings.demo:
            jobs.append((self.act_out, 3))
        for job, seconds in jobs:
            instances = SENDERS if job in (self.deliver, self.send_replies) else 1
            self.clock.add_job(
                guarded(job),
                "interval",
                seconds=seconds,
                id=job.__name__,
                next_run_time=utcnow() + (BOARD_FIRST if job == self.triage else timedelta()),
                max_instances=instances,
            )
        self.clock.start()

    def stop(self) -> None:
        """Finish what is at hand; what is left is still in the tables."""
        self.stopping.set()
        self.clock.shutdown(wait=True)
        self.listeners.shutdown(cancel_futures=True)  # within a second
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
        self.listeners = ThreadPoolExecutor(max(len(self.streams), 1), thread_name_prefix="listen")

    def poll(self) -> None:
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
            return streams.listen_feed(*given, self.stopping, self.environment, self.sources)
        return polling.poll_feed(*given, self.environment, self.sources)

    def recheck(self) -> None:
        """Ask each feed that can see about one batch of what it stored."""
        with self.store.read() as session:
            seeing = [feed.id for feed in queries.feeds(session) if feed.state == FeedState.READING]
        for feed_id in seeing:
            # With a source of its own: a poll may be using the feed's at this moment.
            recheck_feed(self.store, self.settings, feed_id, utcnow(), self.environment)

    def read_conversations(self) -> None:
        conversation.read_wanted(self.store, self.settings, utcnow(), self.environment)

    def triage(self) -> None:
        """Judge until nothing waits. A long import holds up no alert: the outbox has a job, and threads, of its own.

        No job may change the schedule: while the clock stops, it holds the schedule and waits for the jobs.
        """
        classifier = self.ready_classifier()
        while self.clock.running and classifier:
            if not triage.triage_batch(self.store, classifier, self.settings, utcnow()):
                break

    def weigh(self) -> None:
        """Look again at what speaks for urgency, where that has changed or time alone changes it."""
        while self.clock.running and weigh_due(self.store, self.settings, utcnow()):
            pass

    def ready_classifier(self) -> Classifier | None:
        """The model, loaded when first needed. Without one the desk still collects; mentions wait to be judged."""
        if self.classifier is None:
            try:
                self.classifier = self.load_classifier()
            except ModelError as error:
                self.tell_model_trouble(str(error))
        return self.classifier

    def tell_model_trouble(self, trouble: str) -> None:
        """Once, not every second."""
        if trouble != self.model_trouble:
            log.error("nothing can be judged", why=trouble)
        self.model_trouble = trouble

    def deliver(self) -> None:
        outbox.deliver_due(self.store, self.settings, utcnow(), self.environment)

    def send_replies(self) -> None:
        sending.send_due(self.store, self.settings, self.environment, self.repliers)

    def verify_replies(self) -> None:
        verifying.verify_due(self.store, self.settings, self.environment, utcnow(), self.verifiers)

    def wake(self) -> None:
        with self.store.write() as session:
            desk.wake_due(session, utcnow())
            hiding.end_mutes(session, utcnow())
            muting.end_thread_mutes(session, utcnow())

    def assign(self) -> None:
        """Give what waits to those who are at their boards, where the configuration says so."""
        if self.settings.claims.assign == "by-hand":
            return
        with self.store.write() as session:
            assigning.assign_waiting(session, self.settings, self.people.users(utcnow()), utcnow())

    def mind_idle(self) -> None:
        with self.store.write() as session:
            idle.mind_idle_claims(session, self.settings, utcnow())

    def act_out(self) -> None:
        with self.store.write() as session:
            demo.act_out_history(session, self.settings, utcnow())

    def watch(self) -> None:
        with self.store.write() as session:
            blindness.watch_feeds(session, self.settings, utcnow())

    def watch_promises(self) -> None:
        with self.store.write() as session:
            watch_promises(session, self.settings, utcnow())

    def watch_escalations(self) -> None:
        with self.store.write() as session:
            watch_escalations(session, self.settings, utcnow())
            end_with_mentions(session, utcnow())

    def watch_incidents(self) -> None:
        watch_incidents(self.store, self.settings, utcnow())

    def queue_digests(self) -> None:
        with self.store.write() as session:
            digest.queue_digests(session, self.settings, utcnow())


def stagger(due: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When each of the feeds that are due now begins: in their order, one every `PACE`, faster where they are many."""
    step = min(PACE, LONGEST_START / max(len(due), 1))
    return {feed_id: now + place * step for place, feed_id in enumerate(due)}


def guarded(job: Callable[[], None]) -> Callable[[], None]:
    """A job that fails is logged and runs again at its next time; it never takes the others down."""

    @wraps(job)
    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("a job failed", job=job.__name__)

    return run
