"""The clockwork of one process: which jobs it has, and how often. What is due is written in the tables."""

import logging
import os
from collections.abc import Callable, Mapping
from functools import wraps

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from classifier.judgement import Classifier
from monitor.clock import utcnow
from monitor.clockwork.plans import Plans
from monitor.clockwork.work import Work
from monitor.live.presence import Presence
from monitor.parts.heart import Heart
from monitor.parts.kinds import CAN_PLAN, CAN_WORK, PartKind
from monitor.settings import Settings
from monitor.store import Store

# A job that is still at work when its next time comes is simply not started again; that is no news.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

SENDERS = 3  # rounds of an outbox at the same time: a channel or platform that hangs must not hold up the next round
log = structlog.get_logger()

Job = Callable[[], None]


class Clockwork:
    """Plans, works, or both, until it is stopped. Killed at any moment, it loses nothing."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        load_classifier: Callable[[], Classifier],
        environment: Mapping[str, str] = os.environ,
        people: Presence | None = None,
        kind: PartKind = PartKind.RUN,
    ) -> None:
        self.settings, self.kind = settings, kind
        self.heart = Heart(store, kind)
        self.plans = Plans(store, settings, environment, people or Presence(), self.heart)
        self.work = Work(store, settings, load_classifier, environment, self.heart)
        self.clock = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        """Raises `StoreError` where it cannot work on this store."""
        self.heart.start()
        if self.kind in CAN_PLAN:
            self.plans.mind()
            self.add(self.plans.mind, 1)
            for job, seconds in self.planning():
                self.add(self.plans.planned(job), seconds)
        if self.kind in CAN_WORK:
            self.add(self.work.triage, 1)
            for job in (self.work.deliver, self.work.send_replies):
                self.add(job, 1, SENDERS)
        self.clock.start()

    def planning(self) -> list[tuple[Job, int]]:
        """What the process that plans does, and every how many seconds."""
        plans = self.plans
        jobs: list[tuple[Job, int]] = [
            (plans.poll, 1),
            (plans.read_conversations, 1),
            (plans.assign, 3),
            (plans.wake, 5),
            (plans.weigh, 5),
            (plans.watch_escalations, 5),
            (plans.watch_promises, 15),
            (plans.watch_incidents, 15),
            (plans.verify_replies, 30),
            (plans.recheck, 60),
            (plans.mind_idle, 60),
            (plans.queue_digests, 60),
            (plans.watch, 300),
            (plans.forget, 600),
        ]
        return [*jobs, (plans.act_out, 3)] if self.settings.demo else jobs

    def add(self, job: Job, seconds: int, instances: int = 1) -> None:
        """No job may change the schedule: while the clock stops, it holds the schedule and waits for the jobs."""
        self.clock.add_job(
            guarded(job),
            "interval",
            seconds=seconds,
            id=job.__name__,
            next_run_time=utcnow(),
            max_instances=instances,
        )

    def stop(self) -> None:
        """Finish what is at hand; what is left is still in the tables."""
        self.clock.pause()
        self.plans.rest()
        self.work.stop()
        self.clock.shutdown(wait=True)
        self.plans.polls.stop()
        self.heart.stop()


def guarded(job: Job) -> Job:
    """A job that fails is logged and runs again at its next time; it never takes the others down."""

    @wraps(job)
    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("a job failed", job=job.__name__)

    return run
