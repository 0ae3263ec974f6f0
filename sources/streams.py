"""Listening: posts as they come through a connection, and the reading beside it that makes up for what it leaves out.

A connection knows nothing of the time before it, and platforms drop posts from streams without a word. So the source's
own `fetch` reads on connecting and from time to time after that; its cursor alone says what is complete.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import timedelta
from threading import Event
from typing import Protocol

from sources.base import Budget, Cursor, Page, SourceError

PULSE = 15.0  # seconds; whoever keeps the pages knows by them that we still listen
MOMENT = 0.5  # seconds, after which `stop` is looked at
READ_EVERY = timedelta(minutes=15)  # what a connection drops is found so much later at most

Fetch = Callable[[Cursor, Budget], Iterator[Page]]


class Ear(Protocol):
    """One connection that posts come through."""

    @property
    def is_over(self) -> bool:
        """Whether the platform has closed it, and all that came was heard."""

    def hear(self, seconds: float, cursor: Cursor) -> Page | None:
        """What comes within so many seconds, None where nothing does. Raises a `SourceError` once it is broken."""

    def place(self, cursor: Cursor) -> Cursor:
        """The cursor with how far has been heard, where a connection can begin there again."""

    def close(self) -> None:
        """Hear no more."""


def listen(
    connect: Callable[[Cursor], Ear], fetch: Fetch, cursor: Cursor, stop: Event, read_every: timedelta
) -> Iterator[Page]:
    """Pages as `Streaming.listen` has them. `read_every`: the time between two readings beside the connection."""
    try:
        ear = connect(cursor)
    except SourceError:
        yield from fetch(cursor, Budget())  # who may not listen need not be blind
        raise
    with closing(ear):
        due = time.monotonic()
        while not stop.is_set() and not ear.is_over:
            if time.monotonic() >= due:
                cursor, whole = yield from _read(fetch, cursor)
                due = time.monotonic() + (read_every.total_seconds() if whole else 0)
            else:
                page = _wait(ear, cursor, stop, min(due, time.monotonic() + PULSE))
                cursor = page.next_cursor
                yield page


def _read(fetch: Fetch, cursor: Cursor) -> Generator[Page, None, tuple[Cursor, bool]]:
    """The pages of one reading; the cursor after it, and whether it came to its end rather than to its budget's."""
    budget, requests, posts = Budget(), 0, 0
    for page in fetch(cursor, budget):
        cursor, requests, posts = page.next_cursor, requests + page.cost.requests, posts + len(page.posts)
        yield page
    return cursor, requests < budget.requests and posts < budget.posts


def _wait(ear: Ear, cursor: Cursor, stop: Event, end: float) -> Page:
    """What comes next; an empty page where nothing does until `end`."""
    while not stop.is_set() and not ear.is_over and time.monotonic() < end:
        if page := ear.hear(MOMENT, cursor):
            return page
    return Page((), ear.place(cursor))
