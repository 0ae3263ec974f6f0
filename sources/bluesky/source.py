"""The Bluesky source: notifications, search, threads, re-checks and replies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Annotated, Any, ClassVar

from atproto import models
from atproto_client.utils import facet_detection
from pydantic import Field

from sources.backwards import Batch, Listing, Place, read_new, reread
from sources.base import (
    Attempt,
    Budget,
    Capability,
    Cost,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
    Transient,
)
from sources.bluesky.client import Client
from sources.bluesky.edge import NotFound
from sources.bluesky.jetstream import JETSTREAM, Ear, make_filter
from sources.bluesky.posts import URI, find_url, read_batch, read_thread
from sources.http import Clock, need, read_clock
from sources.keys import make_key, read_time
from sources.meter import Meter
from sources.streams import READ_EVERY, listen
from sources.values import mapping, read_token, word
from sources.window import Window

COLLECTION = "app.bsky.feed.post"
SEARCH, NOTIFICATIONS = "app.bsky.feed.searchPosts", "app.bsky.notification.listNotifications"
THREAD, POSTS = "app.bsky.feed.getPostThread", "app.bsky.feed.getPosts"
PUT, GET = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord"
REASONS = ("mention", "reply", "quote")
MOST_IDS = 25
PAGE = re.compile(r"https?://bsky\.app/profile/(did:[a-z]+:[A-Za-z0-9._:%-]+)/post/([A-Za-z0-9._:~-]{1,512})/?")
DEPTH, PARENTS = 10, 80  # of a thread; the second is Bluesky's own default


class BlueskyOptions(Options):
    """With neither `query` nor `mentions`, the brand's terms are searched, each by itself: Bluesky knows no OR."""

    query: str | None = None  # in Bluesky's search language
    mentions: bool = False  # mentions of our account, replies to it and quotes of its posts
    lang: str | None = None  # search only posts in this language, as "en"
    since: Window = timedelta(hours=24)  # how far back the first poll looks
    stream: bool = False  # listen to Jetstream for the brand's terms, and search only beside it
    search_every: Window = READ_EVERY  # while listening: how often what the stream left out is searched for
    jetstream: Annotated[str, Field(pattern=r"^wss?://[^/\s]+(/\S*)?$")] = JETSTREAM


class Bluesky:
    """Bluesky. Everything needs an account: its `handle` and an `app_password`."""

    name: ClassVar[str] = "bluesky"
    title: ClassVar[str] = "Bluesky"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)
    credentials: ClassVar[tuple[str, ...]] = ("handle", "app_password")
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = BlueskyOptions

    def __init__(self, options: BlueskyOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        need(credentials, self.credentials, self.title)
        self._options = options
        self._clock = clock
        self._queries = build_queries(options)
        if options.stream and (options.mentions or options.query is not None or not options.terms):
            raise Misconfigured("The stream of Bluesky brings the brand's terms: leave query and mentions out.")
        self._client = Client(options, credentials, clock)
        self._ours = {name.lstrip("@").casefold() for name in (options.handle, credentials["handle"]) if name}

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Notifications, then each search. The cursor holds a state for each, and the session."""
        cursor, meter = dict(cursor or {}), Meter(budget)
        if not meter.page_size(1):
            return
        self._client.resume(cursor.get("session"))
        listings = self._listings()
        begin = {"since": (self._clock() - self._options.since).timestamp()}
        # Each listing's beginning is kept with the first page, however long it then takes until it can be read.
        heard = {"heard": cursor["heard"]} if "heard" in cursor else {}
        cursor = {name: cursor.get(name, begin) for name in listings} | {"session": cursor.get("session")} | heard
        if page := self._sign_in(cursor, meter):
            yield page
        for name, listing in listings.items():
            yield from self._read(name, listing, cursor, meter)

    def listen(self, cursor: Cursor | None, stop: Event) -> Iterator[Page]:
        """What names the brand in Jetstream, as the search would show it. `heard` in the cursor is how far, in
        microseconds since 1970."""
        return listen(self._connect, self.fetch, cursor or {}, stop, self._options.search_every)

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Searches go straight to the end of the gap; notifications are read down to where it begins."""
        self._client.sign_in()
        for page in reread(self._listings(), gap, cursor, Meter(budget), self._clock):
            yield replace(page, posts=[post for post in page.posts if not self._is_ours(post)])

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The post, what it answers up to the root, and what answers it; nothing where it is gone."""
        if not URI.fullmatch(post_id):
            return ()
        params = models.AppBskyFeedGetPostThread.Params(uri=post_id, depth=DEPTH, parent_height=PARENTS)
        try:
            thread = mapping(self._client.get(THREAD, params).get("thread"))
        except NotFound:
            return ()
        return sorted(read_thread(thread), key=lambda post: (post.created_at, post.id))

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Bluesky leaves out what is gone, and also what its author hides from us; only the first is None."""
        found: dict[str, Post | None] = {}
        asked = [id for id in dict.fromkeys(ids) if URI.fullmatch(id)]
        for start in range(0, len(asked), MOST_IDS):
            found |= self._look_up(asked[start : start + MOST_IDS])
        return found | {id: None for id in asked if id not in found and self._is_gone(id)}

    def reply(self, to: str, text: str, key: str = "") -> Receipt:
        """The key is the record's own, and its date follows from it: put a second time, nothing changes."""
        key = key or make_key(self._clock(), 0)
        parent = self._find_parent(to)
        record = models.AppBskyFeedPost.Record(
            text=text,
            created_at=read_time(key).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            facets=facet_detection.detect_facets(text) or None,  # without them links are no links
            reply=models.AppBskyFeedPost.ReplyRef(parent=_refer(parent), root=_refer(_find_root(parent))),
        )
        place = {"repo": self._client.did, "collection": COLLECTION, "rkey": key}
        data = models.ComAtprotoRepoPutRecord.Data(**place, record=record)
        uri = word(self._client.post(PUT, data).get("uri"))
        if uri is None:
            raise Transient("Bluesky took the reply without saying under which id.")
        return Receipt(uri, find_url(uri))

    def find_reply(self, attempt: Attempt) -> Receipt | None:
        """By its key, asked of the server that keeps our records: nothing lags behind, nothing is mistaken."""
        self._client.sign_in()
        place = {"repo": self._client.did, "collection": COLLECTION, "rkey": attempt.key}
        try:
            uri = word(self._client.get(GET, models.ComAtprotoRepoGetRecord.Params(**place)).get("uri"))
        except NotFound:
            return None
        if uri is None:
            raise Transient("Bluesky answered without the record that was asked for.")
        return Receipt(uri, find_url(uri))

    def check_may_reply(self, text: str, to_us: bool) -> None:
        """Everybody may answer; what an author closed is refused when it is tried."""

    def read_id(self, url: str) -> str | None:
        """Only addresses with the account's id: a handle says who has it today."""
        found = PAGE.fullmatch(url)
        return found and f"at://{found[1]}/{COLLECTION}/{found[2]}"

    def _connect(self, cursor: Cursor) -> Ear:
        self._client.resume(cursor.get("session"))
        is_wanted = make_filter(self._options.terms, self._options.lang)
        return Ear(
            self._options.jetstream, cursor.get("heard"), is_wanted, self._show, self._options.timeout, self._clock
        )

    def _show(self, views: Mapping[str, Mapping[str, Any]]) -> tuple[Sequence[Post], Cost]:
        """Posts of Jetstream as Bluesky shows them; what it does not show yet, as it came. `views` by id."""
        before = self._client.requests
        found: dict[str, Post] = {}
        for start in range(0, len(views), MOST_IDS):
            found |= self._look_up(list(views)[start : start + MOST_IDS])
        unseen = [view for id, view in views.items() if id not in found]
        posts = [post for post in [*found.values(), *read_batch(unseen).posts] if not self._is_ours(post)]
        return posts, Cost(requests=self._client.requests - before)

    def _sign_in(self, cursor: Cursor, meter: Meter) -> Page | None:
        """Sign in where there is no session; a page of its own, so that the new one is stored whatever comes after."""
        before = self._client.requests
        self._client.sign_in()
        spent = self._client.requests - before
        meter.take(spent)
        cursor["session"] = self._client.session
        return Page((), dict(cursor), cost=Cost(requests=spent)) if spent else None

    def _listings(self) -> dict[str, Listing]:
        """What is read, by the name under which its state is kept in the cursor."""
        mentions = {"mentions": self._notifications()} if self._options.mentions else {}
        return mentions | {f"search {query}": self._search(query) for query in self._queries}

    def _read(self, name: str, listing: Listing, cursor: Cursor, meter: Meter) -> Iterator[Page]:
        """The pages of one listing, its state and the session put into the whole cursor (which changes with each)."""
        for page in read_new(listing, cursor[name], meter, self._clock):
            cursor |= {name: page.next_cursor, "session": self._client.session}
            posts = [post for post in page.posts if not self._is_ours(post)]
            yield replace(page, posts=posts, next_cursor=dict(cursor))

    def _is_ours(self, post: Post) -> bool:
        """By handle, or by the account that is signed in where the handle is not known."""
        author = post.author
        return author is not None and (author.handle.casefold() in self._ours or author.id == self._client.did)

    def _notifications(self) -> Listing:
        return Listing(self._ask_notifications, lambda: self._client.requests, self.title)

    def _search(self, query: str) -> Listing:
        """Paged by time: the tokens of a search are offsets, which shift when posts arrive or go while we page."""
        return Listing(partial(self._ask_search, query), lambda: self._client.requests, self.title, by_time=True)

    def _ask_notifications(self, place: Place, size: int) -> tuple[Batch, str | None]:
        params = models.AppBskyNotificationListNotifications.Params(
            reasons=list(REASONS), limit=size, cursor=place.token
        )
        body = self._client.get(NOTIFICATIONS, params)
        return read_batch(_keep_wanted(body.get("notifications"))), read_token(body.get("cursor"), "Bluesky")

    def _ask_search(self, query: str, place: Place, size: int) -> tuple[Batch, str | None]:
        params = models.AppBskyFeedSearchPosts.Params(
            q=query,
            sort="latest",
            since=_spell(place.floor),
            until=_spell(place.until) if place.until is not None else None,
            lang=self._options.lang,
            limit=size,
            cursor=place.token,
        )
        body = self._client.get(SEARCH, params)
        return read_batch(body.get("posts")), read_token(body.get("cursor"), "Bluesky")

    def _look_up(self, ids: Sequence[str]) -> dict[str, Post]:
        body = self._client.get(POSTS, models.AppBskyFeedGetPosts.Params(uris=list(ids)))
        return {post.id: post for post in read_batch(body.get("posts")).posts if post.id in ids}

    def _is_gone(self, id: str) -> bool:
        params = models.AppBskyFeedGetPostThread.Params(uri=id, depth=0, parent_height=0)
        try:
            return mapping(self._client.get(THREAD, params).get("thread")).get("notFound") is True
        except NotFound:
            return True

    def _find_parent(self, to: str) -> Mapping[str, Any]:
        if not URI.fullmatch(to):
            raise Misconfigured(f"Bluesky knows posts by at:// addresses; '{to[:100]}' is none.")
        body = self._client.get(POSTS, models.AppBskyFeedGetPosts.Params(uris=[to]))
        views = body.get("posts")
        if not isinstance(views, list):
            raise Transient("Bluesky answered without the list that was asked for.")
        if not views or mapping(views[0]).get("uri") != to or not word(mapping(views[0]).get("cid")):
            raise Misconfigured("Bluesky no longer shows the post that is to be answered.")
        return mapping(views[0])


def build_queries(options: BlueskyOptions) -> tuple[str, ...]:
    """The feed's query, or one for each of the brand's terms. Raises `Misconfigured` where there is nothing to read."""
    if options.query is not None:
        if not options.query.strip():
            raise Misconfigured("The query of a Bluesky feed is empty.")
        return (options.query.strip(),)
    if options.mentions:
        return ()
    terms = (term.replace('"', " ").strip() for term in options.terms)
    queries = tuple(dict.fromkeys(f'"{term}"' if " " in term else term for term in terms if term))
    if not queries:
        raise Misconfigured("A Bluesky feed needs a query, mentions = true, or a brand with terms.")
    return queries


def _keep_wanted(notifications: Any) -> Any:
    """Servers that do not know `reasons` send likes and followers too."""
    if not isinstance(notifications, list):
        return notifications
    return [each for each in notifications if mapping(each).get("reason", "mention") in REASONS]


def _find_root(parent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reply to `parent` names as the beginning of its thread."""
    root = mapping(mapping(mapping(parent.get("record")).get("reply")).get("root"))
    return root if word(root.get("uri")) and word(root.get("cid")) else parent


def _refer(view: Mapping[str, Any]) -> models.ComAtprotoRepoStrongRef.Main:
    return models.ComAtprotoRepoStrongRef.Main(uri=str(view["uri"]), cid=str(view["cid"]))


def _spell(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
