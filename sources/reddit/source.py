"""The Reddit source: search, listed subreddits with their comments, the inbox, threads, re-checks and replies."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from sources.base import (
    Attempt,
    Budget,
    CannotTell,
    Capability,
    Cost,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
    RetryAt,
    SourceError,
    Transient,
)
from sources.http import Clock, need, read_clock
from sources.matching import make_matcher
from sources.meter import Meter
from sources.reddit.client import Client
from sources.reddit.edge import Refused
from sources.reddit.listing import Listing, keep_all, read_listing, read_new, reread
from sources.reddit.posts import SITE
from sources.reddit.subreddits import clean_name, close, find_closed, list_due, spell
from sources.reddit.thread import read_thread
from sources.sameness import SKEW, pick_reply
from sources.values import items, mapping, word
from sources.window import Window

LONGEST_QUERY = 512
REPLY_WAIT = timedelta(minutes=10)
MOST_IDS = 100
MOST_OWN = 9  # pages of our own comments that are looked through for a reply; Reddit lists 1,000
PAGE = re.compile(
    r"https?://(?:\w+\.)?reddit\.com/r/\w+/comments/([0-9a-z]+)(?:/[^/?#]*(?:/([0-9a-z]+))?)?/?(?:[?#].*)?"
)
INBOX = Listing("inbox", "message/mentions")
SEARCH_OVERLAP = 3600.0  # the search index lags behind the listings
SEARCH_CAP = 200  # a search gives fewer results than a listing; one that ends past this many was cut


class RedditOptions(Options):
    """With neither `query`, `subreddits` nor `inbox`, all submissions are searched for the brand's terms."""

    query: str | None = None  # in Reddit's search language; finds submissions, in `subreddits` where these are given
    subreddits: tuple[Annotated[str, AfterValidator(clean_name)], ...] = Field((), max_length=100)
    submissions: bool = True  # read the submissions of `subreddits` as well as their comments
    everything: bool = False  # take all of `subreddits`, whether or not it names the brand
    inbox: bool = False  # comments that mention our own account
    since: Window = timedelta(hours=24)  # how far back the first poll looks


class Reddit:
    """Reddit. Reads with `client_id` and `client_secret`; the inbox and replies also need a user.

    A user is a `refresh_token`, or the `username` and `password` of a script application.
    """

    name: ClassVar[str] = "reddit"
    title: ClassVar[str] = "Reddit"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.SEARCH, Capability.MENTIONS, Capability.THREAD, Capability.RECHECK, Capability.REPLY}
    )
    credentials: ClassVar[tuple[str, ...]] = ("client_id", "client_secret", "refresh_token", "username", "password")
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = RedditOptions

    def __init__(self, options: RedditOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        need(credentials, ("client_id", "client_secret"), self.title)
        self._options = options
        self._clock = clock
        self._query = build_query(options)
        self._wanted = build_filter(options)
        self._client = Client(options, credentials, clock)
        if options.inbox:
            self._client.need_user("Reading the inbox")

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Inbox, search, comments, submissions. The cursor holds a state for each, and which subreddits are closed."""
        cursor, meter = dict(cursor or {}), Meter(budget)
        if self._options.inbox:
            yield from self._read(INBOX, cursor, meter)
        if self._options.subreddits:
            yield from self._read_subreddits(cursor, meter)
        elif self._query:
            yield from self._read(self._search(["all"]), cursor, meter)

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """As far back as listings go. Raises `Misconfigured` while one of the subreddits is closed."""
        return reread(self._list_all(), self._client.get, gap, cursor, Meter(budget))

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The submission with the newest of its comments, and a comment with its parents and answers where it is older.

        At most three requests. Empty where Reddit does not know the post.
        """
        known = thread_id or post_id
        if known.startswith("t1_"):
            comment = self.recheck([known]).get(known)
            known = (comment.thread_id if comment else None) or ""
        return read_thread(self._client.get, post_id, known) if re.fullmatch(r"t3_[0-9a-z]+", known) else ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Reddit shows erased posts as such. It leaves out those of subreddits that went private: these are absent."""
        found: dict[str, Post | None] = {}
        asked = [id for id in dict.fromkeys(ids) if re.fullmatch(r"t[13]_[0-9a-z]+", id)]
        for start in range(0, len(asked), MOST_IDS):
            batch, _ = read_listing(self._client.get("api/info", {"id": ",".join(asked[start : start + MOST_IDS])}))
            found |= dict.fromkeys(batch.gone)
            found |= {post.id: post for post in batch.posts}
        return found

    def reply(self, to: str, text: str, key: str = "") -> Receipt:
        """Reddit knows no keys: whoever is not sure whether it took a reply asks `find_reply` first."""
        self._client.need_user("Replying")
        answer = mapping(mapping(self._client.post("api/comment", {"thing_id": to, "text": text})).get("json"))
        if errors := answer.get("errors"):
            raise self._read_reply_error(errors if isinstance(errors, list) else [])
        data = next((mapping(each.get("data")) for each in items(mapping(answer.get("data")).get("things"))), {})
        if not data.get("name"):
            raise Transient("Reddit took the reply without saying under which id.")
        return Receipt(str(data["name"]), SITE + str(data.get("permalink", "")))

    def find_reply(self, attempt: Attempt) -> Receipt | None:
        """By our own newest comments, which Reddit shows us even where moderators hide them from others."""
        self.check_may_reply("", False)
        name = word(mapping(self._client.get("api/v1/me", {})).get("name"))
        if name is None:
            raise CannotTell("Reddit does not say which account our keys are of.")
        return pick_reply(self._read_own(name, attempt.since - SKEW), attempt)

    def check_may_reply(self, text: str, to_us: bool) -> None:
        self._client.need_user("Replying")

    def read_id(self, url: str) -> str | None:
        found = PAGE.fullmatch(url)
        return found and (f"t1_{found[2]}" if found[2] else f"t3_{found[1]}")

    def _read_own(self, name: str, since: datetime) -> list[Post]:
        """All that our account commented since. Raises `CannotTell` where that is more than Reddit lists."""
        posts: list[Post] = []
        after: str | None = None
        for _ in range(MOST_OWN):
            place = {"after": after} if after else {}
            body = self._client.get(f"user/{name}/comments", {"sort": "new", "limit": 100, **place})
            batch, after = read_listing(body)
            posts += batch.posts
            if after is None or (batch.times and batch.times[-1] < since.timestamp()):
                return posts
        raise CannotTell("Our account has commented too much on Reddit since then to look through it.")

    def _read(self, listing: Listing, cursor: Cursor, meter: Meter) -> Iterator[Page]:
        """The pages of one listing, its state put into the whole cursor (which is changed with each)."""
        begin = {"newest": (self._clock() - self._options.since).timestamp()}
        for page in read_new(listing, self._client.get, cursor.get(listing.name, begin), meter):
            cursor[listing.name] = page.next_cursor
            yield replace(page, next_cursor=dict(cursor))

    def _read_subreddits(self, cursor: Cursor, meter: Meter) -> Iterator[Page]:
        self._try_closed(cursor, meter)
        if self._query:
            yield from self._read_open(self._search, cursor, meter)
        yield from self._read_open(self._comments, cursor, meter)
        if self._options.submissions:
            yield from self._read_open(self._submissions, cursor, meter)

    def _read_open(self, make: Callable[[Sequence[str]], Listing], cursor: Cursor, meter: Meter) -> Iterator[Page]:
        """Read one listing of all open subreddits; where Reddit refuses, find the culprit and go on without it."""
        names = [name for name in self._options.subreddits if name not in cursor.get("closed", {})]
        if not names:
            raise Misconfigured(f"Reddit shows none of {spell(self._options.subreddits)}: private, banned or unknown.")
        try:
            yield from self._read(make(names), cursor, meter)
        except Refused as error:
            left = meter.requests
            culprits = find_closed(names, partial(self._is_open, meter))
            if not culprits:
                raise Transient(f"Reddit refused {spell(names)} together but none of them alone.") from error
            cursor["closed"] = close(cursor.get("closed", {}), culprits, self._clock())
            yield Page((), dict(cursor), tell_closed(culprits, cursor), Cost(requests=1 + left - meter.requests))
            yield from self._read_open(make, cursor, meter)

    def _is_open(self, meter: Meter, names: Sequence[str]) -> bool:
        meter.take()
        try:
            self._client.get(f"r/{'+'.join(names)}/new", {"limit": 1})
        except Refused:
            return False
        return True

    def _try_closed(self, cursor: Cursor, meter: Meter) -> None:
        """Ask again for subreddits that were closed when we last asked."""
        closed = {name: at for name, at in cursor.get("closed", {}).items() if name in self._options.subreddits}
        due = list_due(closed, self._clock())
        opened = [name for name in due if self._is_open(meter, [name])]
        still = close(closed, due, self._clock())
        cursor["closed"] = {name: at for name, at in still.items() if name not in opened}

    def _list_all(self) -> list[Listing]:
        """What `fetch` reads where no subreddit is closed."""
        names, found = self._options.subreddits, [INBOX] if self._options.inbox else []
        if self._query:
            found.append(self._search(names or ["all"]))
        if names:
            found += [self._comments(names), *([self._submissions(names)] if self._options.submissions else [])]
        return found

    def _search(self, names: Sequence[str]) -> Listing:
        params = {"q": self._query, "sort": "new", "type": "link", "restrict_sr": names != ["all"]}
        path = f"r/{'+'.join(names)}/search"
        return Listing("search", path, params, overlap=SEARCH_OVERLAP, cap=SEARCH_CAP)

    def _comments(self, names: Sequence[str]) -> Listing:
        return Listing("comments", f"r/{'+'.join(names)}/comments", wanted=self._wanted)

    def _submissions(self, names: Sequence[str]) -> Listing:
        return Listing("submissions", f"r/{'+'.join(names)}/new", wanted=self._wanted)

    def _read_reply_error(self, errors: Sequence[Any]) -> SourceError:
        """Reddit refuses replies under status 200: `[["RATELIMIT", "Take a break for 5 minutes …", "ratelimit"]]`."""
        told = [error for error in errors if isinstance(error, list) and len(error) > 1]
        words = " ".join(str(error[1]) for error in told) or "it gave no reason."
        if "RATELIMIT" not in [error[0] for error in told]:
            return Misconfigured(f"Reddit refused the reply: {words}")
        now, amount = self._clock(), re.search(r"(\d{1,4}) (second|minute|hour)", words)
        wait = timedelta(**{f"{amount[2]}s": int(amount[1])}) if amount else REPLY_WAIT
        return RetryAt(f"Reddit refused the reply for now: {words}", now + wait)


def tell_closed(names: Sequence[str], cursor: Cursor) -> Gap:
    """The gap of subreddits that closed at some time since they were last read."""
    read = [cursor[name]["newest"] for name in ("search", "comments", "submissions") if name in cursor]
    reason = f"Reddit does not show {spell(names)} (private, banned or unknown); the feed goes on without."
    return Gap(reason, since=datetime.fromtimestamp(min(read), UTC) if read else None)


def build_query(options: RedditOptions) -> str | None:
    """The feed's query; the brand's terms where nothing else is to be read. Raises `Misconfigured` for one too long."""
    query = options.query and options.query.strip()
    if not query and not options.subreddits and not options.inbox:
        query = " OR ".join(f'"{term}"' for term in (term.replace('"', " ").strip() for term in options.terms) if term)
        if not query:
            raise Misconfigured("A Reddit feed needs a query, subreddits, inbox = true, or a brand with terms.")
    if query and len(query) > LONGEST_QUERY:
        raise Misconfigured(f"Reddit takes queries of at most {LONGEST_QUERY} characters; this one has {len(query)}.")
    return query or None


def build_filter(options: RedditOptions) -> Callable[[Post], bool]:
    """Which posts of the listed subreddits are mentions. Raises `Misconfigured` where nothing would be one."""
    if options.everything:
        return keep_all
    handle = options.handle.removeprefix("u/")
    terms = [*options.terms, *([f"u/{handle}"] if handle else [])]
    if options.subreddits and not terms:
        raise Misconfigured("Reading subreddits needs a brand with terms, or everything = true.")
    names_brand = make_matcher(terms)
    return lambda post: names_brand(post.text)
