"""One pass over a search, newest to oldest, and the cursor that survives an interruption at any page.

A cursor is `{"newest": seconds}` at rest: the time of the newest hit read. While a pass is under way it also holds
`top` (the newest time of its first page), `until` (the oldest time read) and `skip` (how many hits of that second were
read). Every page asks anew for what is not newer than `until`, so that neither new posts nor the 1,000 hits that a
search can reach get in the way; only of a single second can more be lost, and that is a gap.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sources.base import Cost, Cursor, Gap, Page, Transient
from sources.hackernews.posts import Batch, read_batch
from sources.meter import Meter
from sources.values import whole

OVERLAP = 1800  # seconds below the newest hit that are read again: the index lags, and comments are edited
LARGEST_PAGE = 1000  # hits; no search reaches more, over all its pages
Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def read_new(ask: Ask, state: Cursor, meter: Meter, now: datetime) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "until" in state:
        for page in _sweep(ask, state, meter, now):
            state = page.next_cursor
            yield page
    if "until" not in state:
        yield from _sweep(ask, state, meter, now)


def reread(ask: Ask, gap: Gap, state: Cursor, meter: Meter, now: datetime) -> Iterator[Page]:
    """Read a window of the past: a pass that begins below its end. The state is empty before and after it."""
    since = int(gap.since.timestamp()) if gap.since else OVERLAP
    until = int((gap.until or now).timestamp()) + 1
    for page in _sweep(ask, state or {"newest": since, "top": since, "until": until, "skip": 0}, meter, now):
        yield page if "until" in page.next_cursor else replace(page, next_cursor={})


def _sweep(ask: Ask, state: Cursor, meter: Meter, now: datetime) -> Iterator[Page]:
    while size := meter.page_size(1, LARGEST_PAGE):
        number = state.get("skip", 0) // size
        batch = _ask(ask, state, size, number)
        meter.take(1, batch.size)
        cut = batch.size == size and (number + 2) * size > LARGEST_PAGE and _is_stuck(state, batch)
        gap = _tell_cut(batch) if cut else _tell_unread(batch)
        last = batch.size < size
        state = _settle(state, batch, now) if last else _note(state, batch, number * size, cut)
        yield Page(batch.posts, state, gap, Cost(requests=1))
        if last:
            return


def _ask(ask: Ask, state: Cursor, size: int, number: int) -> Batch:
    """The newest hits above the floor and not above `until`. Raises `Transient` where the answer is none."""
    floor, until = state["newest"] - OVERLAP, state.get("until")
    filters = [f"created_at_i>{floor}"] + ([f"created_at_i<={until}"] if until is not None else [])
    body = ask({"numericFilters": ",".join(filters), "hitsPerPage": size, "page": number})
    batch = read_batch(body.get("hits"))
    # Without this an answer that holds less than it counted would pass for the last page.
    if not _is_whole(body, batch, size, number) or (batch.size == size and not batch.times):
        raise Transient("Hacker News answered without the posts it counted.")
    if not _is_in_order(batch.times, floor, until):
        raise Transient("Hacker News answered with posts of other times than were asked for.")
    return batch


def _is_whole(body: Mapping[str, Any], batch: Batch, size: int, number: int) -> bool:
    """Whether a short page is short because there is no more. The count is exact where the answer says so."""
    count = whole(body.get("nbHits"))
    if count is None or not isinstance(body.get("hits"), list):
        return False
    exact = not batch.size or body.get("exhaustiveNbHits") is True
    return batch.size >= size or not exact or count <= number * size + batch.size


def _is_in_order(times: Sequence[int], floor: int, until: int | None) -> bool:
    """Newest first and inside of what was asked: the cursor goes by these times."""
    if not times:
        return True
    inside = floor < times[-1] and (until is None or times[0] <= until)
    return inside and all(newer >= older for newer, older in pairwise(times))


def _is_stuck(state: Cursor, batch: Batch) -> bool:
    """Whether a full page went no further back than the one before it."""
    return bool(min(batch.times) >= state.get("until", max(batch.times)))


def _note(state: Cursor, batch: Batch, before: int, cut: bool) -> Cursor:
    """The state after a page that is not the last: further back in time, or further within one second."""
    oldest = min(batch.times)
    stuck = _is_stuck(state, batch)
    place = {"until": oldest - 1 if cut else oldest, "skip": before + batch.size if stuck and not cut else 0}
    return {"newest": state["newest"], "top": _top(state, batch), **place}


def _settle(state: Cursor, batch: Batch, now: datetime) -> Cursor:
    """The state after the last page. A time that is yet to come would hide everything until then."""
    return {"newest": max(state["newest"], min(_top(state, batch), int(now.timestamp())))}


def _top(state: Cursor, batch: Batch) -> int:
    """Only the first page's newest time counts: what is newer has not been read below."""
    return int(state["top"] if "top" in state else max(batch.times, default=state["newest"]))


def _tell_cut(batch: Batch) -> Gap:
    at = datetime.fromtimestamp(min(batch.times), UTC)
    return Gap("Hacker News has more posts of one second than its search hands out.", at, at)


def _tell_unread(batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    gap = Gap(f"{len(batch.unread)} items from Hacker News could not be read ({batch.unread[0]}).")
    if not batch.times:
        return gap
    since, until = (datetime.fromtimestamp(at, UTC) for at in (min(batch.times), max(batch.times)))
    return replace(gap, since=since, until=until)
