"""One pass over a listing, newest to oldest, by time, and the cursor that survives an interruption at any page.

A cursor is `{"since": seconds, "wide": seconds, "deep": seconds}` at rest: the time of the newest post read, and when a
quarter of an hour and a whole day were last read again; and `end`, the token after which nothing came, where one was
found. While a pass is under way it also holds `floor` (where it ends), `top` (the newest time of its first page) and
where to go on: `until`, a time, or `token`, in the platform's words. Only when the last page is stored does `top`
become `since`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sources.base import Cost, Cursor, Gap, Misconfigured, Page, Post, Transient
from sources.http import Clock
from sources.meter import Meter
from sources.rereading import reread_each

# Indexes lag, and apps date posts before they send them. A feed that brings less than a page in this time has it read
# again for nothing with every poll; a busier one every five minutes, while its newest posts are younger than this.
WIDE = timedelta(minutes=15).total_seconds()
WIDE_EVERY = timedelta(minutes=5).total_seconds()
DEEP = timedelta(days=1).total_seconds()  # posts that come hours late, from apps and servers that were away
DEEP_EVERY = timedelta(hours=6).total_seconds()
INSTANT = 0.001  # platforms tell times to the millisecond


@dataclass
class Batch:
    """The posts of one answer, newest first; why each item without a post has none; and the times to go on by."""

    posts: list[Post] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    newest: float | None = None  # seconds since 1970
    oldest: float | None = None  # of the last item; all that is younger has been read

    @property
    def size(self) -> int:
        return len(self.posts) + len(self.unread)

    @property
    def is_empty(self) -> bool:
        return self.oldest is None and not self.unread


@dataclass(frozen=True)
class Place:
    """Where to read: between two times, or from a token on where there is one."""

    floor: float  # below it nothing is of use
    until: float | None = None
    token: str | None = None


@dataclass(frozen=True)
class Listing:
    """What is read newest first."""

    ask: Callable[[Place, int], tuple[Batch, str | None]]  # a page of so many, and its token; None at the end
    requests: Callable[[], int]  # how many were made so far
    platform: str
    by_time: bool = False  # go on by `until` rather than by the token, wherever the times tell enough
    largest_page: int = 100


def read_new(listing: Listing, state: Cursor, meter: Meter, clock: Clock) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "floor" in state:
        try:
            for page in _sweep(listing, state, meter, clock):
                state = page.next_cursor
                yield page
        except Misconfigured:
            if state.get("token") is None:
                raise
            # Its token is no longer taken: begin anew, and as widely as the interrupted pass might have.
            state = {"since": min(state["since"], state["floor"])}
    if "floor" not in state:
        yield from _sweep(listing, _begin(state, clock().timestamp()), meter, clock)


def reread(
    listings: Mapping[str, Listing], gap: Gap, cursor: Cursor | None, meter: Meter, clock: Clock
) -> Iterator[Page]:
    """Read a window of the past in each listing, as `Rereading.reread` has it."""

    def sweep(name: str, state: Cursor | None) -> Iterator[Page]:
        state = state or _begin_window(listings[name], gap, clock().timestamp())
        return _sweep(listings[name], state, meter, clock)

    return reread_each(list(listings), cursor, sweep, lambda state: "floor" not in state)


def _begin_window(listing: Listing, gap: Gap, now: float) -> Cursor:
    """The state of a pass that begins below the end of a gap; at the newest posts where that cannot be asked for."""
    since = gap.since.timestamp() if gap.since else WIDE  # the floor of a question lies that much lower
    state = {"since": since, "wide": now, "deep": now, "floor": since, "top": since}
    return state | ({"until": gap.until.timestamp() + INSTANT} if listing.by_time and gap.until else {})


def _begin(state: Cursor, now: float) -> Cursor:
    """The state of a pass that has read nothing yet, with as deep a floor as is due."""
    floor, wide, deep, end = state["since"], state.get("wide", now), state.get("deep", now), state.get("end")
    if now - wide >= WIDE_EVERY and wide < state["since"] + WIDE:
        floor, wide = state["since"] - WIDE, now
    if now - deep >= DEEP_EVERY:
        floor, deep, end = min(floor, now - DEEP), now, None
    return {"since": state["since"], "wide": wide, "deep": deep, "floor": floor} | ({"end": end} if end else {})


def _sweep(listing: Listing, state: Cursor, meter: Meter, clock: Clock) -> Iterator[Page]:
    while size := meter.page_size(1, listing.largest_page):
        before = listing.requests()
        batch, token = listing.ask(Place(state["floor"] - WIDE, state.get("until"), state.get("token")), size)
        if token is not None and token == state.get("token"):
            raise Transient(f"{listing.platform} does not say where its answer goes on.")
        spent = listing.requests() - before
        meter.take(spent, batch.size)
        state = _note(listing, state, batch, token)
        last = token is None or _is_end(state, batch, size) or _is_below(state, batch)
        state = _settle(state, clock().timestamp()) if last else state
        yield Page(batch.posts, state, _tell_unread(listing, batch), Cost(requests=spent))
        if last:
            return


def _note(listing: Listing, state: Cursor, batch: Batch, token: str | None) -> Cursor:
    """The state with a page in it: the first page sets `top`; every page moves on by its oldest time or its token."""
    noted: Cursor = {name: state[name] for name in ("since", "wide", "deep", "floor", "end") if name in state}
    noted["top"] = state.get("top", batch.newest or state["since"])
    until = state.get("until")
    if token is None and state.get("token") and batch.is_empty:
        noted["end"] = state["token"]
    if listing.by_time and batch.oldest is not None and (until is None or batch.oldest + INSTANT < until):
        return noted | {"until": batch.oldest + INSTANT}  # `until` itself is not included
    return noted | {"until": until, "token": token}


def _is_below(state: Cursor, batch: Batch) -> bool:
    return batch.oldest is not None and batch.oldest < state["floor"]


def _is_end(state: Cursor, batch: Batch, size: int) -> bool:
    """Whether nothing came below here last time. Some platforms tell the end only by an empty page, asked for anew with
    every pass. A full page may have pushed late posts below it, so it is no end."""
    return "end" in state and state.get("token") == state["end"] and batch.size < size


def _settle(state: Cursor, now: float) -> Cursor:
    """The state after the last page. A date in the future would hide all that comes before it."""
    kept: Cursor = {name: state[name] for name in ("wide", "deep", "end") if name in state}
    return {"since": max(state["since"], min(state["top"], now)), **kept}


def _tell_unread(listing: Listing, batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    reason = f"{len(batch.unread)} posts from {listing.platform} could not be read ({batch.unread[0][:200]})."
    oldest, newest = (datetime.fromtimestamp(at, UTC) if at else None for at in (batch.oldest, batch.newest))
    return Gap(reason, oldest, newest)
