"""The seam between platforms and the desk: what a source is given, what it yields, how it fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from threading import Event
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

Cursor = dict[str, Any]
"""Where a feed has read to: made by a source, stored as JSON by the desk, handed back unread on the next poll."""


class Capability(StrEnum):
    """What a source can do; the board and `doctor` read it from here."""

    SEARCH = "search"
    MENTIONS = "mentions"
    THREAD = "thread"
    RECHECK = "recheck"
    REPLY = "reply"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post, as the platform says."""

    id: str  # the platform's stable id; the handle where it has none
    handle: str  # as people write it there, without a leading @ or u/
    name: str = ""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What a platform says. Text is plain (entities and HTML decoded once, breaks kept) and hostile until escaped."""

    source: str  # the registry's name: "x", "reddit", …
    id: str  # of this edition
    text: str
    author: Author | None  # None once the platform has forgotten the author
    created_at: datetime  # aware, UTC, by the platform's clock
    root_id: str = ""  # of the first edition; `id` where the platform keeps one id through edits
    url: str = ""
    in_reply_to: str | None = None
    thread_id: str | None = None
    lang: str | None = None  # as the platform says (BCP 47)
    likes: int | None = None
    reposts: int | None = None
    edited: bool = False
    repost_of: str | None = None  # root id of the post that this one only repeats: reach of that one, no work itself
    quote_of: str | None = None  # root id of the post that this one quotes, with words of its own
    extra: Mapping[str, Any] = field(default_factory=dict)  # JSON-serialisable

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("Post.created_at must carry a time zone")
        if not self.root_id:
            object.__setattr__(self, "root_id", self.id)


@dataclass(frozen=True, slots=True)
class Gap:
    """A window of a feed that could not be read, and why in a sentence for people."""

    reason: str
    since: datetime | None = None  # None: from the beginning
    until: datetime | None = None  # None: to now


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page took: requests, posts that the platform bills, and money where a price is known."""

    requests: int = 0
    posts: int = 0
    usd: Decimal = Decimal(0)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.requests + other.requests, self.posts + other.posts, self.usd + other.usd)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one poll may take at most. A source stops cleanly when it is spent; its cursor goes on from there."""

    requests: int = 50
    posts: int = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a poll. Storing `posts` and `next_cursor` in one transaction loses nothing, whatever happens next."""

    posts: Sequence[Post]
    next_cursor: Cursor
    gap: Gap | None = None
    cost: Cost = Cost()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A public reply as the platform took it."""

    id: str
    url: str
    usd: Decimal = Decimal(0)  # what it cost, where the platform bills it


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reply that was perhaps published: what to look for among our own posts."""

    to: str  # the post that it answers
    text: str
    key: str  # as it was given to `reply`
    since: datetime  # aware UTC, by the desk's clock: when it was first attempted
    known: frozenset[str] = frozenset()  # root ids of our other answers to the post


class Options(BaseModel):
    """What a feed may set for its source. Each source extends this; an unknown name is refused by the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str | None = None  # a proxy, a self-hosted server or a test in place of the platform's own host
    timeout: float = Field(default=20.0, gt=0)  # seconds for one request
    terms: tuple[str, ...] = ()  # filled from the brand: any of these makes a post a mention, where matching is local
    handle: str = ""  # filled from the brand: our own handle on this platform


class Source(Protocol):
    """One platform. Built with its options and credentials; holds no state that a poll needs beyond the cursor."""

    name: ClassVar[str]
    title: ClassVar[str]  # as people call the platform
    capabilities: ClassVar[frozenset[Capability]]
    credentials: ClassVar[tuple[str, ...]]  # settings it reads, required ones first, e.g. ("bearer_token",)
    recheck_usd: ClassVar[Decimal]  # what asking about one stored post again costs; 0 where it is free
    Options: ClassVar[type[Options]]

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Yield pages of posts after `cursor` (None: begin), until there is nothing new or the budget is spent.

        Raises a `SourceError` between pages; whatever was yielded before stays valid.
        """
        ...

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """The conversation around a post as it stands now, oldest first, the post itself included: parents, replies to
        it, and our own answers. Empty where the platform has no threads (Capability.THREAD is then not declared).
        """
        ...

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """The present edition of each post, None where it is gone; an id that could not be asked for is absent.

        Raises a `SourceError` for all of them; platforms take 100 at a time, so ask for no more to lose none.
        """
        ...

    def reply(self, to: str, text: str) -> Receipt:
        """Answer the post `to` in public. Raises `Misconfigured` where the platform or its keys do not allow it.

        After `Transient` nobody knows whether it was published.
        """
        ...


@runtime_checkable
class Replying(Source, Protocol):
    """A source whose replies are sent exactly once, because it can tell whether one is there already."""

    def reply(self, to: str, text: str, key: str = "") -> Receipt:
        """As every source's. `key`, from `sources.keys`, goes to platforms that take the same key only once."""
        ...

    def find_reply(self, attempt: Attempt) -> Receipt | None:
        """The reply among our own posts; None where it surely is not in public.

        Raises `CannotTell` where the platform does not show enough to say so.
        """
        ...

    def check_may_reply(self, text: str, to_us: bool) -> None:
        """Raise `Misconfigured` where a reply to a post of this text would be refused, as far as that is known
        without asking. `to_us`: the post answers or quotes one of ours.
        """
        ...

    def read_id(self, url: str) -> str | None:
        """The root id of the post whose page this is; None for any other address."""
        ...


@runtime_checkable
class Rereading(Source, Protocol):
    """A source that can be asked for a window of the past."""

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Yield pages of what was posted in a gap, after `cursor` (None: begin); the last one's cursor is empty.

        A page's own gap is what of it could not be read this time either. Raises a `SourceError` between pages;
        `OutOfReach` where asking again is of no use.
        """
        ...


@runtime_checkable
class Streaming(Source, Protocol):
    """A source that can be listened to: posts come as they are written. Declares `Capability.STREAM`, and its options
    have `stream`, by which a feed asks for it.
    """

    def listen(self, cursor: Cursor | None, stop: Event) -> Iterator[Page]:
        """Yield pages as posts come, and what `fetch` would bring beside them; at least one page every
        `streams.PULSE` seconds, be it an empty one.

        Ends when `stop` is set or the platform closes the connection. Raises a `SourceError` between pages; whatever
        was yielded before stays valid, and both `listen` and `fetch` go on from the last page's cursor.
        """
        ...


class SourceError(Exception):
    """Any failure of a platform, in a sentence for people."""


class RetryAt(SourceError):
    """The platform asks us to wait. `when` is aware UTC."""

    def __init__(self, message: str, when: datetime) -> None:
        super().__init__(message)
        self.when = when


class Transient(SourceError):
    """It may work next time: a timeout, a refused connection, a 5xx, an answer cut short or unreadable."""


class CannotTell(SourceError):
    """The platform does not show enough to say whether a reply was published; a person has to look."""


class AuthFailed(SourceError):
    """The platform refused our credentials; a person has to act."""


class OutOfCredits(SourceError):
    """The account with the platform is used up; a person has to act."""


class CursorExpired(SourceError):
    """The platform no longer reads from this cursor. Begin again from `restart`; `gap` is what cannot be read."""

    def __init__(self, message: str, gap: Gap, restart: Cursor | None = None) -> None:
        super().__init__(message)
        self.gap = gap
        self.restart = restart


class OutOfReach(SourceError):
    """The platform no longer shows the time that was asked for."""


class Misconfigured(SourceError):
    """The query, the feed or a missing credential is wrong; a person has to act."""
