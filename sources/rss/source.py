"""The RSS source: one feed at one address, read when it changed. It can be neither searched nor answered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlsplit

from sources.base import Budget, Capability, Cost, Cursor, Gap, Misconfigured, Options, Page, Post, Receipt
from sources.http import Clock, check_base_url, read_clock
from sources.matching import make_matcher
from sources.meter import Meter
from sources.rss.archives import reread
from sources.rss.entries import digest, read_batch
from sources.rss.fetch import Document, Fetcher, check_url
from sources.rss.guard import is_any, is_public
from sources.rss.seen import Sifted, sift
from sources.window import Window

LARGEST_PAGE = 200  # posts stored in one transaction


class RssOptions(Options):
    """`base_url` stands in for the scheme and host of `url`; `timeout` is for the whole document."""

    url: str = ""  # of the feed; needed
    match: bool = False  # keep only entries that name the brand; False: every entry is a mention
    allow_private: bool = False  # also read from private and local addresses
    since: Window = timedelta(hours=24)  # how old an entry of the first document may be


class Rss:
    """An RSS, RDF or Atom feed."""

    name: ClassVar[str] = "rss"
    title: ClassVar[str] = "RSS"
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    credentials: ClassVar[tuple[str, ...]] = ()
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = RssOptions

    def __init__(self, options: RssOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._options = options
        self._clock = clock
        self._url = build_url(options)
        self._wanted = build_filter(options)
        self._fetcher = Fetcher(options.timeout, is_any if options.allow_private else is_public, clock)

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """One request. The cursor holds what the document showed, and the marks by which its server knows it again."""
        known, meter = dict(cursor or {}), Meter(budget)
        if known.get("url") != self._url:
            known = {}  # the marks of another address would hide this one
        if not meter.page_size(1):
            return
        now = self._clock()
        document = self._fetcher.get(self._url, known.get("etag", ""), known.get("modified", ""))
        if document.body is None:
            yield Page((), known | {"at": now.timestamp()}, cost=Cost(requests=1))
            return
        batch = read_batch(document, now)
        sifted = sift(batch, known, now - self._options.since, now)
        for gap in sifted.gaps:
            yield Page((), known, gap)
        # A document that is broken may have been cut: without its marks it is read again, changed or not.
        marks = self._mark(document if batch.whole else None, now.timestamp())
        yield from self._hand_over(sifted, known, marks, meter)

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """From the archives of a feed that has them."""
        for page in reread(self._get, self._url, gap, cursor or {}, Meter(budget), self._clock()):
            yield replace(page, posts=[post for post in page.posts if self._wanted(post)])

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """Feeds have no threads."""
        return ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Nothing: an entry that left its feed is not deleted, only old."""
        return {}

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("A feed takes no replies: answer where the entry was published and log the reply here.")

    def _get(self, url: str) -> Document:
        return self._fetcher.get(build_url(self._options, url))

    def _mark(self, document: Document | None, at: float) -> Cursor:
        marks = {"etag": document.etag, "modified": document.modified} if document else {}
        return {"url": self._url, "at": at} | {name: value for name, value in marks.items() if value}

    def _hand_over(self, sifted: Sifted, known: Cursor, marks: Cursor, meter: Meter) -> Iterator[Page]:
        """The fresh posts page by page. Before the last, the cursor has no marks and names what is left."""
        wanted = [post for post in sifted.fresh if self._wanted(post)]
        done = {"seen": sifted.prints or known.get("seen", {})}
        cost = Cost(requests=1)
        while wanted and (size := meter.page_size(1, LARGEST_PAGE)):
            posts, wanted = wanted[:size], wanted[size:]
            meter.take(0, len(posts))
            yield Page(posts, marks | done if not wanted else self._leave(wanted, sifted, known, marks), cost=cost)
            cost = Cost()
        if cost.requests:
            yield Page((), marks | done, cost=cost)

    def _leave(self, wanted: Sequence[Post], sifted: Sifted, known: Cursor, marks: Cursor) -> Cursor:
        left = {digest(post.id) for post in wanted}
        # One that is left keeps its earlier fingerprint, if any, so that it is still new next time.
        earlier = {key: each for key, each in known.get("seen", {}).items() if key in left}
        read = {key: each for key, each in sifted.prints.items() if key not in left}
        since = min(marks["at"], *(post.created_at.timestamp() for post in wanted))
        return {"url": self._url, "at": marks["at"], "seen": read | earlier, "left": sorted(left), "since": since}


def build_url(options: RssOptions, url: str = "") -> str:
    """The address to read for the feed or for another document of it. Raises `Misconfigured` where it is none."""
    url = url or options.url
    if not url:
        raise Misconfigured("An RSS feed needs its url.")
    parts = urlsplit(check_url(url))
    base = check_base_url(options.base_url)
    return f"{base}{parts.path}{'?' if parts.query else ''}{parts.query}" if base else url


def build_filter(options: RssOptions) -> Callable[[Post], bool]:
    """Which entries are mentions. Raises `Misconfigured` where none could be."""
    if not options.match:
        return lambda post: True
    if not any(term.strip() for term in options.terms):
        raise Misconfigured("An RSS feed with match = true needs a brand with terms.")
    names_brand = make_matcher(options.terms)
    return lambda post: names_brand(post.text)
