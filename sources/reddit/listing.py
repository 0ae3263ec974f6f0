"""One pass over a Reddit listing, newest to oldest, and the cursor that survives an interruption at any page.

A cursor is `{"newest": seconds}` at rest: the time of the newest item read. It is a time and not an id, because a
listing read `before` a deleted item stays empty for ever. While a pass is under way the cursor also holds `top` (the
newest time of its first page), `after` (the item to go on below) and `read` (how many items).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sources.base import Cost, Cursor, Gap, Page, Post, Transient
from sources.meter import Meter
from sources.reddit.posts import Batch, read_batch
from sources.rereading import find_start, leave_cut, reread_each
from sources.values import read_token

Ask = Callable[[str, Mapping[str, Any]], Any]
LARGEST_PAGE = 100


def keep_all(post: Post) -> bool:
    return True


@dataclass(frozen=True)
class Listing:
    """A listing of Reddit, newest first."""

    name: str  # under which its state is kept in the cursor
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    wanted: Callable[[Post], bool] = keep_all
    overlap: float = 600.0  # seconds below the newest item that are read again, for what appears late
    late: float = 300.0  # seconds of these without which that would be a gap
    cap: int = 900  # a listing ends near 1,000 items; one that ends past this many was cut


def read_new(listing: Listing, ask: Ask, state: Cursor, meter: Meter) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "after" in state:
        for page in _sweep(listing, ask, state, meter):
            state = page.next_cursor
            yield page
    if "after" not in state:
        yield from _sweep(listing, ask, state, meter)


def reread(listings: Sequence[Listing], ask: Ask, gap: Gap, cursor: Cursor | None, meter: Meter) -> Iterator[Page]:
    """Read each listing once more, down to where a gap begins, as `Rereading.reread` has it. What it no longer holds
    stays a gap.
    """
    since, named = find_start(gap), {listing.name: listing for listing in listings}

    def sweep(name: str, state: Cursor | None) -> Iterator[Page]:
        return leave_cut(gap, _sweep(named[name], ask, state or {"newest": since}, meter))

    yield from reread_each(list(named), cursor, sweep, lambda state: not {"after", "again"} & state.keys())


def _sweep(listing: Listing, ask: Ask, state: Cursor, meter: Meter) -> Iterator[Page]:
    resumed = "after" in state
    while size := meter.page_size(1, LARGEST_PAGE):
        batch, after = _ask(listing, ask, state, size)
        meter.take(1, len(batch.times))
        if not batch.times and "after" in state and not state.get("again"):
            # The item to go on below may have been deleted since: begin once more from the top.
            state, resumed = {"newest": state["newest"], "again": True}, False
            yield Page((), state, tell_unread(batch), Cost(requests=1))
            continue
        reached = bool(batch.times) and batch.times[-1] < state["newest"] - listing.overlap
        last = reached or after is None or not batch.times
        cut = _find_cut(listing, state, batch) if last and not reached else None
        doubtful = resumed and not cut and not _is_below(state, batch)
        state = _move(state, batch, after, last, doubtful)
        wanted = [post for post in batch.posts if listing.wanted(post)]
        yield Page(wanted, state, cut or tell_unread(batch), Cost(requests=1))
        if last:
            return


def _ask(listing: Listing, ask: Ask, state: Cursor, size: int) -> tuple[Batch, str | None]:
    """The next items, and the one to go on below; None at the listing's end."""
    place = {"after": state["after"]} if "after" in state else {}
    return read_listing(ask(listing.path, {**listing.params, "limit": size, **place}))


def read_listing(body: Any) -> tuple[Batch, str | None]:
    """What one answer holds, and its `after`. Raises `Transient` where it is no listing."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(data.get("children"), list):
        raise Transient("Reddit answered without a listing.")
    return read_batch(data["children"]), read_token(data.get("after"), "Reddit")


def _move(state: Cursor, batch: Batch, after: str | None, last: bool, doubtful: bool) -> Cursor:
    """The state after a page. Where a pass that was broken off comes to the end of the listing, what came meanwhile may
    have pushed the rest out of it: only a whole pass can tell, so the next is one, down to where this one was to end.
    """
    if not last:
        return _note(state, batch, after)
    return {"newest": state["newest"]} if doubtful else _settle(state, batch)


def _note(state: Cursor, batch: Batch, after: str | None) -> Cursor:
    marks = {"top": _top(state, batch), "after": after, "read": state.get("read", 0) + len(batch.times)}
    return {**state, **marks}


def _settle(state: Cursor, batch: Batch) -> Cursor:
    return {"newest": max(state["newest"], _top(state, batch))}


def _is_below(state: Cursor, batch: Batch) -> bool:
    """Whether an answer ended below the newest item that was known before."""
    return bool(batch.times) and batch.times[-1] < state["newest"]


def _top(state: Cursor, batch: Batch) -> float:
    """Only the first page's newest time counts: what is newer has not been read below."""
    return float(state["top"] if "top" in state else max(batch.times, default=state["newest"]))


def _find_cut(listing: Listing, state: Cursor, batch: Batch) -> Gap | None:
    """The gap of a listing that ends before what is known: cut at its cap, or empty where more was promised."""
    promised = not batch.times and state.get("again", False)
    if state.get("read", 0) + len(batch.times) < listing.cap and not promised:
        return None
    if batch.times and batch.times[-1] < state["newest"] - listing.late:
        return None  # it ended within the overlap
    oldest = _time(batch.times[-1]) if batch.times else None
    since = _time(state["newest"] - listing.overlap)  # what appeared late was pushed out with the rest
    if _is_below(state, batch):
        return Gap(f"Reddit's {listing.name} ended too soon to show what may have appeared late.", since, oldest)
    return Gap(f"Reddit's {listing.name} ended before what was read last time.", since, oldest)


def tell_unread(batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    return Gap(f"{len(batch.unread)} items from Reddit could not be read ({batch.unread[0][:200]}).")


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
