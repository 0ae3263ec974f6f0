"""Which objects of recorded traffic are posts, and in what answer each platform hands such posts to our clients."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]

from tests.benchmarks.recordings import Answer, NoRecording, read_file

Item = dict[str, Any]
BLUESKY_POST = "app.bsky.feed.post"
LONG_AGO = "20000d"  # recordings are old: first polls look back to 1972


@dataclass(frozen=True)
class Shelf:
    """One platform's posts. `source` "" where the desk reads no such platform."""

    source: str
    is_item: Callable[[Item], bool]
    lay: Callable[[Sequence[Item], Item], Any] = lambda items, context: list(items)
    path: str = ""  # of the request that is answered with them
    options: Mapping[str, Any] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()  # names of what comes with an answer and is none of its posts
    inside: frozenset[str] = frozenset()  # names in a post of what belongs to that post
    foreign: Callable[[Item], str] = lambda item: ""  # why our client can never be sent such an item; "" where it can
    needs_post: bool = False  # our client asks at `path` only where the platform has a post already

    def find(self, value: Any) -> list[Item]:
        """The posts of an answer, wherever they are in it."""
        return list(self._walk(value))

    def _walk(self, value: Any) -> Iterator[Item]:
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, list):
                waiting += reversed(each)
                continue
            if not isinstance(each, dict):
                continue
            found = self.is_item(each)
            if found:
                yield each
            skipped = self.beside | (self.inside if found else frozenset())
            waiting += [value for name, value in reversed(each.items()) if name not in skipped]


def lay_x(items: Sequence[Item], context: Item) -> Item:
    includes = context.get("includes")
    return {"data": list(items), "meta": {"result_count": len(items)}} | ({"includes": includes} if includes else {})


def is_x(each: Item) -> bool:
    """A post of the API's second version, or a status of the first. Accounts have a name and messages an event."""
    old = "id_str" in each and ("full_text" in each or "text" in each) and "user" in each
    new = isinstance(each.get("text"), str) and str(each.get("id", "")).isdecimal()
    return old or (new and not each.keys() & {"username", "event_type", "media_key", "tag", "screen_name"})


def is_reddit(each: Item) -> bool:
    return each.get("kind") in ("t1", "t3") and isinstance(each.get("data"), dict)


def lay_reddit(items: Sequence[Item], _context: Item) -> Item:
    return {"kind": "Listing", "data": {"after": None, "children": list(items)}}


def is_bluesky(each: Item) -> bool:
    """The view of a post, or of a notification about one; or a record alone."""
    record = each.get("record")
    if isinstance(record, dict) and "author" in each:
        return record.get("$type") == BLUESKY_POST or f"/{BLUESKY_POST}/" in str(each.get("uri"))
    return each.get("$type") == BLUESKY_POST and "text" in each


def tell_old_x(item: Item) -> str:
    return "a status of the retired API 1.1" if "id_str" in item else ""


def tell_no_view(item: Item) -> str:
    if "record" not in item:
        return "a record alone, without who wrote it and where"
    return "" if str(item.get("uri")).startswith("at://") else "a snapshot with its ids taken out"


def lay_bluesky(items: Sequence[Item], _context: Item) -> Item:
    return {"posts": list(items)}


def is_mastodon(each: Item) -> bool:
    return "content" in each and "account" in each and "visibility" in each


def is_hackernews(each: Item) -> bool:
    """A hit of the search, or an item of a tree; accounts are in the same index and have none of these."""
    return "created_at_i" in each and bool(each.keys() & {"title", "comment_text", "story_text", "text"})


def lay_hackernews(items: Sequence[Item], _context: Item) -> Item:
    return {"hits": list(items), "nbHits": len(items), "page": 0, "nbPages": 1, "hitsPerPage": 1000}


def is_youtube(each: Item) -> bool:
    return each.get("kind") == "youtube#comment"


def lay_youtube(items: Sequence[Item], _context: Item) -> Item:
    """Each comment as the first of a thread of its own."""
    threads = [
        {"kind": "youtube#commentThread", "id": item.get("id"), "snippet": {"topLevelComment": item}} for item in items
    ]
    return {"kind": "youtube#commentThreadListResponse", "items": threads}


def is_facebook(each: Item) -> bool:
    return "id" in each and "created_time" in each and bool(each.keys() & {"message", "story"})


def lay_facebook(items: Sequence[Item], _context: Item) -> Item:
    return {"data": list(items)}


def is_instagram(each: Item) -> bool:
    return "id" in each and "timestamp" in each and bool(each.keys() & {"text", "caption"})


def lay_instagram(items: Sequence[Item], _context: Item) -> Item:
    """Without the answers below a comment, which are items of their own."""
    return {"data": [{name: value for name, value in item.items() if name != "replies"} for item in items]}


def tell_medium(item: Item) -> str:
    return "" if "text" in item else "a medium: the desk reads what others write below our own"


def is_slack(each: Item) -> bool:
    return isinstance(each.get("text"), str) and "ts" in each


SHELVES = {
    "x": Shelf("x", is_x, lay_x, "/search/recent", {"query": "anything"},
               frozenset({"includes", "errors", "matching_rules"}),
               frozenset({"referenced_tweets", "referenced_posts", "retweeted_status", "quoted_status", "entities",
                          "author", "attachments", "geo", "note_tweet"}), tell_old_x),
    "reddit": Shelf("reddit", is_reddit, lay_reddit, "/comments", {"everything": True, "submissions": False}),
    "bluesky": Shelf("bluesky", is_bluesky, lay_bluesky, "searchPosts", {"query": "anything"},
                     inside=frozenset({"record", "embed", "embeds"}), foreign=tell_no_view),
    "mastodon": Shelf("mastodon", is_mastodon, path="/timelines/tag/", inside=frozenset({"reblog", "quote"})),
    "hackernews": Shelf("hackernews", is_hackernews, lay_hackernews, "/search_by_date", {"query": "anything"},
                        beside=frozenset({"_highlightResult"})),
    "youtube": Shelf("youtube", is_youtube, lay_youtube, "/commentThreads", {"everything": True}),
    "facebook": Shelf("facebook", is_facebook, lay_facebook, "/feed"),
    "instagram": Shelf("instagram", is_instagram, lay_instagram, "/comments", foreign=tell_medium, needs_post=True),
    "slack": Shelf("", is_slack),
}  # fmt: skip
RSS = "rss"
ALIASES = {
    "twitter": "x", "tweepy": "x", "bsky": "bluesky", "atproto": "bluesky", "praw": "reddit", "hn": "hackernews",
    "hacker_news": "hackernews", "algolia": "hackernews", "atom": RSS, "feeds": RSS, "feedparser": RSS,
    "meta": "facebook_instagram",
}  # fmt: skip
SHARED = {"facebook_instagram": ("facebook", "instagram")}  # one API of two platforms: the form of an answer tells
KNOWN = {*SHELVES, *SHARED, RSS}
HOSTS = {
    r"twitter\.com|api\.x\.com": "x", r"reddit\.com": "reddit", r"bsky\.|/xrpc/": "bluesky",
    r"hn\.algolia|ycombinator": "hackernews", r"googleapis\.com/youtube": "youtube", r"slack\.com": "slack",
    r"graph\.(facebook|instagram)": "facebook_instagram", r"/api/v[12]/(statuses|timelines|notifications)": "mastodon",
}  # fmt: skip


def find_platform(path: Path, root: Path, answer: Answer) -> str:
    """Which platform an answer came from: by its folder, its address or its form; "" where nothing tells."""
    if b"<rss" in answer.body[:4000] or b"<feed" in answer.body[:4000] or b"<rdf:RDF" in answer.body[:4000]:
        return RSS
    named = find_folder(path, root)
    named = named or next((name for pattern, name in HOSTS.items() if re.search(pattern, answer.url)), "")
    if named and named not in SHARED:
        return named
    candidates, value = SHARED.get(named, tuple(SHELVES)), answer.value
    return next((name for name in candidates if SHELVES[name].find(value)), candidates[0] if named else "")


def find_folder(path: Path, root: Path) -> str:
    """The platform or pair of platforms that a folder above the file is named after; "" where none is."""
    for part in [*reversed(path.relative_to(root).parts[:-1]), *reversed(root.resolve().parts)]:
        whole = part.lower()
        name = whole if whole in KNOWN else re.split(r"[-.]", whole)[0]
        if name in KNOWN or name in ALIASES:
            return ALIASES.get(name, name)
    return ""


def find_context(path: Path, answer: Answer) -> Item:
    """What comes along with an answer's posts; archives keep X's includes in a file of their own."""
    value = answer.value
    if isinstance(value, dict):
        return value
    beside = path.with_name(path.name.replace("data_", "users_"))
    if beside == path or not beside.is_file():
        return {}
    try:
        return {"includes": read_file(beside)[0].value}
    except NoRecording:
        return {}


def count_entries(body: bytes) -> int:
    """How many entries a feed's document has, by the parser's own count."""
    try:
        return len(feedparser.parse(body, sanitize_html=False).entries)
    except Exception:  # noqa: BLE001  hostile bytes, and a parser that names no family of errors
        return 0


def dump(value: Any) -> bytes:
    return json.dumps(value).encode()
