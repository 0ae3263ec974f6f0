"""The Mastodon source: hashtags, mentions of our account, search, threads, re-checks and replies."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, ClassVar

from mastodon import Mastodon as Api
from pydantic import AfterValidator, Field

from sources.backwards import Batch, Listing, Place, read_new, reread
from sources.base import (
    Attempt,
    Budget,
    CannotTell,
    Capability,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
    Transient,
)
from sources.http import Clock, read_clock
from sources.mastodon.client import Client
from sources.mastodon.edge import NotFound
from sources.mastodon.posts import find_local, read_batch, read_status
from sources.meter import Meter
from sources.sameness import SKEW, pick_reply
from sources.values import mapping, word
from sources.window import Window

MOST_IDS = 20
MOST_OWN = 25  # pages of our own posts that are looked through for a reply
STATUSES, NOTIFICATIONS = 40, 80  # the largest pages
TYPES = ["mention", "quote"]


def clean_hashtag(name: str) -> str:
    """`AuroraAir` from `#AuroraAir`. Raises `ValueError` for what cannot be a hashtag."""
    bare = name.strip().removeprefix("#")
    if not re.fullmatch(r"\w+", bare) or bare.isdigit():
        raise ValueError(f"'{name}' cannot be a hashtag")
    return bare


class MastodonOptions(Options):
    """With neither `hashtags`, `mentions` nor `query`, the brand's terms are read as hashtags."""

    hashtags: tuple[Annotated[str, AfterValidator(clean_hashtag)], ...] = Field((), max_length=20)
    mentions: bool = False  # mentions of our account and quotes of its posts
    query: str | None = None  # full-text search, where the server has one
    since: Window = timedelta(hours=24)  # how far back the first poll looks
    longest: int = Field(500, ge=1, le=1_000_000)  # characters of a post, as the server allows


class Mastodon:
    """A Mastodon server, at `base_url`. Hashtags need no login on most; all else needs an `access_token`."""

    name: ClassVar[str] = "mastodon"
    title: ClassVar[str] = "Mastodon"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability) - {Capability.STREAM}
    credentials: ClassVar[tuple[str, ...]] = ("access_token",)
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = MastodonOptions

    def __init__(self, options: MastodonOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._options = options
        self._clock = clock
        self._client = Client(options, credentials, clock)
        self._hashtags = find_hashtags(options)
        handle = options.handle.lstrip("@").casefold()
        self._ours = handle if "@" in handle else f"{handle}@{self._client.host}"
        if options.mentions:
            self._client.need_user("Reading mentions")
        if options.query:
            self._client.need_user("Searching")

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Mentions, search, then each hashtag. The cursor holds a state for each, and is of one server."""
        listings, meter = self._listings(), Meter(budget)
        known = cursor if cursor and cursor.get("host") == self._client.host else {}
        begin = {"since": (self._clock() - self._options.since).timestamp()}
        # Each listing's beginning is kept with the first page, however long it then takes until it can be read.
        cursor = {name: known.get(name, begin) for name in listings} | {"host": self._client.host}
        for name, listing in listings.items():
            for page in read_new(listing, cursor[name], meter, self._clock):
                cursor[name] = page.next_cursor
                yield replace(page, posts=self._without_ours(page.posts), next_cursor=dict(cursor))

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Servers cannot be asked by time, so from the newest post down to where the gap begins."""
        for page in reread(self._listings(), gap, cursor, Meter(budget), self._clock):
            yield replace(page, posts=self._without_ours(page.posts))

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """What came before the post up to the root, the post, and all that came after; nothing where it is gone."""
        local = find_local(post_id, self._client.host)
        if local is None:
            return ()
        try:
            post = self._client.ask(lambda api: api.status(local))
            context = mapping(self._client.ask(lambda api: api.status_context(local)))
        except NotFound:
            return ()
        parts = [context.get("ancestors"), [post], context.get("descendants")]
        posts = [each for part in parts for each in self._read(part)[0].posts]
        return sorted(posts, key=lambda each: (each.created_at, each.id))

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Servers leave out what is gone; each of these is asked for by itself before it counts as such."""
        asked = {local: id for id in dict.fromkeys(ids) if (local := find_local(id, self._client.host))}
        found: dict[str, Post | None] = {}
        for start in range(0, len(asked), MOST_IDS):
            locals = list(asked)[start : start + MOST_IDS]
            found |= self._look_up(locals)
            found |= {asked[local]: self._look_up_one(local) for local in locals if asked[local] not in found}
        return found

    def reply(self, to: str, text: str, key: str = "") -> Receipt:
        """Seen by those who saw the post. The same key sent twice within the hour is one reply: servers remember it."""
        self._client.need_user("Replying")
        local = find_local(to, self._client.host)
        if local is None:
            raise Misconfigured(f"The post '{to[:100]}' is not one of {self._client.host}.")
        status = mapping(self._client.ask(lambda api: api.status(local)))
        addressed = address(text, str(mapping(status.get("account")).get("acct") or ""))
        answer = self._client.ask(
            lambda api: api.status_post(
                addressed,
                in_reply_to_id=local,
                visibility=word(status.get("visibility")),
                spoiler_text=word(status.get("spoiler_text")),
                idempotency_key=key or hashlib.sha256(f"{to}\n{text}".encode()).hexdigest(),
            )
        )
        try:
            sent = read_status(mapping(answer), self._client.host)
        except (KeyError, TypeError, ValueError) as error:
            raise Transient("The Mastodon server took the reply without saying under which id.") from error
        return Receipt(sent.id, sent.url)

    def find_reply(self, attempt: Attempt) -> Receipt | None:
        """By our own newest posts: a server forgets the keys of replies after an hour."""
        self._client.need_user("Replying")
        account = word(mapping(self._client.ask(lambda api: api.account_verify_credentials())).get("id"))
        if account is None:
            raise CannotTell("The Mastodon server does not say which account our token is of.")
        return pick_reply(self._read_own(account, attempt.since - SKEW), attempt)

    def check_may_reply(self, text: str, to_us: bool) -> None:
        self._client.need_user("Replying")

    def read_id(self, url: str) -> str | None:
        """Only addresses on our own server; a post has another id on every other."""
        found = re.fullmatch(r"https?://([^/]+)/(?:web/)?@[^/]+/(\d{1,20})/?(?:[?#].*)?", url)
        return f"{found[2]}@{found[1]}" if found and found[1].casefold() == self._client.host else None

    def _read_own(self, account: str, since: datetime) -> list[Post]:
        """All that our account posted since. Raises `CannotTell` where that is more than we look through."""
        posts: list[Post] = []
        below: str | None = None
        for _ in range(MOST_OWN):
            place: dict[str, Any] = {"max_id": below, "limit": STATUSES, "exclude_reblogs": True}
            batch, below = self._read(self._client.ask(partial(read_account, account, **place)))
            posts += batch.posts
            if below is None or (batch.oldest is not None and batch.oldest < since.timestamp()):
                return posts
        raise CannotTell("Our account has posted too much on Mastodon since then to look through it.")

    def _without_ours(self, posts: Sequence[Post]) -> list[Post]:
        return [post for post in posts if post.author is None or post.author.id != self._ours]

    def _listings(self) -> dict[str, Listing]:
        """What is read, by the name under which its state is kept in the cursor."""
        asks: dict[str, tuple[Callable[..., Any], int]] = {}
        if self._options.mentions:
            asks["mentions"] = (lambda api, **place: api.notifications(types=TYPES, **place)), NOTIFICATIONS
        if query := self._options.query:
            asks[f"search {query}"] = partial(search, query), STATUSES
        for name in self._hashtags:
            asks[f"#{name}"] = partial(read_hashtag, name), STATUSES
        return {name: self._list(ask, size) for name, (ask, size) in asks.items()}

    def _list(self, ask: Callable[..., Any], largest: int) -> Listing:
        def read(place: Place, size: int) -> tuple[Batch, str | None]:
            found = self._client.ask(lambda api: ask(api, max_id=place.token, limit=size))
            return self._read(found.get("statuses") if isinstance(found, Mapping) else found)

        return Listing(read, lambda: self._client.requests, self.title, largest_page=largest)

    def _read(self, found: Any) -> tuple[Batch, str | None]:
        return read_batch(found, self._client.host)

    def _look_up(self, locals: Sequence[str]) -> dict[str, Post]:
        """Many at once; none where the server is older than Mastodon 4.3."""
        try:
            batch, _ = self._read(self._client.ask(lambda api: api.statuses(list(locals))))
        except NotFound:
            return {}
        return {post.id: post for post in batch.posts}

    def _look_up_one(self, local: str) -> Post | None:
        try:
            status = self._client.ask(lambda api: api.status(local))
        except NotFound:
            return None
        batch, _ = self._read([status])
        if not batch.posts:
            raise Transient("The Mastodon server answered with a post that cannot be read.")
        return batch.posts[0]


def read_hashtag(name: str, api: Api, **place: Any) -> Any:
    return api.timeline_hashtag(name, **place)


def read_account(account: str, api: Api, **place: Any) -> Any:
    return api.account_statuses(account, **place)


def search(query: str, api: Api, **place: Any) -> Any:
    return api.search_v2(query, resolve=False, result_type="statuses", exclude_unreviewed=False, **place)


def find_hashtags(options: MastodonOptions) -> tuple[str, ...]:
    """Those of the feed, or the brand's terms as such. Raises `Misconfigured` where there is nothing to read."""
    if options.query is not None and not options.query.strip():
        raise Misconfigured("The query of a Mastodon feed is empty.")
    if options.hashtags or options.mentions or options.query:
        return options.hashtags
    names = [re.sub(r"\W", "", term) for term in options.terms if not term.startswith("@")]
    found = tuple(dict.fromkeys(name.casefold() for name in names if name and not name.isdigit()))
    if not found:
        raise Misconfigured("A Mastodon feed needs hashtags, a query, mentions = true, or a brand with terms.")
    return found


def address(text: str, account: str) -> str:
    """The text with `@account` before it, unless it is in there: Mastodon tells nobody of a reply that names nobody."""
    named = re.search(rf"@{re.escape(account)}(?![\w@.-])", text, re.IGNORECASE)
    return text if named or not account else f"@{account} {text}"
