"""Recorded answers through a real client: the fake platform signs it in, and then says what was recorded."""

import re
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from sources.base import Budget, Gap, Post, RetryAt, Source, SourceError
from sources.registry import SOURCES, source_class
from tests.benchmarks.recordings import Answer
from tests.benchmarks.shelves import LONG_AGO, RSS, SHELVES, Item, Shelf, count_entries, dump
from tests.platforms import Platforms
from tests.platforms.platform import Fault
from tests.sources.rows import ROWS

JSON = {"Content-Type": "application/json"}
MOST = 100  # posts in one answer
DETAIL = re.compile(r"'[^']*'|\S*\d\S*")  # what makes each reason another one


class Replay:
    """One source, built on its fake platform. `crashes` are tracebacks of errors that are not a source's to raise."""

    def __init__(self, name: str, platforms: Platforms) -> None:
        (row,) = [row for row in ROWS if row.name == name]
        kind = cast(Any, source_class(name))
        shelf = SHELVES.get(name)
        self.name, self.path = name, shelf.path if shelf else ""
        self.platform, self.clock = platforms.all[name], platforms.clock
        options = row.options(platforms) | (dict(shelf.options) if shelf else {}) | {"since": LONG_AGO}
        self.source: Source = kind(kind.Options(**options), row.credentials(platforms), platforms.clock.now)
        self.crashes: list[str] = []
        if shelf and shelf.needs_post and row.post:
            row.post(platforms, "aurora air")
        with suppress(SourceError):
            list(self.source.fetch(None, Budget(requests=3)))  # signs in

    def fetch(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> tuple[list[Post], str]:
        """The posts that a poll reads out of an answer, and the reason that it gives for any others."""
        posts: list[Post] = []
        gaps: list[Gap] = []
        self.platform.faults.append(Fault(str(status), self.path, {"raw": body, "headers": headers or JSON}))
        try:
            for page in self.source.fetch(None, Budget(requests=4)):
                posts += page.posts
                gaps += [page.gap] if page.gap else []
        except SourceError as error:
            self._wait(error)
            return posts, str(error)
        except Exception:  # noqa: BLE001  this is what we are here to find
            self.crashes.append(traceback.format_exc())
            return posts, "this program crashed"
        finally:
            self.platform.faults.clear()
        return posts, gaps[0].reason if gaps else ""

    def ask(self, body: bytes) -> None:
        """The same answer to a question about one post: it may not crash either."""
        for ask in (lambda: self.source.thread("1", "1"), lambda: self.source.recheck(["1", "t1_1"])):
            self.platform.faults.append(Fault("200", "", {"raw": body, "headers": JSON}))
            try:
                ask()
            except SourceError as error:
                self._wait(error)
            except Exception:  # noqa: BLE001
                self.crashes.append(traceback.format_exc())
            self.platform.faults.clear()

    def _wait(self, error: SourceError) -> None:
        """As long as a recorded limit asks; otherwise the next answer would not even be asked for."""
        if isinstance(error, RetryAt):
            self.clock.advance(max((error.when - self.clock.now()).total_seconds(), 0) + 1)

    def read(self, items: Sequence[Item], shelf: Shelf, context: Item, dropped: Counter[str]) -> list[Post]:
        """The posts that the source makes of the items; one without a post is counted in `dropped` by its reason."""
        if len(items) > MOST:
            middle = len(items) // 2
            return [
                post for half in (items[:middle], items[middle:]) for post in self.read(half, shelf, context, dropped)
            ]
        posts, reason = self.fetch(dump(shelf.lay(items, context)))
        if len(posts) == len(items):
            return posts
        if len(items) == 1:
            dropped[name_reason(self.name, reason)] += 1
            return []
        return [post for item in items for post in self.read([item], shelf, context, dropped)]

    def read_document(self, answer: Answer, dropped: Counter[str]) -> list[Post]:
        """The posts of a feed's document, which has as many items as the parser counts entries."""
        posts, reason = self.fetch(answer.body, headers={"Content-Type": "application/xml"})
        missing = count_entries(answer.body) - len(posts)
        if missing > 0:
            dropped[name_reason(RSS, reason or "entries that say they are the same")] += missing
        return posts


def name_reason(name: str, reason: str) -> str:
    """One reason for all items that are dropped alike."""
    return f"{name}: {DETAIL.sub('…', reason) or 'the source leaves it out: its text was taken away at the platform'}"[
        :160
    ]


def list_readable(platforms: Platforms) -> list[str]:
    """The sources that can be replayed: those with a fake platform to sign in at."""
    rows = {row.name for row in ROWS}
    return [name for name in SOURCES if name in platforms.all and name in rows and (name in SHELVES or name == RSS)]
