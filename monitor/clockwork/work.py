"""The work of a process: judging, alerting, sending. Any number of processes may do it at once; rows are claimed."""

import time
from collections.abc import Callable, Mapping
from threading import Event

import structlog

from classifier.judgement import Classifier, ModelError
from monitor.alerting import outbox
from monitor.clock import utcnow
from monitor.judging import explaining, triage
from monitor.parts.heart import Heart
from monitor.replies import sending
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Source

BOARD_FIRST = 2.0  # seconds; loading the model takes a processor for itself, and the board is to be served before
log = structlog.get_logger()


class Work:
    """Judges what waits, sends alerts and replies."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        load_classifier: Callable[[], Classifier],
        environment: Mapping[str, str],
        heart: Heart,
    ) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.load_classifier = load_classifier
        self.heart = heart
        self.classifier: Classifier | None = None
        self.model_trouble = ""
        self.repliers: dict[int, Source] = {}  # apart from those that poll, which may be at work at this moment
        self.stopping = Event()

    def stop(self) -> None:
        self.stopping.set()

    def triage(self) -> None:
        """Judge until nothing waits, then look why what presses does. A long import holds up no alert: the outbox has
        a job, and threads, of its own.
        """
        classifier = self.ready_classifier()
        while classifier and not self.stopping.is_set():
            begun = time.monotonic()
            done = triage.triage_batch(self.store, classifier, self.settings, utcnow(), part_id=self.heart.id)
            if done:
                self.heart.counts["judged"] += done
                self.heart.counts["judging_ms"] += round((time.monotonic() - begun) * 1_000)
            elif not explaining.explain_next(self.store, classifier):
                break

    def ready_classifier(self) -> Classifier | None:
        """The model, loaded when first needed. Without one the desk still collects; mentions wait to be judged."""
        if self.classifier is None and not self.stopping.wait(BOARD_FIRST):
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
