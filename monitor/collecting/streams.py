"""Feeds that are listened to: a poll that does not end, with a line in the ledger for every few minutes of it."""

from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from monitor.brands import feed_settings
from monitor.collecting.health import Outcome
from monitor.collecting.polling import Polled, Reading, poll_feed
from monitor.models import Feed, Poll
from monitor.queries import feeds
from monitor.settings import FeedSettings, Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Capability, Page, Rereading, Source, Streaming
from sources.registry import source_class

LINE = timedelta(minutes=5)  # of listening to one line of the ledger
AGAIN = timedelta(seconds=5)  # until a platform that ended the connection is called again
LISTENS = "Listening: posts come as they are written."


def find_streams(session: Session, settings: Settings) -> set[int]:
    """The feeds that ask to be listened to, and whose source can be."""
    configured = {feed.id: feed_settings(settings, feed.brand.name, feed.name) for feed in feeds(session)}
    return {feed_id for feed_id, found in configured.items() if found and wants_stream(found[1])}


def wants_stream(feed: FeedSettings) -> bool:
    return feed.options.get("stream") is True and Capability.STREAM in source_class(feed.source).capabilities


def listen_feed(
    store: Store,
    settings: Settings,
    feed_id: int,
    stop: Event,
    environment: Mapping[str, str],
    sources: MutableMapping[int, Source],
) -> Polled | None:
    """Listen to a feed until `stop` is set or the connection ends. None as of `poll_feed`."""
    return poll_feed(store, settings, feed_id, environment, sources, reading=partial(Listening, stop))


class Listening(Reading):
    """A poll that lasts as long as its connection. Its pages are kept like those of any other.

    While money is short the feed is polled like others, ever more slowly: a stream cannot be slowed down.
    """

    lease = timedelta(seconds=90)  # always held; after a kill, whoever comes next should not wait for long

    def __init__(self, stop: Event, *given: Any) -> None:
        super().__init__(*given)
        self.stop = stop
        self.begun = self.clock()

    def read(self) -> Outcome:
        spending, source = self.see_spending(), self.open_source()
        if not isinstance(source, Streaming) or (spending and (spending.is_short or spending.is_spent)):
            return super().read()
        for page in source.listen(self.feed.cursor, self.stop):
            self.keep(page)
            self.show()
            if outcome := self.settle(source, page):
                return outcome
        return Outcome(FeedState.READING, "", self.clock() + AGAIN)

    def show(self) -> None:
        """That the feed is well, as of now. A reading beside the stream may have failed and come right since."""
        now = self.clock()
        outcome = Outcome(FeedState.READING, LISTENS, now)
        with self.store.write() as session:
            feed = session.get_one(Feed, self.feed.id, populate_existing=True)
            if feed.state != outcome.state:
                self.tell_change(session, feed, outcome, now)
            feed.state, feed.state_reason, feed.failures, feed.read_at = outcome.state, outcome.reason, 0, now

    def settle(self, source: Source, page: Page) -> Outcome | None:
        """Between two pages: stop where money runs out or short; every few minutes read a gap and turn the line."""
        turn = self.clock() - self.begun >= LINE
        spending = self.see_spending() if turn or page.cost.usd else None
        if spending and (spending.is_spent or spending.is_short):
            return self.rest() if spending.is_spent else self.go_on(spending)
        if turn:
            self.turn_line()
        if turn and isinstance(source, Rereading):
            self.read_gap(source)
        return None

    def turn_line(self) -> None:
        """Close the ledger's line and begin the next."""
        self.begun = self.clock()
        with self.store.write() as session:
            session.execute(update(Poll).where(Poll.id == self.poll.id).values(finished_at=self.begun))
            self.poll = Poll(feed_id=self.feed.id, started_at=self.begun)
            session.add(self.poll)
