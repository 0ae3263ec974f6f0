"""The Hacker News source: searches of stories and comments, conversations and re-checks. Nobody can reply from here."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

import requests

from sources.base import (
    Budget,
    Capability,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    Page,
    Post,
    Receipt,
    SourceError,
    Transient,
)
from sources.hackernews.edge import HackerNewsEdge, Missing, read_object
from sources.hackernews.posts import is_erased, read_post, walk
from sources.hackernews.sweep import read_new, reread
from sources.http import Clock, read_clock
from sources.matching import make_matcher
from sources.meter import Meter
from sources.window import Window

API = "https://hn.algolia.com/api/v1/"
LONGEST_QUERY = 512
ID = re.compile(r"[0-9]{1,12}")
SEARCHED = "title,url,story_text,comment_text"  # and not the title of the story that a comment belongs to


class HackerNewsOptions(Options):
    """Without `query`, each of the brand's terms is searched for."""

    query: str | None = None  # in Algolia's words; what it finds is taken as it is
    stories: bool = True
    comments: bool = True
    since: Window = timedelta(hours=24)  # how far back the first poll looks


class HackerNews:
    """Hacker News, read without an account."""

    name: ClassVar[str] = "hackernews"
    title: ClassVar[str] = "Hacker News"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.SEARCH, Capability.THREAD, Capability.RECHECK}
    )
    credentials: ClassVar[tuple[str, ...]] = ()
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = HackerNewsOptions

    def __init__(self, options: HackerNewsOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._options = options
        self._clock = clock
        self._queries = build_queries(options)
        self._tags = build_tags(options)
        self._wanted = build_filter(options)
        self._session = requests.Session()
        self._session.mount("https://", HackerNewsEdge(options.timeout, options.base_url, clock))

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The search for each term; one that an earlier poll had no budget for goes first. The cursor holds all."""
        states, meter = {**(cursor or {}).get("searches", {})}, Meter(budget)
        begin = {"newest": int((self._clock() - self._options.since).timestamp())}
        searches = {query: states.get(query, begin) for query in self._queries}
        turn = (cursor or {}).get("turn", 0)
        for number in range(turn, turn + len(self._queries)):
            query = self._queries[number % len(self._queries)]
            for page in read_new(partial(self._search, query), searches[query], meter, self._clock()):
                searches[query] = page.next_cursor
                # The one that is under way goes on; after its last page it is the next one's turn.
                following = number if "until" in page.next_cursor else number + 1
                place = {"searches": dict(searches), "turn": following % len(self._queries)}
                yield replace(page, posts=[post for post in page.posts if self._wanted(post)], next_cursor=place)

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """Each search in turn. The cursor holds the queries that are left, and the state of the first."""
        cursor, meter = dict(cursor or {"left": self._queries}), Meter(budget)
        while cursor and meter.page_size(1):
            query, *others = cursor["left"]
            for page in reread(partial(self._search, query), gap, cursor.get("state", {}), meter, self._clock()):
                under_way: Cursor = {"left": [query, *others], "state": page.next_cursor}
                cursor = under_way if page.next_cursor else {"left": others} if others else {}
                yield replace(page, posts=[post for post in page.posts if self._wanted(post)], next_cursor=cursor)

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        """What the post answers, up to the story, and all that answers it; only the latter where the story is gone."""
        if not all(ID.fullmatch(each) for each in (post_id, thread_id or "0")):
            return ()
        try:
            own = self._item(post_id) if thread_id is None else {}
            found = self._tree(str(thread_id or own.get("story_id") or post_id)) or self._tree(post_id)
        except Missing:
            return ()
        below = walk(found[post_id]) if post_id in found else ()
        return _read_tree([*_list_parents(found, post_id), *below])

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request a post: Hacker News has no other way. What could not be asked for is absent."""
        found: dict[str, Post | None] = {}
        trouble: SourceError | None = None
        for post_id in filter(ID.fullmatch, dict.fromkeys(ids)):
            try:
                found[post_id] = self._look_up(post_id)
            except Transient as error:
                trouble = error
            except SourceError as error:
                trouble = error
                break
        if trouble and not found:
            raise trouble
        return found

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("Hacker News takes no posts from programs: answer on its page and log the reply here.")

    def _search(self, query: str, place: Mapping[str, Any]) -> Mapping[str, Any]:
        fixed = {"query": query, "tags": self._tags, "restrictSearchableAttributes": SEARCHED}
        return self._get("search_by_date", {**fixed, **place})

    def _item(self, id: str) -> Mapping[str, Any]:
        return self._get(f"items/{id}", {})

    def _tree(self, id: str) -> Mapping[str, Mapping[str, Any]]:
        """An item and all below it by their ids; nothing where there is no such item."""
        try:
            return {str(item.get("id")): item for item in walk(self._item(id))}
        except Missing:
            return {}

    def _look_up(self, id: str) -> Post | None:
        """Raises `Transient` for an item that is there and unreadable: that does not mean that it is gone."""
        try:
            item = self._item(id)
        except Missing:
            return None
        if is_erased(item):
            return None
        try:
            return read_post(item)
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise Transient(f"Hacker News answered with an item that could not be read ({error}).") from error

    def _get(self, path: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return read_object(self._session.get(API + path, params=dict(params)))


def _list_parents(found: Mapping[str, Mapping[str, Any]], id: str) -> Iterator[Mapping[str, Any]]:
    """What an item answers, and what that answers, up to the story. A circle, which no real tree has, ends it."""
    passed = {id}
    while (parent := str(found.get(id, {}).get("parent_id"))) in found and parent not in passed:
        passed.add(parent)
        yield found[parent]
        id = parent


def _read_tree(tree: Sequence[Mapping[str, Any]]) -> Sequence[Post]:
    """The items that hold something, oldest first."""
    posts = []
    for item in tree:
        try:
            posts.append(read_post(item))
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            continue  # deleted, and kept by Hacker News only for what hangs below it
    return sorted(posts, key=lambda post: (post.created_at, int(post.id)))


def build_queries(options: HackerNewsOptions) -> list[str]:
    """The feed's query, or one for each term: the search knows no OR. Raises `Misconfigured` where there is none."""
    given = options.query and options.query.strip()
    words = [term.strip().lstrip("@").replace('"', " ").strip() for term in options.terms]
    queries = [given] if given else [f'"{each}"' for each in dict.fromkeys(words) if each]
    if not queries:
        raise Misconfigured("A Hacker News feed needs a query, or a brand with terms.")
    longest = max(map(len, queries))
    if longest > LONGEST_QUERY:
        raise Misconfigured(f"Hacker News takes queries of at most {LONGEST_QUERY} characters; this one has {longest}.")
    return queries


def build_tags(options: HackerNewsOptions) -> str:
    """Which kinds are read, as an OR. Polls are stories of another kind."""
    kinds = ["story", "poll"] * options.stories + ["comment"] * options.comments
    if not kinds:
        raise Misconfigured("A Hacker News feed reads stories, comments or both; this one would read neither.")
    return f"({','.join(kinds)})"


def build_filter(options: HackerNewsOptions) -> Callable[[Post], bool]:
    """Which hits are mentions: all of a query, of terms those that hold one as whole words, in text or link."""
    if options.query and options.query.strip():
        return lambda post: True
    # Nobody writes an @ there, so the name of a handle counts by itself.
    names_brand = make_matcher([*options.terms, *(term.strip().lstrip("@") for term in options.terms)])
    return lambda post: names_brand(f"{post.text}\n{post.extra.get('link', '')}")
