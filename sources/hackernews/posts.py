"""Hacker News' JSON as posts: hits of the search and items of a tree, which name the same things differently."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sources.base import Author, Post
from sources.markup import to_text
from sources.values import items, whole, word

LATEST = 1 << 33  # seconds since 1970, in the year 2242; later times cannot be meant
PAGE = "https://news.ycombinator.com/item?id="
Json = Mapping[str, Any]


@dataclass
class Batch:
    """The posts of one answer, the times of all its hits, and why each hit without a post has none."""

    posts: list[Post] = field(default_factory=list)
    times: list[int] = field(default_factory=list)  # seconds since 1970
    unread: list[str] = field(default_factory=list)
    size: int = 0  # of hits, readable or not


def read_batch(hits: Any) -> Batch:
    """The hits of a search. Never raises for an odd one."""
    found = hits if isinstance(hits, list) else []
    batch = Batch(size=len(found))
    for hit in found:
        try:
            batch.times += [at] if 0 <= (whole(at := hit.get("created_at_i")) or -1) < LATEST else []
            batch.posts.append(read_post(hit))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            batch.unread.append(f"{type(error).__name__} {error}"[:200])
    return batch


def read_post(item: Json) -> Post:
    """One story, comment, poll or job. Raises `KeyError` or `ValueError` where it has no id, time or text."""
    id = str(int(item["objectID"] if "objectID" in item else item["id"]))
    parent = item.get("parent_id")
    text = _read_text(item)
    if not text:
        raise ValueError(f"{id} has no text")
    link = word(item.get("url"))
    return Post(
        source="hackernews",
        id=id,
        text=text,
        author=Author(name, name) if (name := word(item.get("author"))) else None,
        created_at=datetime.fromtimestamp(int(item["created_at_i"]), UTC),
        url=PAGE + id,
        in_reply_to=str(parent) if whole(parent) else None,
        thread_id=str(item.get("story_id") or id),
        likes=whole(item.get("points")),
        extra={"link": link} if link else {},
    )


def is_erased(item: Json) -> bool:
    """Whether an item of a tree is only the place where one was: deleted, or killed by the moderators."""
    return not item.get("author") and not _read_text(item)


def walk(tree: Json) -> Iterator[Json]:
    """An item and all below it. Trees are as deep as people argue, so this keeps its own stack."""
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        yield item
        waiting += items(item.get("children"))


def _read_text(item: Json) -> str:
    """Title and text of a story, the text alone of a comment. Titles are plain, texts are HTML."""
    written = item.get("text") or item.get("comment_text") or item.get("story_text")
    parts = (word(item.get("title")), to_text(written) if isinstance(written, str) else None)
    return "\n\n".join(part for part in parts if part)
