"""One pass over a Reddit listing, newest to oldest, and the cursor that survives an interruption at any page.

A cursor is `{"newest": seconds}` at rest: the time of the newest item read. It is a time and not an id, because a
listing read `before` a deleted item stays empty for ever. While a pass is under way the cursor also holds `top` (the
newest time of its first page), `after` (the item to go on below) and `read` (how many items).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sources.base import Cost, Cursor, Gap, Page, Post, Transient
from sources.meter import Meter
from sources.reddit.posts import Batch, read_batch

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
    cap: int = 900  # a listing ends near 1,000 items; one that ends past this many was cut


def read_new(listing: Listing, ask: Ask, state: Cursor, meter: Meter) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "after" in state:
        for page in _sweep(listing, ask, state, meter):
            state = page.next_cursor
            yield page
    if "after" not in state:
        yield from _sweep(listing, ask, state, meter)


def _sweep(listing: Listing, ask: Ask, state: Cursor, meter: Meter) -> Iterator[Page]:
    while size := meter.page_size(1, LARGEST_PAGE):
        batch, after = _ask(listing, ask, state, size)
        meter.take(1, len(batch.times))
        gap = tell_unread(batch)
        if not batch.times and "after" in state and not state.get("again"):
            # The item to go on below may have been deleted since: begin once more from the top.
            state = {"newest": state["newest"], "again": True}
            yield Page((), state, gap, Cost(requests=1))
            continue
        reached = bool(batch.times) and batch.times[-1] < state["newest"] - listing.overlap
        last = reached or after is None or not batch.times
        if last and not reached:
            gap = _find_cut(listing, state, batch) or gap
        state = _settle(state, batch) if last else _note(state, batch, after)
        yield Page([post for post in batch.posts if listing.wanted(post)], state, gap, Cost(requests=1))
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
    return read_batch(data["children"]), data.get("after")


def _note(state: Cursor, batch: Batch, after: str | None) -> Cursor:
    marks = {"top": _top(state, batch), "after": after, "read": state.get("read", 0) + len(batch.times)}
    return {**state, **marks}


def _settle(state: Cursor, batch: Batch) -> Cursor:
    return {"newest": max(state["newest"], _top(state, batch))}


def _top(state: Cursor, batch: Batch) -> float:
    """Only the first page's newest time counts: what is newer has not been read below."""
    return float(state["top"] if "top" in state else max(batch.times, default=state["newest"]))


def _find_cut(listing: Listing, state: Cursor, batch: Batch) -> Gap | None:
    """The gap of a listing that ends before what is known: cut at its cap, or empty where more was promised."""
    promised = not batch.times and state.get("again", False)
    if state.get("read", 0) + len(batch.times) < listing.cap and not promised:
        return None
    if batch.times and batch.times[-1] < state["newest"]:
        return None  # it ended within the overlap
    oldest = _time(batch.times[-1]) if batch.times else None
    return Gap(f"Reddit's {listing.name} ended before what was read last time.", _time(state["newest"]), oldest)


def tell_unread(batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    return Gap(f"{len(batch.unread)} items from Reddit could not be read ({batch.unread[0][:200]}).")


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
