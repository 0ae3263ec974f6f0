"""The clockwork of one machine: what runs when. What is due is written in the tables; this only looks often."""

import logging
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from threading import Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from classifier.judgement import Classifier, ModelError
from monitor import blindness, conversation, demo, desk, digest, outbox, polling, queries, triage
from monitor.clock import utcnow
from monitor.recheck import recheck_feed
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Source

# A job that is still at work when its next time comes is simply not started again; that is no news.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

POLLERS = 8  # feeds read at the same time
SENDERS = 3  # rounds of the outbox at the same time: a channel that hangs must not hold up the next round
log = structlog.get_logger()


class Clockwork:
    """Polls, judges, alerts, wakes and sends digests until it is stopped. Killed at any moment, it loses nothing."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        load_classifier: Callable[[], Classifier],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.load_classifier = load_classifier
        self.classifier: Classifier | None = None
        self.model_trouble = ""
        self.polling: set[int] = set()
        self.sources: dict[int, Source] = {}
        self.lock = Lock()
        self.pool = ThreadPoolExecutor(POLLERS, thread_name_prefix="poll")
        self.clock = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        jobs = [(self.poll, 1), (self.triage, 1), (self.deliver, 1), (self.read_conversations, 1)]
        jobs += [(self.wake, 5), (self.recheck, 60), (self.watch, 60), (self.queue_digests, 60)]
        if self.settings.demo:
            jobs.append((self.act_out, 3))
        for job, seconds in jobs:
            instances = SENDERS if job == self.deliver else 1
            self.clock.add_job(
                guarded(job),
                "interval",
                seconds=seconds,
                id=job.__name__,
                next_run_time=utcnow(),
                max_instances=instances,
            )
        self.clock.start()

    def stop(self) -> None:
        """Finish what is at hand; what is left is still in the tables."""
        self.clock.shutdown(wait=True)
        self.pool.shutdown(wait=False, cancel_futures=True)

    def poll(self) -> None:
        with self.store.read() as session:
            due = polling.due_feeds(session, utcnow())
        for feed_id in due:
            with self.lock:
                if feed_id in self.polling:
                    continue
                self.polling.add(feed_id)
            self.pool.submit(self.poll_one, feed_id)

    def poll_one(self, feed_id: int) -> None:
        try:
            polling.poll_feed(self.store, self.settings, feed_id, self.environment, self.sources)
        except Exception:
            log.exception("a poll failed", feed=feed_id)
        finally:
            with self.lock:
                self.polling.discard(feed_id)

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
        classifier = self.ready_classifier()
        while (
            classifier and self.clock.running and triage.triage_batch(self.store, classifier, self.settings, utcnow())
        ):
            self.deliver_urgent()

    def deliver_urgent(self) -> None:
        """A long import must not hold up the alert for a post in its first batch; the outbox's own job sends it."""
        self.clock.modify_job("deliver", next_run_time=utcnow())

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

    def wake(self) -> None:
        with self.store.write() as session:
            desk.wake_due(session, utcnow())

    def act_out(self) -> None:
        with self.store.write() as session:
            demo.act_out_history(session, self.settings, utcnow())

    def watch(self) -> None:
        with self.store.write() as session:
            blindness.watch_feeds(session, self.settings, utcnow())

    def queue_digests(self) -> None:
        with self.store.write() as session:
            digest.queue_digests(session, self.settings, utcnow())


def guarded(job: Callable[[], None]) -> Callable[[], None]:
    """A job that fails is logged and runs again at its next time; it never takes the others down."""

    @wraps(job)
    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("a job failed", job=job.__name__)

    return run
