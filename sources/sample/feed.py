"""The sample source: polls the demo's script as if it were a platform. Sends nothing anywhere."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import ClassVar

from pydantic import AwareDatetime, Field

from sources.base import Budget, Capability, Cost, Cursor, Misconfigured, Options, Page, Post, Receipt
from sources.sample.showing import Showing, due_posts, start_of

PAGE = 100  # posts
EPOCH = datetime.fromtimestamp(0, UTC)


class SampleOptions(Options):
    """What a demo feed may set."""

    pace: float = Field(default=1.0, gt=0, le=1000)  # 2.0: twice as fast
    seed: int = 0
    start: AwareDatetime | None = None  # None: the first poll


class Sample:
    """Posts about Aurora Air: nine days of backlog on the first poll, then new ones for as long as it is polled.

    The cursor holds the start of the showing and how many posts were handed over; all else follows from these two.
    """

    name: ClassVar[str] = "sample"
    title: ClassVar[str] = "Demo"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.SEARCH, Capability.THREAD, Capability.RECHECK}
    )
    credentials: ClassVar[tuple[str, ...]] = ()
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = SampleOptions

    def __init__(self, options: SampleOptions, credentials: Mapping[str, str]) -> None:
        self.options = options

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        now = datetime.now(UTC)
        start, seen = self._resume(cursor, now)
        arrived = islice(due_posts(self._showing(start), now, after=seen), budget.posts)
        for _ in range(budget.requests):
            posts = tuple(islice(arrived, PAGE))
            if not posts:
                return
            seen += len(posts)
            yield Page(posts, {"start": start.isoformat(), "seen": seen}, cost=Cost(requests=1))

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        showing, number = self._locate(post_id)
        return () if number is None else tuple(showing.thread(number, datetime.now(UTC)))

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        found = ((post_id, self._find(post_id)) for post_id in ids)
        return {post_id: post for post_id, post in found if post}

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("The demo cannot publish: its posts are invented and nobody would read the answer.")

    def _resume(self, cursor: Cursor | None, now: datetime) -> tuple[datetime, int]:
        if cursor:
            return datetime.fromisoformat(cursor["start"]), cursor["seen"]
        # Whole seconds, because the start is part of every post's id.
        return (self.options.start or now).astimezone(UTC).replace(microsecond=0), 0

    def _showing(self, start: datetime) -> Showing:
        return Showing(start, self.options.pace, self.options.seed)

    def _find(self, post_id: str) -> Post | None:
        showing, number = self._locate(post_id)
        return None if number is None else showing.post(number)

    def _locate(self, post_id: str) -> tuple[Showing, int | None]:
        """The showing that an id belongs to and the post's number in it, None where it is none of ours."""
        showing = self._showing(start_of(post_id) or EPOCH)
        return showing, showing.number(post_id)
