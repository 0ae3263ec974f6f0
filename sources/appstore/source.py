"""The App Store source: the newest reviews of our own app, country by country."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, ClassVar

from app_reviews.models.page import PageResult
from pydantic import Field, StringConstraints

from sources.appstore.feed import Feed, read_review
from sources.base import (
    Budget,
    Capability,
    Cost,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
)
from sources.http import Clock, read_clock
from sources.meter import Meter
from sources.rereading import find_start, leave_cut, reread_each
from sources.window import Window

OVERLAP = timedelta(days=2).total_seconds()  # below the newest review that is known: Apple shows some late
LATE = timedelta(hours=1).total_seconds()  # what the feed showed late may be missing with what is newer
LAST_PAGE, FULL_PAGE = 10, 50

Country = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z]{2}$")]


class AppStoreOptions(Options):
    """The app is our own: every review of it is a mention."""

    app: str = Field(pattern=r"^\d{1,20}$")  # its number
    countries: tuple[Country, ...] = Field(("us",), min_length=1, max_length=180)
    since: Window = timedelta(days=7)  # how far back the first poll looks


class AppStore:
    """Apple's App Store. Reads the public feed of reviews, without credentials; it cannot be written to."""

    name: ClassVar[str] = "appstore"
    title: ClassVar[str] = "App Store"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.MENTIONS})
    credentials: ClassVar[tuple[str, ...]] = ()
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = AppStoreOptions

    def __init__(self, options: AppStoreOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._options = options
        self._clock = clock
        self._feed = Feed(options.timeout, options.base_url, clock)

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Each country, the one first that was read the longest ago. The cursor holds a state for each:

        `{"newest", "at"}` at rest: the time of the newest review read, and when that pass began. While a pass is under
        way also `top` and `low` (the newest time of its first page, the oldest of all), `page` (to go on with), `skip`
        (how many reviews of that page are stored) and `full` (whether the page before was full).
        """
        cursor, meter, now = dict(cursor or {}), Meter(budget), self._clock()
        fresh = {"newest": (now - self._options.since).timestamp(), "at": 0.0}
        for country in sorted(self._options.countries, key=lambda country: cursor.get(country, fresh)["at"]):
            interrupted = "top" in cursor.get(country, fresh)
            for _ in range(1 + interrupted):  # finish what was interrupted, then read what is new
                for page in self._sweep(country, _step_back(cursor.get(country, fresh), meter), meter, now):
                    cursor[country] = page.next_cursor
                    yield replace(page, next_cursor=dict(cursor))

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The newest 500 reviews of each country."""
        since, meter, now = find_start(gap), Meter(budget), self._clock()

        def sweep(country: str, state: Cursor | None) -> Iterator[Page]:
            return leave_cut(gap, self._sweep(country, state or {"newest": since}, meter, now))

        yield from reread_each(self._options.countries, cursor, sweep, lambda state: "page" not in state)

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        return ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Apple's feed has no way to ask for one review."""
        return {}

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("The public feed of the App Store cannot be written to: answer in App Store Connect.")

    def _sweep(self, country: str, state: Cursor, meter: Meter, now: datetime) -> Iterator[Page]:
        state = {"page": 1, "skip": 0} | state | {"at": now.timestamp()}
        while left := meter.page_size(1):
            result, requests = self._feed.page(self._options.app, country, state["page"])
            posts = [read_review(review) for review in result.reviews]
            brought = posts[state["skip"] : state["skip"] + left]
            meter.take(requests, len(brought))
            state = _move(state, posts, len(brought), last=result.next_cursor is None)
            gap = None if "page" in state else _find_cut(state, country)
            yield Page(brought, _rest(state), gap or _tell_unread(result), Cost(requests))
            if "page" not in state:
                return


def _step_back(state: Cursor, meter: Meter) -> Cursor:
    """The state from which to go on: where reviews above were deleted while nobody read, others moved up by a page."""
    has_room = meter.requests > 1 and meter.posts > FULL_PAGE  # for more than that page
    behind = {"page": max(state.get("page", 1) - 1, 1), "skip": 0, "full": False}
    return state | behind if "top" in state and not state["skip"] and has_room else state


def _move(state: Cursor, posts: Sequence[Post], brought: int, last: bool) -> Cursor:
    """The state after a page, or a part of it; without `page` when the pass is over."""
    times = [post.created_at.timestamp() for post in posts]
    top: float = state.get("top", max(times, default=state["newest"]))
    state = {**state, "top": top, "low": min([*times, state.get("low", top)])}
    if state["skip"] + brought < len(posts):
        return {**state, "skip": state["skip"] + brought}
    if last or not posts or times[-1] < state["newest"] - OVERLAP:
        cut = state["page"] == LAST_PAGE or (not posts and state.get("full", False))
        return {name: value for name, value in state.items() if name != "page"} | {"cut": cut}
    return {**state, "page": state["page"] + 1, "skip": 0, "full": len(posts) >= FULL_PAGE}


def _rest(state: Cursor) -> Cursor:
    """The state to be stored. Only the first page's newest time counts: newer reviews were not read below."""
    if "page" in state:
        return state
    return {"newest": max(state["newest"], state["top"]), "at": state["at"]}


def _find_cut(state: Cursor, country: str) -> Gap | None:
    """The gap of a feed that ended above what was to be read: at its last page, or right after a full one."""
    if not state["cut"] or state["low"] <= state["newest"]:
        return None
    reason = f"The App Store's feed for '{country}' ended before what was read last time; it holds 500 reviews."
    return Gap(reason, _time(state["newest"] - LATE), _time(state["low"]))


def _tell_unread(result: PageResult) -> Gap | None:
    count = result.skipped_reviews
    return Gap(f"{count} reviews from the App Store could not be read.") if count else None


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
