"""A desk that can die between any two statements, as under kill -9: what was not committed never happened."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import event, select, update

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import Polled, Reading, poll_feed
from monitor.collecting.recheck import Rechecked, recheck_feed
from monitor.configuration import PREFIX
from monitor.models import Feed, Gap
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Source
from sources.registry import source_class
from tests.platforms import Platforms
from tests.sources.rows import Row

MOMENTS = ("before_cursor_execute", "commit")
TIMEOUT = 1.0  # seconds for one request; the fakes answer in milliseconds unless they hang


class Killed(BaseException):
    """The desk is gone. No Exception, so that no handler of the desk can survive it."""


class Fate:
    """Before every statement and commit: the world may move, and at the appointed one the desk dies."""

    def __init__(self, store: Store, stir: Callable[[], None]) -> None:
        self.stir = stir
        self.left: int | None = None  # statements until death; None: it lives
        for name in MOMENTS:
            event.listen(store.engine, name, self._tick)
        self.store = store

    def part(self) -> None:
        """Leave the store to the next desk."""
        for name in MOMENTS:
            event.remove(self.store.engine, name, self._tick)

    def _tick(self, *_given: object) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise Killed  # and again at every statement that cleaning up might try
        self.stir()


class Desk:
    """The real desk on one feed of one source: its store, its polls, its re-checks."""

    def __init__(self, row: Row, platforms: Platforms, store: Store, stir: Callable[[], None]) -> None:
        self.row, self.platforms, self.store = row, platforms, store
        self.settings, self.environment = make_settings(row, platforms), make_environment(row, platforms)
        self.fate = Fate(self.store, stir)
        self.sources: dict[int, Source] = {}
        self.reading: Callable[..., Reading] | None = None  # how a poll is made, where it is no usual one
        self.noted: dict[int, datetime] = {}  # gaps, and when by the platforms' clock each was first shown
        self.crashes: list[str] = []
        with self.store.write() as session:
            sync_settings(session, self.settings, utcnow())
            self.feed_id = session.scalars(select(Feed.id)).one()

    def poll(self, dies_after: int | None = None) -> Polled | None:
        """One poll; None where the desk died in it. The next is made by a new process, once the lease has run out."""
        return cast(Polled | None, self._live(self._poll, dies_after))

    def recheck(self, dies_after: int | None = None) -> int:
        """Ask the platform again about one batch of what is due; how many it asked about."""
        done = cast(Rechecked | None, self._live(self._recheck, dies_after))
        return done.asked if done else 0

    def _live(self, act: Callable[[], Any], dies_after: int | None) -> Any:
        self.fate.left = 1 << 60 if dies_after is None else dies_after
        try:
            return act()
        except Killed:
            self.sources.clear()
            self.store.close()  # its connections die with it, whatever they were in the middle of
            return None
        except Exception:  # noqa: BLE001  an error of the desk's own is what we are here to find
            self.crashes.append(traceback.format_exc())
            return None
        finally:
            self.fate.left = None
            self._let_time_pass()

    def _poll(self) -> Polled | None:
        self.sources.setdefault(self.feed_id, build_on(self.row, self.platforms))
        now = self.platforms.clock.now  # the desk's days pass as the platform's do
        given = self.store, self.settings, self.feed_id, self.environment, self.sources, now
        polled = poll_feed(*given, reading=self.reading)
        if polled and polled.state == FeedState.WAITING:
            self._wait()
        return polled

    def _recheck(self) -> Rechecked:
        return recheck_feed(self.store, self.settings, self.feed_id, self.platforms.clock.now(), self.environment)

    def _wait(self) -> None:
        """As long as the platform asked."""
        with self.store.read() as session:
            until = session.get_one(Feed, self.feed_id).next_poll_at
        self.platforms.clock.advance(max((until - self.platforms.clock.now()).total_seconds(), 0) + 1)

    def _let_time_pass(self) -> None:
        """Leases run out; and the board is looked at, for a gap counts from when it is shown."""
        with self.store.write() as session:
            session.execute(update(Feed).values(lease_until=None))
            for id in session.scalars(select(Gap.id)):
                self.noted.setdefault(id, self.platforms.clock.now() + timedelta(seconds=1))


def make_settings(row: Row, platforms: Platforms) -> Settings:
    feed = {**row.options(platforms), "name": row.name, "source": row.name, "timeout": TIMEOUT}
    return Settings.model_validate({"brand": [{"name": "Aurora Air", "terms": ["aurora air"], "feed": [feed]}]})


def make_environment(row: Row, platforms: Platforms) -> dict[str, str]:
    """The row's credentials as the desk is given them."""
    keys = row.credentials(platforms)
    return {f"{PREFIX}{row.name}_{name}".upper(): value for name, value in keys.items()}


def build_on(row: Row, platforms: Platforms) -> Source:
    """The source of a row, on the clock of the fakes."""
    kind = cast(Any, source_class(row.name))
    options = kind.Options(**{**row.options(platforms), "timeout": TIMEOUT})
    return cast(Source, kind(options, row.credentials(platforms), platforms.clock.now))
