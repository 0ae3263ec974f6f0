"""One showing of the demo's script: which post arrives when, and which post an id stands for. Pure, no clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count, islice

from sources.base import Post
from sources.sample.script import Line, Script, read_script

# A demo left running overnight should still move in the morning, without thousands of repeated posts on its board.
SLOWER_AFTER_THE_FIRST_ROUND = 30

ID = re.compile(r"demo-(\d{1,10})-(\d{1,9})-(\d{1,9})", re.ASCII)

ADDRESSES = {
    "x": "https://x.example/{handle}/status/{id}",
    "reddit": "https://reddit.example/r/flights/comments/{id}",
    "bluesky": "https://bluesky.example/profile/{handle}/post/{id}",
    "mastodon": "https://mastodon.example/@{handle}/{id}",
    "hackernews": "https://hackernews.example/item?id={id}",
}


@dataclass(frozen=True, slots=True)
class Showing:
    """The script played from `start` (aware, whole seconds), `pace` times as fast; `seed` moves the arrivals a little.

    Posts are numbered from 0 in the order they arrive: the backlog, then round after round of the live lines.
    """

    start: datetime
    pace: float = 1.0
    seed: int = 0
    script: Script = field(default_factory=read_script)

    def post(self, number: int) -> Post:
        """The post of that number, the same on every call."""
        round_, index = self._place(number)
        line = self.script.lines[index]
        own = self._id(round_, index)
        above = None if line.replies_to is None else self._id(self._round_of(line.replies_to, round_), line.replies_to)
        return Post(
            source=line.platform,
            id=own,
            text=line.text,
            author=line.author,
            created_at=self.arrival(number),
            url=_address(line, own),
            in_reply_to=above,
            thread_id=above or own,
            lang=line.lang,
            likes=line.likes,
            reposts=line.reposts,
            extra={"demo": True},
        )

    def arrival(self, number: int) -> datetime:
        """When the post of that number arrives; never before the one of the number below."""
        round_, index = self._place(number)
        at = self._at(number, index)
        if round_ > 0:
            slower = 1 if round_ == 1 else SLOWER_AFTER_THE_FIRST_ROUND
            at = (self._round_start(round_) + at * slower) / self.pace
        return self.start + timedelta(seconds=round(at, 3))

    def number(self, post_id: str) -> int | None:
        """The number of the post with that id; None where no such post belongs to this showing."""
        found = ID.fullmatch(post_id)
        if not found:
            return None
        began, round_, index = map(int, found.groups())
        number = index if round_ == 0 else (round_ - 1) * self.script.live + index
        if began != int(self.start.timestamp()) or self._place(number) != (round_, index):
            return None
        return number

    def thread(self, number: int, now: datetime) -> Iterator[Post]:
        """The thread of the post of that number as far as it has arrived by `now`; it ends within a round of lines."""
        thread_id = self.post(number).thread_id or ""
        following = due_posts(self, now, after=self.number(thread_id) or 0)
        return (post for post in islice(following, len(self.script.lines)) if post.thread_id == thread_id)

    def _place(self, number: int) -> tuple[int, int]:
        """The round (0: the backlog) and the line's index."""
        if number < self.script.backlog:
            return 0, number
        rounds, index = divmod(number - self.script.backlog, self.script.live)
        return rounds + 1, self.script.backlog + index

    def _round_of(self, index: int, round_: int) -> int:
        return 0 if index < self.script.backlog else round_

    def _round_start(self, round_: int) -> float:
        slow_rounds = max(0, round_ - 2)
        return self.script.length * (min(1, round_ - 1) + slow_rounds * SLOWER_AFTER_THE_FIRST_ROUND)

    def _at(self, number: int, index: int) -> float:
        """The line's own time, moved by up to half of the wait for the next: showings differ, the order stays."""
        line, following = self.script.lines[index], self.script.lines[index + 1 : index + 2]
        wait = following[0].at - line.at if following else 0
        return line.at + wait / 2 * _chance(self.seed, number)

    def _id(self, round_: int, index: int) -> str:
        # The start is part of it so that an id alone says which post it stands for, as the ids of real platforms do.
        return f"demo-{int(self.start.timestamp())}-{round_}-{index}"


def due_posts(showing: Showing, now: datetime, after: int) -> Iterator[Post]:
    """What has arrived by `now`, in order, from the post numbered `after` on; so `after` counts those already had."""
    for number in count(after):
        if showing.arrival(number) > now:
            return
        yield showing.post(number)


def start_of(post_id: str) -> datetime | None:
    """When the showing began that an id belongs to; None where it is none of ours."""
    found = ID.fullmatch(post_id)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _address(line: Line, post_id: str) -> str:
    return ADDRESSES[line.platform].format(handle=line.author.handle, id=post_id)


def _chance(seed: int, number: int) -> float:
    """A number in [0, 1) that hangs on nothing but its arguments."""
    digest = blake2b(f"{seed}:{number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
