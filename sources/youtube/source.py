"""The YouTube source: comments on listed videos and channels with their answers, threads and re-checks."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, ClassVar

import pyyoutube
from pydantic import AfterValidator, Field

from sources.base import Budget, Capability, Cost, Cursor, Gap, Misconfigured, Options, Page, Post, Receipt
from sources.http import Clock, need, read_clock
from sources.matching import make_matcher
from sources.meter import Meter
from sources.threads import Batch, Listing, Refused, begin, read_new, reread
from sources.window import Window
from sources.youtube.edge import YouTubeEdge
from sources.youtube.posts import read_comments, read_threads

COMMENT = re.compile(r"[\w-]{10,64}(\.[\w-]{10,64})?")
MOST_IDS = 50
SHOWN = 5  # answers at most that come along with a thread
MOST_PAGES = 5  # of the answers in one thread, when it is read on demand
RETRY = timedelta(hours=1)  # for a video or channel that is closed to us


def clean_video(video: str) -> str:
    """`dQw4w9WgXcQ` from an address or an id. Raises `ValueError` for what cannot be a video."""
    match = re.search(r"(?:^|[?&]v=|youtu\.be/|/shorts/|/live/)([\w-]{11})(?:$|[?&#/])", video.strip())
    if match is None:
        raise ValueError(f"'{video}' cannot be a video of YouTube")
    return match[1]


def clean_channel(channel: str) -> str:
    """`UC…` from an address or an id. Raises `ValueError` for what cannot be the id of a channel."""
    match = re.search(r"(?:^|/channel/)(UC[\w-]{22})(?:$|[?#/])", channel.strip())
    if match is None:
        raise ValueError(f"'{channel}' cannot be the id of a channel: it begins with UC and has 24 letters")
    return match[1]


class YouTubeOptions(Options):
    """What is read: all comments on `videos`, and on all videos of `channels`."""

    videos: tuple[Annotated[str, AfterValidator(clean_video)], ...] = Field((), max_length=100)
    channels: tuple[Annotated[str, AfterValidator(clean_channel)], ...] = Field((), max_length=100)
    everything: bool = False  # take all comments, whether or not they name the brand
    since: Window = timedelta(hours=24)  # how far back the first poll looks
    again: Window = timedelta(days=3)  # how long a thread is watched for new answers


class YouTube:
    """YouTube. Reads with an `api_key`; nothing is written there."""

    name: ClassVar[str] = "youtube"
    title: ClassVar[str] = "YouTube"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.THREAD, Capability.RECHECK})
    credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = YouTubeOptions

    def __init__(self, options: YouTubeOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        need(credentials, ("api_key",), self.title)
        self._options = options
        self._clock = clock
        self._client = pyyoutube.Client(api_key=credentials["api_key"])
        self._client.session.mount("https://", YouTubeEdge(options.timeout, options.base_url, clock))
        self._listings = self._list(build_filter(options))

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Each video and channel, the one first that was read the longest ago. The cursor holds a state for each."""
        cursor, meter, now = dict(cursor or {}), Meter(budget), self._clock()
        fresh = begin(now - self._options.since)
        for listing in sorted(self._listings, key=lambda listing: cursor.get(listing.name, fresh)["at"]):
            if cursor.get(listing.name, {}).get("closed", 0) <= now.timestamp():
                yield from self._read(listing, fresh, cursor, meter)
        if all("closed" in cursor.get(listing.name, {}) for listing in self._listings):
            names = ", ".join(listing.name for listing in self._listings)
            raise Misconfigured(f"YouTube shows no comments on any of {names}: deleted, private or switched off.")

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The comments of every video and channel, as far back as YouTube lists them."""
        return reread(self._listings, gap, cursor, Meter(budget), self._clock())

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The first comment and up to 500 answers. Empty where YouTube no longer shows the thread."""
        first = thread_id or post_id.partition(".")[0]
        if not COMMENT.fullmatch(first):
            return ()
        try:
            batch = read_threads(self._client.commentThreads.list(thread_id=first, return_json=True))
            posts = {post.id: post for post in batch.posts}
            if first in batch.marks:
                posts |= {post.id: post for post in self._read_answers(first)}
        except Refused:
            return ()
        return sorted(posts.values(), key=lambda post: (post.created_at, "." in post.id))

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """YouTube leaves out what was deleted, and what its video went private with."""
        asked = [id for id in dict.fromkeys(ids) if COMMENT.fullmatch(id)]
        found: dict[str, Post | None] = {}
        for start in range(0, len(asked), MOST_IDS):
            some = asked[start : start + MOST_IDS]
            batch = read_comments(self._client.comments.list(comment_id=some, return_json=True))
            if not batch.unread:
                found |= dict.fromkeys(some)
            found |= {post.id: post for post in batch.posts}
        return found

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("The desk's key for YouTube cannot write: answer there, and log the reply here.")

    def _read(self, listing: Listing, fresh: Cursor, cursor: Cursor, meter: Meter) -> Iterator[Page]:
        """The pages of one listing, its state put into the whole cursor; a gap that says so where it is closed."""
        known = cursor.get(listing.name, fresh)
        state = {name: value for name, value in known.items() if name != "closed"}
        try:
            for page in read_new(listing, state, meter, self._clock()):
                cursor[listing.name] = page.next_cursor
                yield replace(page, next_cursor=dict(cursor))
        except Refused as error:
            meter.take()
            known = cursor.get(listing.name, fresh)
            cursor[listing.name] = known | {"closed": (self._clock() + RETRY).timestamp()}
            told = None if "closed" in known else Gap(f"{listing.name}: {error}", _last_read(known))
            yield Page((), dict(cursor), told, Cost(requests=1))

    def _read_answers(self, thread_id: str) -> Iterator[Post]:
        token = None
        for _ in range(MOST_PAGES):
            batch = self._answers(thread_id, 100, token)
            yield from batch.posts
            token = batch.token
            if not token:
                return

    def _list(self, wanted: Callable[[Post], bool]) -> list[Listing]:
        places = [("video", "video_id", id) for id in self._options.videos]
        places += [("channel", "all_threads_related_to_channel_id", id) for id in self._options.channels]
        again = self._options.again.total_seconds()
        return [
            Listing(
                f"{kind} {id}", self.title, partial(self._threads, {argument: id}), self._answers, wanted, again, SHOWN
            )
            for kind, argument, id in places
        ]

    def _threads(self, place: Mapping[str, str], size: int, token: str | None) -> Batch:
        ask = self._client.commentThreads.list
        return read_threads(ask(**place, order="time", max_results=size, page_token=token, return_json=True))

    def _answers(self, thread_id: str, size: int, token: str | None, known: float = 0.0) -> Batch:
        """The order in which YouTube lists answers is not promised, so all are read, whatever is known."""
        ask = self._client.comments.list
        return read_comments(ask(parent_id=thread_id, max_results=min(size, 100), page_token=token, return_json=True))


def _last_read(state: Cursor) -> datetime:
    return datetime.fromtimestamp(state["newest"], UTC)


def build_filter(options: YouTubeOptions) -> Callable[[Post], bool]:
    """Which comments are mentions. Raises `Misconfigured` where nothing is read or nothing would be one."""
    if not options.videos and not options.channels:
        raise Misconfigured("A YouTube feed needs videos or channels: YouTube has no search for comments.")
    if options.everything:
        return lambda post: True
    handle = options.handle.lstrip("@")
    terms = [*options.terms, *([f"@{handle}"] if handle else [])]
    if not terms:
        raise Misconfigured("Reading YouTube needs a brand with terms, or everything = true.")
    names_brand = make_matcher(terms)
    return lambda post: names_brand(post.text)
