"""One poll of one feed: claim it, read page by page, store each page with its cursor, and say how it ended."""

import os
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor.activity import record
from monitor.brands import feed_settings
from monitor.clock import utcnow
from monitor.collecting.budget import Spending, foresee, month_of, say_short, stretch
from monitor.collecting.gaps import advance, find_due_gap, note_gap, note_idle_start, note_late_start, put_off
from monitor.collecting.health import Outcome, judge_failure
from monitor.collecting.ingest import Ingested, ingest_posts
from monitor.collecting.rhythm import choose_interval, scatter
from monitor.configuration import credentials
from monitor.models import Brand, Feed, Gap, Poll
from monitor.queries import month_spending, past_day
from monitor.settings import BrandSettings, FeedSettings, Settings
from monitor.store import Store
from monitor.words import FeedState, Happened
from sources.base import Budget, CursorExpired, OutOfReach, Page, Rereading, RetryAt, Source, SourceError
from sources.base import Gap as SourceGap
from sources.registry import PUSHED, build, source_class

LEASE = timedelta(minutes=5)  # renewed with every page; a poll that was killed is taken up again after this
AGAIN = Budget(requests=20)  # for reading a gap after all, beside a poll
log = structlog.get_logger()


@dataclass(frozen=True)
class Polled:
    """What one poll brought."""

    feed: str
    counts: Ingested
    state: str
    reason: str


def due_feeds(session: Session, now: datetime) -> list[int]:
    """Feeds whose time has come and that nobody is polling, the longest overdue first."""
    free = (Feed.lease_until.is_(None)) | (Feed.lease_until <= now)
    due = (Feed.enabled, Feed.next_poll_at <= now, Feed.source.not_in(PUSHED))
    return list(session.scalars(select(Feed.id).where(*due, free).order_by(Feed.next_poll_at)))


def poll_feed(
    store: Store,
    settings: Settings,
    feed_id: int,
    environment: Mapping[str, str] = os.environ,
    sources: MutableMapping[int, Source] | None = None,
    clock: Callable[[], datetime] = utcnow,
    reading: "Callable[..., Reading] | None" = None,
) -> Polled | None:
    """Poll a feed now. None where somebody else is polling it, or the configuration no longer has it.

    `sources` keeps each feed's source from poll to poll, and with it connections and signed-in sessions. `reading`
    makes the poll, a `Reading` unless it is said.
    """
    with store.write() as session:
        feed = claim_feed(session, feed_id, clock())
        if feed is None:
            return None
        configured = feed_settings(settings, feed.brand.name, feed.name)
        note_idle_start(session, feed, clock())
        poll = Poll(feed_id=feed_id, started_at=clock())
        session.add(poll)
    if configured is None:
        return None
    kept = {} if sources is None else sources
    return (reading or Reading)(store, feed, *configured, poll, environment, kept, clock).run()


def claim_feed(session: Session, feed_id: int, now: datetime) -> Feed | None:
    """Lease a feed, so that no two polls of it ever run together."""
    free = (Feed.lease_until.is_(None)) | (Feed.lease_until <= now)
    statement = update(Feed).where(Feed.id == feed_id, free).values(lease_until=now + LEASE).returning(Feed.id)
    if session.scalar(statement) is None:
        return None
    return session.get(Feed, feed_id, options=[joinedload(Feed.brand)])


def source_for(brand: BrandSettings, feed: FeedSettings, environment: Mapping[str, str]) -> Source:
    """The source of a feed, ready to fetch. The brand's terms and handle stand in where the feed names none.

    Raises `SourceError` where an option or a credential is missing or wrong.
    """
    kind = source_class(feed.source)
    options = {"terms": brand.terms, "handle": brand.handles.get(feed.source, "")} | feed.options
    return build(feed.source, options, credentials(feed.credentials or feed.source, kind.credentials, environment))


def spending_of(store: Store, feed_id: int, settings: FeedSettings, now: datetime) -> Spending | None:
    """What a feed has spent this month; None where nothing limits it."""
    if settings.budget is None:
        return None
    with store.read() as session:
        spent = month_spending(session, now).get(feed_id, Decimal(0))
    return foresee(spent, settings.budget.usd, now)


def is_spent(store: Store, feed_id: int, settings: FeedSettings, now: datetime) -> bool:
    """Whether a feed has used up its budget of this calendar month."""
    spending = spending_of(store, feed_id, settings, now)
    return spending is not None and spending.is_spent


class Reading:
    """A poll under way: the feed as it was leased, its configuration, and its line in the ledger."""

    lease = LEASE

    def __init__(
        self,
        store: Store,
        feed: Feed,
        brand: BrandSettings,
        settings: FeedSettings,
        poll: Poll,
        environment: Mapping[str, str],
        sources: MutableMapping[int, Source],
        clock: Callable[[], datetime],
    ) -> None:
        self.store, self.feed, self.brand, self.settings = store, feed, brand, settings
        self.poll, self.environment, self.sources, self.clock = poll, environment, sources, clock
        self.counts = Ingested()

    def run(self) -> Polled:
        """Read until there is nothing new, the budget is spent or the platform fails; then free the feed."""
        try:
            outcome = self.read()
        except CursorExpired as error:
            outcome = self.begin_again(error)
        except SourceError as error:
            self.sources.pop(self.feed.id, None)  # its key may be replaced by the next poll
            outcome = judge_failure(error, self.feed.failures + 1, self.settings.every, self.clock())
        except Exception:
            self.finish(
                Outcome(FeedState.UNREACHABLE, "This program failed while reading; see its log.", self.clock() + LEASE)
            )
            raise
        self.finish(outcome)
        return Polled(self.feed.name, self.counts, outcome.state, outcome.reason)

    def read(self) -> Outcome:
        spending = self.see_spending()
        if spending and spending.is_spent:
            return self.rest()
        source = self.open_source()
        for page in source.fetch(self.feed.cursor, Budget()):
            self.keep(page)
        if isinstance(source, Rereading) and not (spending and spending.is_short):
            self.read_gap(source)
        return self.go_on(spending)

    def see_spending(self) -> Spending | None:
        return spending_of(self.store, self.feed.id, self.settings, self.clock())

    def rest(self) -> Outcome:
        """Until the next month brings money."""
        until = month_of(self.clock())[1]
        return Outcome(FeedState.UNPAID, f"The month's budget is spent; reading goes on {until:%-d %B}.", until)

    def open_source(self) -> Source:
        source = self.sources.get(self.feed.id) or source_for(self.brand, self.settings, self.environment)
        self.sources[self.feed.id] = source
        return source

    def go_on(self, spending: Spending | None) -> Outcome:
        """When to read next: by the feed's rhythm, and less often where money is short."""
        now = self.clock()
        with self.store.read() as session:
            every = choose_interval(self.settings.every, *past_day(session, self.feed.id, now))
        if spending and spending.is_short:
            return Outcome(FeedState.READING, say_short(spending), now + stretch(self.settings.every, spending))
        return Outcome(FeedState.READING, "", now + scatter(every, self.feed.id, now))

    def keep(self, page: Page) -> None:
        """One page, its cursor, its gap and its line in the ledger: all of them, or none."""
        now = self.clock()
        with self.store.write() as session:
            counts = self.ingest(session, page, now)
            session.execute(update(Feed).where(Feed.id == self.feed.id).values(cursor=page.next_cursor))
            if page.gap:
                note_gap(session, self.feed, page.gap, now)
            if self.feed.cursor is None:
                note_late_start(session, self.feed, now)
        self.counts += counts

    def ingest(self, session: Session, page: Page, now: datetime) -> Ingested:
        """A page's posts and its line in the ledger; the lease is renewed."""
        brand = session.get_one(Brand, self.feed.brand_id)
        billed = source_class(self.settings.source).recheck_usd > 0
        counts = ingest_posts(session, page.posts, brand, self.brand, now, self.feed.id, billed=billed)
        session.execute(update(Feed).where(Feed.id == self.feed.id).values(lease_until=now + self.lease))
        self.enter(session, page, counts)
        return counts

    def read_gap(self, source: Rereading) -> None:
        """Read a window after all that could not be read before, if one is to be tried. A failure costs only the try,
        but a platform that asks us to wait means the whole feed.
        """
        with self.store.read() as session:
            gap = find_due_gap(session, self.feed.id, self.clock())
        if gap is None:
            return
        try:
            window = SourceGap(gap.reason, gap.since, gap.until or gap.found_at)
            for page in source.reread(window, gap.place and gap.place["cursor"], AGAIN):
                self.keep_again(gap.id, page)
        except RetryAt:
            raise
        except SourceError as error:
            with self.store.write() as session:
                put_off(session.get_one(Gap, gap.id), self.clock(), hopeless=isinstance(error, OutOfReach))

    def keep_again(self, gap_id: int, page: Page) -> None:
        """One page of a gap, and how far that has been read."""
        now = self.clock()
        with self.store.write() as session:
            counts = self.ingest(session, page, now)
            advance(session, session.get_one(Gap, gap_id), self.feed, page, now)
        self.counts += counts

    def enter(self, session: Session, page: Page, counts: Ingested) -> None:
        """Add a page to the poll's line in the ledger."""
        added = {
            "pages": 1,
            "read": len(page.posts),
            "stored": counts.stored,
            "duplicates": counts.duplicates,
            "edited": counts.edited,
            "ignored": counts.ignored,
            "echoes": counts.echoes,
            "requests": page.cost.requests,
            "usd": page.cost.usd,
        }
        values = {name: getattr(Poll, name) + value for name, value in added.items()}
        session.execute(update(Poll).where(Poll.id == self.poll.id).values(values))

    def begin_again(self, error: CursorExpired) -> Outcome:
        """The platform forgot our place: note what cannot be read, and start from where it can."""
        now = self.clock()
        with self.store.write() as session:
            note_gap(session, self.feed, error.gap, now)
            session.execute(update(Feed).where(Feed.id == self.feed.id).values(cursor=error.restart))
        return Outcome(FeedState.READING, str(error), now)

    def finish(self, outcome: Outcome) -> None:
        """Free the feed, close the ledger's line, and say so once when the feed goes blind or sees again."""
        now = self.clock()
        well = outcome.state == FeedState.READING
        with self.store.write() as session:
            feed = session.get_one(Feed, self.feed.id, populate_existing=True)
            if feed.state != outcome.state:
                self.tell_change(session, feed, outcome, now)
            feed.state, feed.state_reason = outcome.state, outcome.reason
            feed.lease_until, feed.next_poll_at = None, outcome.next_poll_at
            feed.failures = 0 if well else feed.failures + 1
            feed.read_at = now if well else feed.read_at
            values = {"finished_at": now, "error": "" if well else outcome.reason}
            session.execute(update(Poll).where(Poll.id == self.poll.id).values(values))

    def tell_change(self, session: Session, feed: Feed, outcome: Outcome, now: datetime) -> None:
        was_well = feed.state in (FeedState.READING, FeedState.NEW)
        well = outcome.state == FeedState.READING
        if was_well != well:
            happened = Happened.FEED_UP if well else Happened.FEED_DOWN
            record(session, happened, now, feed=feed.name, state=outcome.state, reason=outcome.reason)
            log.warning("feed reads again" if well else "feed is blind", feed=feed.name, reason=outcome.reason)
        feed.state_since = now
