"""The Instagram source: comments on our own media, threads, re-checks and replies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from sources.base import Budget, Capability, Cursor, Gap, Options, Page, Post, Receipt
from sources.http import Clock, need, read_clock
from sources.meta.edge import InstagramEdge
from sources.meta.graph import Graph
from sources.meta.posts import add, read_batch, read_comment, read_medium, read_one
from sources.meter import Meter
from sources.threads import Batch, Listing, Refused, begin, read_new, reread
from sources.values import items, mapping, whole
from sources.window import Window

ID = re.compile(r"\d{1,24}")
SITE = "https://www.instagram.com"
MOST_ANSWERS = 20  # that come along with a comment
LARGEST_PAGE = 50
MOST_PAGES = 5  # of a thread's comments, when it is read on demand
PLAIN = "id,text,timestamp,username,from,like_count,parent_id,media{id,permalink}"
OF_COMMENTS = f"{PLAIN},replies.limit({MOST_ANSWERS}){{{PLAIN}}}"
OF_MEDIA = "id,caption,timestamp,username,permalink,like_count,comments_count"


class InstagramOptions(Options):
    """The account is our own professional one: every comment on its media that others wrote is a mention."""

    account: str = Field(pattern=r"^\d{1,24}$")  # its number in the Graph API
    since: Window = timedelta(hours=24)  # how far back the first poll looks
    again: Window = timedelta(days=14)  # how long a medium is watched for new comments


class Instagram:
    """An Instagram account. Reads with the `access_token` of its page; `app_secret` signs each request."""

    name: ClassVar[str] = "instagram"
    title: ClassVar[str] = "Instagram"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.MENTIONS, Capability.THREAD, Capability.RECHECK, Capability.REPLY}
    )
    credentials: ClassVar[tuple[str, ...]] = ("access_token", "app_secret")
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = InstagramOptions

    def __init__(self, options: InstagramOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        need(credentials, ("access_token",), self.title)
        self._options = options
        self._clock = clock
        self._graph = Graph(InstagramEdge(options.timeout, options.base_url, clock), credentials)
        again = options.again.total_seconds()
        self._listing = Listing("media", self.title, self._media, self._comments, self._is_others, again, MOST_ANSWERS)
        self._own = options.handle.lstrip("@").casefold()

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Our media, newest first, and the comments of those whose number of comments has changed."""
        now = self._clock()
        state = (cursor or {}).get("media") or begin(now - self._options.since)
        for page in read_new(self._listing, state, Meter(budget), now):
            yield replace(page, next_cursor={"media": page.next_cursor})

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The comments on media that were young enough then to be watched."""
        return reread([self._listing], gap, cursor, Meter(budget), self._clock())

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The medium and up to 250 of its comments, each with up to 20 answers. Empty where Meta does not show it."""
        if not all(ID.fullmatch(id) for id in (post_id, thread_id or post_id)):
            return ()
        try:
            medium = thread_id or read_one(self._graph.one(post_id, PLAIN), read_comment).thread_id
            if medium is None:
                return ()
            first = read_one(self._graph.one(medium, OF_MEDIA), read_medium)
            posts = {first.id: first} | {post.id: post for post in self._read_comments(medium)}
        except Refused:
            return ()
        return sorted(posts.values(), key=lambda post: (post.created_at, post.id != medium))

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Raises where the account itself is closed to us: then a comment that is not shown may still be there."""
        found = self._graph.many([id for id in dict.fromkeys(ids) if ID.fullmatch(id)], PLAIN)
        if None in found.values():
            self._graph.one(self._options.account, "id")
        batch = read_batch(filter(None, found.values()), read_comment)
        gone: dict[str, Post | None] = dict.fromkeys(id for id, item in found.items() if item is None)
        return gone | {post.id: post for post in batch.posts}

    def reply(self, to: str, text: str) -> Receipt:
        return self._graph.answer(to, "replies", text, SITE)

    def _media(self, size: int, token: str | None) -> Batch:
        """Our own media are no mentions; only their times and numbers of comments are read."""
        found, after = self._graph.page(self._options.account, "media", size, token, fields=OF_MEDIA)
        media = read_batch(found, read_medium)
        times = {post.id: post.created_at.timestamp() for post in media.posts}
        counts = {str(item.get("id")): whole(item.get("comments_count")) for item in items(found)}
        marks = {id: (count, times[id]) for id, count in counts.items() if count and id in times}
        return Batch(unread=media.unread, times=list(times.values()), marks=marks, token=after)

    def _comments(self, medium: str, size: int, token: str | None, known: float = 0.0) -> Batch:
        """Comments with their answers. An old comment may have a new answer, so all are read, whatever is known."""
        largest = max(min(size // (1 + MOST_ANSWERS), LARGEST_PAGE), 1)
        found, after = self._graph.page(medium, "comments", largest, token, fields=OF_COMMENTS)
        batch = Batch(token=after)
        for item in items(found):
            add(batch, item, read_comment)
            answers = mapping(item.get("replies"))
            for answer in items(answers.get("data")):
                add(batch, answer, read_comment)
            if mapping(answers.get("paging")).get("next"):
                batch.unread.append(f"{item.get('id')}: it has more than {MOST_ANSWERS} answers")
        return batch

    def _read_comments(self, medium: str) -> Iterator[Post]:
        token = None
        for _ in range(MOST_PAGES):
            batch = self._comments(medium, LARGEST_PAGE * (1 + MOST_ANSWERS), token)
            yield from batch.posts
            token = batch.token
            if not token:
                return

    def _is_others(self, post: Post) -> bool:
        return post.author is None or not self._own or post.author.handle.casefold() != self._own
