"""The planning of the desk: what is due for everybody, which exactly one process at a time looks after."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from threading import Event, Thread

import structlog

from monitor import demo, desk, queries
from monitor.abusive.seconds import end_with_mentions
from monitor.clock import utcnow
from monitor.clockwork.polls import Polls
from monitor.collecting import blindness, conversation, hiding, muting
from monitor.collecting.recheck import recheck_feed
from monitor.digest import account as digest
from monitor.escalation.watching import watch_escalations
from monitor.incidents.watching import watch_incidents
from monitor.live.listening import hear_presence
from monitor.live.presence import Presence
from monitor.parts.heart import Heart
from monitor.privacy.retention import forget_due
from monitor.promises.watching import watch_promises
from monitor.replies import verifying
from monitor.settings import Settings
from monitor.signals.lifting import weigh_due
from monitor.store import Store
from monitor.teamwork import assigning, idle
from monitor.words import FeedState
from sources.base import Source

FORGET_EVERY = timedelta(days=1)
log = structlog.get_logger()


class Plans:
    """Polls, rechecks, wakes, reminds and sends digests, as long as this process is the one that plans."""

    def __init__(
        self, store: Store, settings: Settings, environment: Mapping[str, str], people: Presence, heart: Heart
    ) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.people = people
        self.heart = heart
        self.polls = Polls(store, settings, environment)
        self.verifiers: dict[int, Source] = {}
        self.active = False
        self.resting = Event()
        self.forgot_at: datetime | None = None

    def mind(self) -> None:
        """Begin to plan, or rest, as it is this process's turn or another's."""
        turn = self.heart.plans()
        if turn and not self.active:
            self.begin()
        elif self.active and not turn:
            self.rest()

    def begin(self) -> None:
        self.resting = Event()
        self.polls.begin()
        if self.assigns():
            Thread(target=hear_presence, args=(self.store, self.people, self.resting), name="hear", daemon=True).start()
        self.active = True

    def rest(self) -> None:
        self.active = False
        self.resting.set()
        self.polls.rest()

    def planned(self, job: Callable[[], None]) -> Callable[[], None]:
        """A job that is left to the process whose turn it is."""

        @wraps(job)
        def run() -> None:
            if self.active and self.heart.plans():
                job()

        return run

    def poll(self) -> None:
        self.polls.poll_due()

    def recheck(self) -> None:
        """Ask each feed that can see about one batch of what it stored."""
        with self.store.read() as session:
            seeing = [feed.id for feed in queries.feeds(session) if feed.state == FeedState.READING]
        for feed_id in seeing:
            # With a source of its own: a poll may be using the feed's at this moment.
            recheck_feed(self.store, self.settings, feed_id, utcnow(), self.environment)

    def read_conversations(self) -> None:
        conversation.read_wanted(self.store, self.settings, utcnow(), self.environment)

    def weigh(self) -> None:
        """Look again at what speaks for urgency, where that has changed or time alone changes it."""
        while self.active and weigh_due(self.store, self.settings, utcnow()):
            pass

    def verify_replies(self) -> None:
        verifying.verify_due(self.store, self.settings, self.environment, utcnow(), self.verifiers)

    def wake(self) -> None:
        with self.store.write() as session:
            desk.wake_due(session, utcnow())
            hiding.end_mutes(session, utcnow())
            muting.end_thread_mutes(session, utcnow())

    def assigns(self) -> bool:
        return self.settings.claims.assign != "by-hand"

    def assign(self) -> None:
        """Give what waits to those who are at their boards, where the configuration says so."""
        if not self.assigns():
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

    def forget(self) -> None:
        """Once a day, and soon after this process began to plan, so that a round that was cut short goes on."""
        now = utcnow()
        if self.forgot_at and now - self.forgot_at < FORGET_EVERY:
            return
        if done := forget_due(self.store, self.settings.retention, now, self.resting):
            log.info("forgot what was past its time", **done)
        self.forgot_at = None if self.resting.is_set() else now
