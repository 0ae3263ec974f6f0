"""The smallest desk: keeps each page's posts and its cursor in one step, as the store does in one transaction."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sources.base import Budget, Cost, Cursor, CursorExpired, Gap, Page, Post, Source


@dataclass
class Keeper:
    """What a feed has brought so far. `posts` by root id, the key under which the desk keeps a mention once."""

    cursor: Cursor = field(default_factory=dict)  # empty: a first poll
    posts: dict[str, Post] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)

    def poll(self, source: Source, budget: Budget | None = None, pages: int | None = None) -> list[Post]:
        """One poll; the posts it brought. `pages`: the desk is killed after so many. Errors come through."""
        brought: list[Post] = []
        try:
            for number, page in enumerate(source.fetch(self.cursor or None, budget or Budget()), 1):
                brought += self._keep(page)
                if number == pages:
                    break
        except CursorExpired as error:
            self.gaps.append(error.gap)
            self.cursor = error.restart or {}
            raise
        return brought

    @property
    def texts(self) -> set[str]:
        return {post.text for post in self.posts.values()}

    @property
    def missed(self) -> tuple[datetime, datetime]:
        """The bounds of the only gap."""
        (gap,) = self.gaps
        assert gap.since
        assert gap.until
        return gap.since, gap.until

    def _keep(self, page: Page) -> list[Post]:
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.posts |= {post.root_id: post for post in page.posts}
        self.seen.update(post.root_id for post in page.posts)
        self.gaps += [page.gap] if page.gap else []
        self.cost += page.cost
        return list(page.posts)
