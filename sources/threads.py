"""One pass over threads and their answers on platforms without a "since", surviving an interruption at any page.

Threads (comments on a video, posts of a page) are listed newest first, and a new answer does not move its thread up. So
every pass reads down to a while below the newest thread it knows, and reads the answers of those threads that bear
another mark (a number of answers, a time of change) than before; once a day of all of them, because an answer that came
while another went leaves a number as it was.

A cursor is `{"from", "newest", "marks", "at"}` at rest: what is older than `from` was never wanted; the time of the
newest thread read; for each recent thread its mark and when its answers were read; when that pass began. While a pass
is under way it also holds `top` (the newest time of its first page), `token` (of the next page, None after the last),
`last` (the token of the page read last), `noted` (what `marks` will be) and `pending` (threads whose answers are due:
the token of the next page, and up to when all is known).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sources.base import Cost, Cursor, Gap, Misconfigured, Page, Post
from sources.meter import Meter
from sources.rereading import find_start, reread_each

LARGEST_PAGE = 100
DAY = 86_400.0
OVERLAP = 3_600.0  # seconds below what is known that are read again, for answers that appear late


class Refused(Misconfigured):
    """The platform does not show what was asked for: deleted, private, or without comments."""


class TokenExpired(Misconfigured):
    """The platform no longer takes the token of a page."""


@dataclass
class Batch:
    """What one answer of a platform held: its posts, and why each other item has none."""

    posts: list[Post] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # of threads, in the answer's order, seconds since 1970
    marks: dict[str, tuple[Any, float]] = field(default_factory=dict)  # threads with answers to be read: mark and time
    token: str | None = None  # of the next page


@dataclass(frozen=True)
class Listing:
    """The threads of one place."""

    name: str  # under which its state is kept in the cursor
    title: str  # the platform's, for sentences
    threads: Callable[[int, str | None], Batch]  # (how many, token of the page)
    answers: Callable[
        [str, int, str | None, float], Batch
    ]  # (thread, posts at most, token, time before which all is known)
    wanted: Callable[[Post], bool]
    again: float  # seconds below the newest thread that are read again
    shown: int = 0  # answers at most that come along with a thread


def begin(since: datetime) -> Cursor:
    """The state of a first pass."""
    return _begin_at(since.timestamp())


def _begin_at(since: float) -> Cursor:
    return {"from": since, "newest": since, "marks": {}, "at": 0.0}


def read_new(listing: Listing, state: Cursor, meter: Meter, started: datetime) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "top" in state:
        for page in _sweep(listing, _step_back(state, meter), meter, state["at"]):
            state = page.next_cursor
            yield page
    if "top" not in state:
        yield from _sweep(listing, state, meter, started.timestamp())


def _step_back(state: Cursor, meter: Meter) -> Cursor:
    """The state from which to go on. A token may be a number of threads: where some above it were deleted while nobody
    read, as many below moved up, into the page that was read last.
    """
    has_room = meter.requests > 1 and meter.posts > LARGEST_PAGE  # for more than that page
    return {**state, "token": state["last"]} if state["token"] and "last" in state and has_room else state


def reread(
    listings: Sequence[Listing], gap: Gap, cursor: Cursor | None, meter: Meter, started: datetime
) -> Iterator[Page]:
    """Read each place once more, down to where a gap begins, as `Rereading.reread` has it."""
    since, named = find_start(gap), {listing.name: listing for listing in listings}

    def sweep(name: str, state: Cursor | None) -> Iterator[Page]:
        return _sweep(named[name], state or _begin_at(since), meter, started.timestamp())

    yield from reread_each(list(named), cursor, sweep, lambda state: "top" not in state)


def _sweep(listing: Listing, state: Cursor, meter: Meter, started: float) -> Iterator[Page]:
    state = {**state, "at": started}
    each = 1 + listing.shown  # posts that a thread may bring; a page brings no more than the budget has left
    while size := meter.page_size(each, LARGEST_PAGE * each):
        step = _read_answers if state.get("pending") else _read_threads
        batch, state = step(listing, state, size)
        meter.take(1, len(batch.posts))
        if state.get("token") is None and not state.get("pending") and "top" in state:
            state = _settle(state)
        posts = [post for post in batch.posts if post.created_at.timestamp() >= state["from"] and listing.wanted(post)]
        yield Page(posts, state, _tell_unread(listing, batch), Cost(requests=1))
        if "top" not in state:
            return


def _read_threads(listing: Listing, state: Cursor, size: int) -> tuple[Batch, Cursor]:
    token = state.get("token")
    try:
        batch = listing.threads(min(size // (1 + listing.shown), LARGEST_PAGE), token or None)
    except TokenExpired:
        if not token:
            raise
        return Batch(), {**state, "token": ""}  # begin once more from the top
    floor = state["newest"] - listing.again
    reached = not batch.token or (bool(batch.times) and batch.times[-1] < floor)
    noted, pending = _compare(state, {id: mark for id, (mark, at) in batch.marks.items() if at >= floor})
    return batch, {
        **state,
        "top": state.get("top", max(batch.times, default=state["newest"])),
        "token": None if reached else batch.token,
        "last": token or "",
        "noted": state.get("noted", {}) | noted,
        "pending": pending,
    }


def _compare(state: Cursor, marks: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is to be noted of each thread, `[mark, when read]`, and for those that are due `[token, known before]`."""
    due, noted, done = {}, {}, state.get("noted", {})
    for id, mark in marks.items():
        old, read = state["marks"].get(id, (None, 0.0))
        fresh = read > state["at"] - DAY
        if done.get(id, [None])[0] == mark:
            noted[id] = done[id]  # a page that is read once more
        elif old == mark and fresh:
            noted[id] = [old, read]
        else:
            noted[id] = [mark, state["at"]]
            due[id] = ["", max(state["from"], read - OVERLAP) if fresh else state["from"]]
    return noted, due


def _read_answers(listing: Listing, state: Cursor, size: int) -> tuple[Batch, Cursor]:
    """The next answers of the first pending thread; none where it was deleted since."""
    id, (token, known) = next(iter(state["pending"].items()))
    others = {other: place for other, place in state["pending"].items() if other != id}
    try:
        batch = listing.answers(id, size, token or None, known)
    except TokenExpired:
        if not token:
            raise
        return Batch(), {**state, "pending": {id: ["", known]} | others}
    except Refused:
        return Batch(), {**state, "pending": others}
    return batch, {**state, "pending": ({id: [batch.token, known]} if batch.token else {}) | others}


def _settle(state: Cursor) -> Cursor:
    """The state after the last page. Only the first page's newest time counts: newer threads were not read below."""
    newest = max(state["newest"], state["top"])
    return {"from": state["from"], "newest": newest, "marks": state["noted"], "at": state["at"]}


def _tell_unread(listing: Listing, batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    return Gap(f"{len(batch.unread)} comments from {listing.title} could not be read ({batch.unread[0][:200]}).")
