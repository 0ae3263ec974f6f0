"""The X source: recent search, mentions of our own account, threads, re-checks and replies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any, ClassVar

import tweepy

from sources.base import (
    Attempt,
    Budget,
    CannotTell,
    Capability,
    Cost,
    Cursor,
    CursorExpired,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
    Transient,
)
from sources.http import Clock, need, read_clock
from sources.meter import Meter
from sources.sameness import LINK, SKEW, pick_reply
from sources.streams import READ_EVERY, listen
from sources.values import items, mapping, read_token
from sources.window import Window
from sources.x.edge import XEdge
from sources.x.posts import first_id, read_batch
from sources.x.stream import SILENCE, Ear, Listener, StreamEdge
from sources.x.sweep import REACH, Timeline, begin, read_new, reread
from sources.x.thread import read_thread

# Prices of X's pay-per-use access, from its price page of August 2026.
POST_READ_USD = Decimal("0.005")
OWN_MENTION_USD = Decimal("0.001")
USER_READ_USD = Decimal("0.010")
REPLY_USD = Decimal("0.015")  # what any post costs; one to somebody who summoned us may be cheaper
REPLY_WITH_LINK_USD = Decimal("0.20")

ID = re.compile(r"[0-9]{1,19}")
LONGEST_QUERY = 512
MOST_IDS = 100
MOST_OWN = 10  # pages of our own posts that are looked through for a reply
USER_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
FIELDS = {
    "tweet_fields": [
        "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "lang",
        "note_tweet", "public_metrics", "referenced_tweets", "withheld",
    ],
    "expansions": ["author_id"],
    "user_fields": ["name", "public_metrics", "username"],
}  # fmt: skip


class XOptions(Options):
    """With neither `query` nor `mentions`, the brand's terms are searched."""

    query: str | None = None  # in X's search language, at most 512 characters
    mentions: bool = False  # read the mentions timeline of `handle`
    since: Window = timedelta(hours=24)  # how far back the first poll looks; X reaches 7 days
    stream: bool = False  # listen to the filtered stream for the query, and search only beside it
    search_every: Window = READ_EVERY  # while listening: how often what the stream left out is searched for
    reply_to_anyone: bool = False  # what X allows some apps; others may answer only who mentioned or quoted the brand


class X:
    """X. Reads with `bearer_token`, or else with the four keys of a user; replies need the four."""

    name: ClassVar[str] = "x"
    title: ClassVar[str] = "X"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)
    credentials: ClassVar[tuple[str, ...]] = ("bearer_token", *USER_KEYS)
    recheck_usd: ClassVar[Decimal] = POST_READ_USD
    prices: ClassVar[Mapping[str, Decimal]] = {
        "a post": POST_READ_USD,
        "one of the own mentions": OWN_MENTION_USD,
        "a reply": REPLY_USD,
        "a reply with a link": REPLY_WITH_LINK_USD,
    }
    Options: ClassVar[type[Options]] = XOptions

    def __init__(self, options: XOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._as_user = all(credentials.get(key) for key in USER_KEYS)
        if not self._as_user:
            need(credentials, ("bearer_token",), self.title)
        self._options = options
        self._clock = clock
        self._handle = options.handle.lstrip("@")
        self._query = None if options.mentions and options.query is None else build_query(options)
        if options.mentions and not self._handle:
            raise Misconfigured("Reading mentions on X needs the brand's handle there.")
        if options.stream and (self._query is None or not credentials.get("bearer_token")):
            raise Misconfigured("The stream of X needs a query, or a brand with terms, and MENTIONDESK_X_BEARER_TOKEN.")
        self._bearer_token = credentials.get("bearer_token", "")
        self._read_as_user = not credentials.get("bearer_token")
        self._client = tweepy.Client(**{key: credentials.get(key) for key in self.credentials}, return_type=dict)
        self._client.session.mount("https://", XEdge(options.timeout, options.base_url, clock))

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Mentions first, then the search. The cursor holds a state for each, and our user id once it was asked for."""
        cursor, meter = dict(cursor or {}), Meter(budget)
        if self._options.mentions and cursor.get("handle") != self._handle:
            if not meter.page_size(0):
                return
            cursor, found = self._find_user(cursor, meter)
            yield found
        for timeline in self._timelines(cursor).values():
            yield from self._read(timeline, cursor, meter)

    def listen(self, cursor: Cursor | None, stop: Event) -> Iterator[Page]:
        """The cursor is that of the searches beside the stream, which has no past."""
        heard: set[str] = set()
        connect, fetch = partial(self._connect, heard), partial(self._fetch_beside, heard)
        return listen(connect, fetch, cursor or {}, stop, self._options.search_every)

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """What is still in reach. The cursor holds our user id, the timelines left, and the state of the first."""
        cursor, meter = dict(cursor or {}), Meter(budget)
        if self._options.mentions and "user" not in cursor and meter.page_size(0):
            cursor, found = self._find_user(cursor, meter)
            yield found
        timelines = self._timelines(cursor)
        if not timelines.keys() >= set(cursor.get("left", [None])):  # a first try, or the feed reads otherwise now
            cursor |= {"left": list(timelines), "state": {}}
        while cursor and meter.page_size(timelines[cursor["left"][0]].smallest_page):
            name, *others = cursor["left"]
            for page in reread(timelines[name], gap, cursor.get("state", {}), meter, self._clock):
                state = {"left": [name, *others], "state": page.next_cursor} if page.next_cursor else {"left": others}
                cursor = {**cursor, "state": {}} | state if state["left"] else {}
                yield replace(page, next_cursor=cursor)

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The newest 100 of the last 7 days, the root and the parents. Billed like a search: half a cent a post."""
        if not all(ID.fullmatch(id) for id in (post_id, thread_id or post_id)):
            return ()
        return read_thread(post_id, thread_id, self._search_once, self.recheck)

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """The newest editions. What X withholds or protects is absent, for it may come back."""
        asked = [id for id in dict.fromkeys(ids) if ID.fullmatch(id)]
        found = self._look_up(asked)
        newest = {id: post.extra["editions"][-1] for id, post in found.items() if post and post.edited}
        newer = self._look_up([edition for id, edition in newest.items() if edition != id])
        return {id: newer.get(newest.get(id, ""), post) for id, post in found.items()}

    def reply(self, to: str, text: str, key: str = "") -> Receipt:
        """X knows no keys: whoever is not sure whether it took a reply asks `find_reply` first."""
        self._need_user()
        answer = self._client.create_tweet(text=text, in_reply_to_tweet_id=to, user_auth=True)
        id = mapping(answer.get("data")).get("id")
        if not id:
            raise Transient("X took the reply without saying under which id.")
        usd = REPLY_WITH_LINK_USD if LINK.search(text) else REPLY_USD
        return Receipt(str(id), f"https://x.com/i/status/{id}", usd)

    def find_reply(self, attempt: Attempt) -> Receipt | None:
        """By our own newest posts, which X shows without the delay of its search."""
        self._need_user()
        me = mapping(self._client.get_me(user_auth=True).get("data")).get("id")
        if not me:
            raise CannotTell("X does not say which account our keys are of.")
        return pick_reply(self._read_own(str(me), attempt.since - SKEW), attempt)

    def check_may_reply(self, text: str, to_us: bool) -> None:
        """Since February 2026 self-serve apps may answer only authors who mentioned or quoted them."""
        self._need_user()
        named = self._handle and re.search(rf"@{re.escape(self._handle)}(?!\w)", text, re.IGNORECASE)
        if not (named or to_us or self._options.reply_to_anyone):
            raise Misconfigured("X lets programs answer only authors who mentioned our account, and this one did not.")

    def read_id(self, url: str) -> str | None:
        found = re.fullmatch(
            r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/\w+/status(?:es)?/(\d{1,19})/?(?:[?#].*)?", url
        )
        return found and found[1]

    def _connect(self, heard: set[str], _cursor: Cursor) -> Ear:
        edge = StreamEdge(SILENCE, self._options.base_url, self._clock)
        return Ear(Listener(self._bearer_token, edge), str(self._query), FIELDS, POST_READ_USD, heard)

    def _fetch_beside(self, heard: set[str], cursor: Cursor, budget: Budget) -> Iterator[Page]:
        """X bills a post once a day, so one that came through the stream costs nothing when a search finds it too."""
        for page in self.fetch(cursor, budget):
            yield replace(page, cost=forgive(page.cost, sum(post.id in heard for post in page.posts)))
            cursor = page.next_cursor
        since = min((state["since"] for state in cursor.values() if isinstance(state, dict)), default=0)
        heard -= {id for id in heard if int(id) <= since}  # no search bills these again

    def _need_user(self) -> None:
        if not self._as_user:
            raise Misconfigured(
                "Replying on X needs MENTIONDESK_X_CONSUMER_KEY, MENTIONDESK_X_CONSUMER_SECRET, "
                "MENTIONDESK_X_ACCESS_TOKEN and MENTIONDESK_X_ACCESS_TOKEN_SECRET."
            )

    def _read_own(self, user: str, since: datetime) -> list[Post]:
        """All that our account posted since. Raises `CannotTell` where that is more than we look through."""
        posts: list[Post] = []
        token: str | None = None
        for _ in range(MOST_OWN):
            place = {"since_id": first_id(since), "pagination_token": token}
            body = self._client.get_users_tweets(user, max_results=MOST_IDS, user_auth=True, **place, **FIELDS)
            posts += read_batch(body).posts
            token = read_token(mapping(body.get("meta")).get("next_token"), "X")
            if not token:
                return posts
        raise CannotTell("Our account has posted too much on X since then to look through it.")

    def _read(self, timeline: Timeline, cursor: Cursor, meter: Meter) -> Iterator[Page]:
        """The pages of one timeline, its state put into the whole cursor (which is changed with each)."""
        state = cursor.get(timeline.name) or begin(self._clock(), self._options.since)
        try:
            for page in read_new(timeline, state, meter, self._clock):
                cursor[timeline.name] = page.next_cursor
                yield replace(page, next_cursor=dict(cursor))
        except CursorExpired as error:
            error.restart = {**cursor, timeline.name: error.restart}
            raise

    def _timelines(self, cursor: Cursor) -> dict[str, Timeline]:
        """What is read, by name. Of mentions only once our user id is known."""
        mentions = [self._mentions(cursor["user"])] if self._options.mentions and "user" in cursor else []
        searches = [self._search(self._query)] if self._query is not None else []
        return {timeline.name: timeline for timeline in [*mentions, *searches]}

    def _search(self, query: str) -> Timeline:
        ask = partial(self._client.search_recent_tweets, query, user_auth=self._read_as_user, **FIELDS)
        return Timeline("search", ask, "next_token", smallest_page=10, usd=POST_READ_USD, reach=REACH)

    def _search_once(self, query: str) -> Sequence[Post]:
        ask = self._client.search_recent_tweets
        return read_batch(ask(query, max_results=MOST_IDS, user_auth=self._read_as_user, **FIELDS)).posts

    def _mentions(self, user: str) -> Timeline:
        ask = partial(self._client.get_users_mentions, user, user_auth=self._read_as_user, **FIELDS)
        return Timeline("mentions", ask, "pagination_token", smallest_page=5, usd=OWN_MENTION_USD, cap=800)

    def _find_user(self, cursor: Cursor, meter: Meter) -> tuple[Cursor, Page]:
        meter.take()
        answer = self._client.get_user(username=self._handle, user_auth=self._read_as_user)
        id = mapping(answer.get("data")).get("id")
        if not id:
            raise Misconfigured(f"X knows no account @{self._handle}.")
        # A new handle may be another account: what was read of the old one's mentions says nothing about it.
        found = {"handle": self._handle, "user": str(id)} | ({"search": cursor["search"]} if "search" in cursor else {})
        return found, Page((), dict(found), cost=Cost(requests=1, usd=USER_READ_USD))

    def _look_up(self, ids: Sequence[str]) -> dict[str, Post | None]:
        found: dict[str, Post | None] = {}
        for start in range(0, len(ids), MOST_IDS):
            body = self._client.get_tweets(ids[start : start + MOST_IDS], user_auth=self._read_as_user, **FIELDS)
            found |= dict.fromkeys(_read_gone(body))
            found |= {post.id: post for post in read_batch(body).posts}
        return found


def build_query(options: XOptions) -> str:
    """The feed's query, or the brand's terms joined. Raises `Misconfigured` where X takes neither."""
    if options.query is None and not options.terms:
        raise Misconfigured("An X feed needs a query, mentions = true, or a brand with terms.")
    query = _join_terms(options) if options.query is None else options.query.strip()
    if not query:
        raise Misconfigured("The query of an X feed is empty.")
    if len(query) > LONGEST_QUERY:
        raise Misconfigured(f"X takes queries of at most {LONGEST_QUERY} characters; this one has {len(query)}.")
    return query


def _join_terms(options: XOptions) -> str:
    terms = [term.replace('"', " ").strip() for term in options.terms]
    quoted = [f'"{term}"' if " " in term else term for term in terms]
    anyone = " OR ".join(quoted)
    handle = options.handle.lstrip("@")
    return f"({anyone}) -from:{handle}" if handle else anyone


def forgive(cost: Cost, posts: int) -> Cost:
    """The cost without that of so many posts."""
    if not cost.posts:
        return cost
    left = max(cost.posts - posts, 0)
    return Cost(cost.requests, left, cost.usd * left / cost.posts)


def _read_gone(body: Mapping[str, Any]) -> list[str]:
    """Ids that X says do not exist. Other errors (protected, suspended, withheld) may pass."""
    errors = items(body.get("errors"))
    return [str(each.get("resource_id")) for each in errors if str(each.get("type")).endswith("/resource-not-found")]
