"""The Facebook source: what visitors write on our own page, its comments, threads, re-checks and replies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from sources.base import Budget, Capability, Cursor, Gap, Options, Page, Post, Receipt
from sources.http import Clock, need, read_clock
from sources.meta.edge import FacebookEdge
from sources.meta.graph import Graph, Json
from sources.meta.posts import add, find_thread, read_batch, read_facebook, read_one
from sources.meter import Meter
from sources.threads import Batch, Listing, Refused, begin, read_new, reread
from sources.values import items, mapping, whole
from sources.window import Window

ID = re.compile(r"\d{1,24}(_\d{1,24})?")
SITE = "https://www.facebook.com"
MOST_PAGES = 5  # of a thread's comments, when it is read on demand
OF_COMMENTS = "id,message,from,created_time,permalink_url,like_count,parent{id}"
OF_POSTS = "id,message,story,from,created_time,permalink_url"
WITH_COUNTS = f"{OF_POSTS},updated_time,comments.filter(stream).limit(0).summary(total_count)"


class FacebookOptions(Options):
    """The page is our own: everything on it that others wrote is a mention."""

    page: str = Field(pattern=r"^\d{1,24}$")  # its number
    since: Window = timedelta(hours=24)  # how far back the first poll looks
    again: Window = timedelta(days=14)  # how long a post is watched for new comments


class Facebook:
    """A Facebook page. Reads with the page's `access_token`; `app_secret` signs each request."""

    name: ClassVar[str] = "facebook"
    title: ClassVar[str] = "Facebook"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.MENTIONS, Capability.THREAD, Capability.RECHECK, Capability.REPLY}
    )
    credentials: ClassVar[tuple[str, ...]] = ("access_token", "app_secret")
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = FacebookOptions

    def __init__(self, options: FacebookOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        need(credentials, ("access_token",), self.title)
        self._options = options
        self._clock = clock
        self._graph = Graph(FacebookEdge(options.timeout, options.base_url, clock), credentials)
        again = options.again.total_seconds()
        self._listing = Listing("feed", self.title, self._posts, self._comments, self._is_others, again)

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The feed, newest post first, and the comments of posts that have changed."""
        now = self._clock()
        state = (cursor or {}).get("feed") or begin(now - self._options.since)
        for page in read_new(self._listing, state, Meter(budget), now):
            yield replace(page, next_cursor={"feed": page.next_cursor})

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The feed and the comments of its posts, as far back as the page goes."""
        return reread([self._listing], gap, cursor, Meter(budget), self._clock())

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The post and its newest 500 comments; a comment and its answers where Meta does not show the post."""
        roots = [thread_id or find_thread(post_id, self._options.page), post_id]
        if not all(ID.fullmatch(id) for id in (post_id, *roots)):
            return ()
        for root in dict.fromkeys(roots):
            with suppress(Refused):
                first = read_one(self._graph.one(root, self._fields(root)), self._read)
                posts = {first.id: first} | {post.id: post for post in self._read_comments(root)}
                return sorted(posts.values(), key=lambda post: (post.created_at, post.id != root))
        return ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Raises where the page itself is closed to us: then a post that is not shown may still be there."""
        asked = [id for id in dict.fromkeys(ids) if ID.fullmatch(id)]
        found: dict[str, Json | None] = {}
        for fields in (OF_POSTS, OF_COMMENTS):
            found |= self._graph.many([id for id in asked if self._fields(id) == fields], fields)
        if None in found.values():
            self._graph.one(self._options.page, "id")
        batch = read_batch(filter(None, found.values()), self._read)
        gone: dict[str, Post | None] = dict.fromkeys(id for id, item in found.items() if item is None)
        return gone | {post.id: post for post in batch.posts}

    def reply(self, to: str, text: str) -> Receipt:
        return self._graph.answer(to, "comments", text, f"{SITE}/{to}")

    def _posts(self, size: int, token: str | None) -> Batch:
        found, after = self._graph.page(self._options.page, "feed", size, token, fields=WITH_COUNTS)
        batch = Batch(token=after)
        for item in items(found):
            if post := add(batch, item, self._read):
                batch.times.append(post.created_at.timestamp())
                if count := whole(mapping(mapping(item.get("comments")).get("summary")).get("total_count")):
                    batch.marks[post.id] = [count, item.get("updated_time")], batch.times[-1]
        return batch

    def _comments(self, post_id: str, size: int, token: str | None, known: float = 0.0) -> Batch:
        """Newest first, answers among them; nothing more where all below is known."""
        how = {"filter": "stream", "order": "reverse_chronological", "fields": OF_COMMENTS}
        found, after = self._graph.page(post_id, "comments", min(size, 100), token, **how)
        batch = read_batch(found, self._read, after)
        if batch.posts and batch.posts[-1].created_at.timestamp() < known:
            batch.token = None
        return batch

    def _read_comments(self, post_id: str) -> Iterator[Post]:
        token = None
        for _ in range(MOST_PAGES):
            batch = self._comments(post_id, 100, token)
            yield from batch.posts
            token = batch.token
            if not token:
                return

    def _read(self, item: Json) -> Post:
        return read_facebook(item, self._options.page)

    def _fields(self, id: str) -> str:
        return OF_POSTS if find_thread(id, self._options.page) == id else OF_COMMENTS

    def _is_others(self, post: Post) -> bool:
        return post.author is None or post.author.id != self._options.page
