"""One pass over the comments of a video or channel, newest thread to oldest, surviving an interruption at any page.

YouTube has no "since", and a new answer does not move its thread up. So every pass reads down to a while below the
newest thread it knows, and of those threads whose number of answers has changed it reads the answers; once a day of all
of them, because an answer that came while another went leaves the number as it was.

A cursor is `{"from", "newest", "answers", "at"}` at rest: what is older than `from` was never wanted; the time of the
newest thread read; how many answers each recent thread had, and when they were read; when that pass began. While a pass
is under way it also holds `top` (the newest time of its first page), `token` (of the next page, None after the last),
`counts` (what `answers` will be) and `pending` (threads whose answers are due, each with the token of its next page).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sources.base import Cost, Cursor, Gap, Page, Post
from sources.meter import Meter
from sources.youtube.edge import Refused, TokenExpired
from sources.youtube.posts import Batch, read_comments, read_threads

SHOWN = 5  # answers at most that come along with a thread
LARGEST_PAGE = 100
DAY = 86_400.0

Ask = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Listing:
    """The threads of a video or channel."""

    name: str  # under which its state is kept in the cursor
    threads: Ask  # (max_results, page_token) -> the answer of commentThreads.list
    answers: Ask  # (parent_id, max_results, page_token) -> the answer of comments.list
    wanted: Callable[[Post], bool]
    again: float  # seconds below the newest thread that are read again


def begin(since: datetime) -> Cursor:
    """The state of a first pass."""
    return {"from": since.timestamp(), "newest": since.timestamp(), "answers": {}, "at": 0.0}


def read_new(listing: Listing, state: Cursor, meter: Meter, started: datetime) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "top" in state:
        for page in _sweep(listing, state, meter, state["at"]):
            state = page.next_cursor
            yield page
    if "top" not in state:
        yield from _sweep(listing, state, meter, started.timestamp())


def _sweep(listing: Listing, state: Cursor, meter: Meter, started: float) -> Iterator[Page]:
    state = {**state, "at": started}
    # A page holds at least one thread with the answers that come along, and may bring no more than is left.
    while size := meter.page_size(1 + SHOWN, LARGEST_PAGE * (1 + SHOWN)):
        batch, state = _step(listing, state, size)
        meter.take(1, len(batch.posts))
        if state.get("token") is None and not state.get("pending") and "top" in state:
            state = _settle(state)
        posts = [post for post in batch.posts if post.created_at.timestamp() >= state["from"] and listing.wanted(post)]
        yield Page(posts, state, _tell_unread(batch), Cost(requests=1))
        if "top" not in state:
            return


def _step(listing: Listing, state: Cursor, size: int) -> tuple[Batch, Cursor]:
    """One request: the answers of a pending thread, or else the next threads."""
    if state.get("pending"):
        return _read_answers(listing, state, min(size, LARGEST_PAGE))
    token = state.get("token")
    try:
        body = listing.threads(max_results=min(size // (1 + SHOWN), LARGEST_PAGE), page_token=token or None)
    except TokenExpired:
        if not token:
            raise
        return Batch(), {**state, "token": ""}  # begin once more from the top
    batch = read_threads(body)
    known = {**state, "top": state.get("top", max(batch.times, default=state["newest"]))}
    floor = state["newest"] - listing.again
    reached = not batch.times or batch.times[-1] < floor
    counts, pending = _compare(state, {id: count for id, (count, at) in batch.unshown.items() if at >= floor})
    return batch, known | {
        "token": None if reached else body.get("nextPageToken"),
        "counts": state.get("counts", {}) | counts,
        "pending": dict.fromkeys(pending, ""),
    }


def _compare(state: Cursor, counts: Mapping[str, int]) -> tuple[dict[str, Any], list[str]]:
    """What is to be noted of each thread's answers, `[how many, when read]`, and of which threads they are due."""
    earliest = state["at"] - DAY
    known = {id: mark for id, mark in state["answers"].items() if mark[0] == counts.get(id) and mark[1] > earliest}
    noted = {id: known.get(id, [count, state["at"]]) for id, count in counts.items()}
    return noted, [id for id in counts if id not in known]


def _read_answers(listing: Listing, state: Cursor, size: int) -> tuple[Batch, Cursor]:
    """The next answers of the first pending thread; none where it was deleted since."""
    id, token = next(iter(state["pending"].items()))
    others = {other: place for other, place in state["pending"].items() if other != id}
    try:
        body = listing.answers(parent_id=id, max_results=size, page_token=token or None)
    except TokenExpired:
        if not token:
            raise
        return Batch(), {**state, "pending": {id: ""} | others}
    except Refused:
        return Batch(), {**state, "pending": others}
    after = body.get("nextPageToken")
    return read_comments(body), {**state, "pending": ({id: after} if after else {}) | others}


def _settle(state: Cursor) -> Cursor:
    """The state after the last page. Only the first page's newest time counts: newer threads were not read below."""
    newest = max(state["newest"], state["top"])
    return {"from": state["from"], "newest": newest, "answers": state["counts"], "at": state["at"]}


def _tell_unread(batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    return Gap(f"{len(batch.unread)} comments from YouTube could not be read ({batch.unread[0][:200]}).")
