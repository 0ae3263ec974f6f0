"""Somebody who listens to a source in a thread and keeps what comes, as the desk does."""

import json
import threading
import time
from collections.abc import Callable

from sources.base import Cost, Cursor, Gap, Page, Post, SourceError, Streaming


class Listener:
    """`posts` by root id; `ended` once the source has let go, with the `error` if there was one."""

    def __init__(self, source: Streaming, cursor: Cursor | None = None) -> None:
        self.pages: list[Page] = []
        self.posts: dict[str, Post] = {}
        self.gaps: list[Gap] = []
        self.cost = Cost()
        self.cursor = cursor
        self.error: SourceError | None = None
        self.ended = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(source,), daemon=True)
        self._thread.start()

    def _listen(self, source: Streaming) -> None:
        try:
            for page in source.listen(self.cursor, self._stop):
                self.cursor = json.loads(json.dumps(page.next_cursor))
                self.gaps += [page.gap] if page.gap else []
                self.cost += page.cost
                self.posts |= {post.root_id: post for post in page.posts}
                self.pages.append(page)
        except SourceError as error:
            self.error = error
        finally:
            self.ended = True

    def wait(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Until the condition holds; fails the test when it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not happen in time (ended: {self.ended}, {self.error})"
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert self.ended
