"""Bluesky's JSON as posts: views of posts, and notifications, which have the same shape."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sources.backwards import Batch
from sources.base import Author, Post, Transient
from sources.values import items, mapping, whole, word

URI = re.compile(r"at://(?P<did>did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/(?P<key>[A-Za-z0-9._:~-]{1,512})")
SITE = "https://bsky.app"
Json = Mapping[str, Any]


def read_batch(found: Any) -> Batch:
    """A list of views or notifications, newest first. Raises `Transient` where it is no list."""
    if not isinstance(found, list):
        raise Transient("Bluesky answered without the list that was asked for.")
    batch = Batch()
    for item in found:
        try:
            _add(batch, item)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            batch.unread.append(f"{type(error).__name__} {error}")
    return batch


def _add(batch: Batch, view: Json) -> None:
    post, sorted_at = read_post(view), sort_time(view)
    batch.posts.append(post)
    batch.newest = max(sorted_at, batch.newest or sorted_at)
    # The index sorts by the earlier of two times. The later one of the last post is on the safe side.
    batch.oldest = post.created_at.timestamp()


def sort_time(view: Json) -> float:
    """Bluesky's `sortAt`: when a post was indexed, or earlier where its author's program says so."""
    indexed = read_time(view["indexedAt"]).timestamp()
    try:
        return min(indexed, read_time(mapping(view["record"])["createdAt"]).timestamp())
    except (KeyError, TypeError, ValueError, OverflowError):
        return indexed


def read_post(view: Json) -> Post:
    """One post, dated by the server's clock. Raises `KeyError`, `TypeError` or `ValueError` where it is none."""
    record, uri = mapping(view["record"]), str(view["uri"])
    if not URI.fullmatch(uri):
        raise ValueError(f"no post: {uri[:100]}")
    reply, langs = mapping(record.get("reply")), record.get("langs")
    return Post(
        source="bluesky",
        id=uri,
        text=str(record["text"]),
        author=_read_author(mapping(view["author"])),
        created_at=read_time(view["indexedAt"]),
        url=find_url(uri),
        in_reply_to=word(mapping(reply.get("parent")).get("uri")),
        thread_id=word(mapping(reply.get("root")).get("uri")) or uri,
        lang=word(langs[0]) if isinstance(langs, list) and langs else None,
        likes=whole(view.get("likeCount")),
        reposts=whole(view.get("repostCount")),
        quote_of=_read_quote(mapping(record.get("embed"))),
        extra=_read_extra(view, record),
    )


def read_time(value: Any) -> datetime:
    """Aware UTC from ISO 8601. Raises `TypeError` or `ValueError`."""
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def find_url(uri: str) -> str:
    """The page of a post; empty for what is none."""
    match = URI.fullmatch(uri)
    return f"{SITE}/profile/{match['did']}/post/{match['key']}" if match else ""


def read_thread(thread: Json) -> Iterator[Post]:
    """The posts of a `threadViewPost`, its parents and its replies, in no order. What is gone or blocked is left out.

    Without recursion: a thread is as deep as its authors like.
    """
    waiting = [thread]
    while waiting:
        node = waiting.pop()
        batch = read_batch([node["post"]] if "post" in node else [])
        yield from batch.posts
        waiting += [mapping(node.get("parent")), *items(node.get("replies"))]
        waiting = [each for each in waiting if each]


def _read_author(author: Json) -> Author:
    did = str(author["did"])
    return Author(id=did, handle=word(author.get("handle")) or did, name=word(author.get("displayName")) or "")


def _read_quote(embed: Json) -> str | None:
    """The post in `app.bsky.embed.record`, or in the `record` of `recordWithMedia`; lists and feeds are no posts."""
    record = mapping(embed.get("record"))
    uri = word(record.get("uri")) or word(mapping(record.get("record")).get("uri"))
    return uri if uri and URI.fullmatch(uri) else None


def _read_extra(view: Json, record: Json) -> dict[str, Any]:
    """The id of this version, the author's own date, and where links lead, which texts show shortened."""
    features = [each for facet in items(record.get("facets")) for each in items(facet.get("features"))]
    links = [uri for each in features if (uri := word(each.get("uri")))]
    kept = {"cid": word(view.get("cid")), "dated": word(record.get("createdAt")), "links": links}
    return {name: value for name, value in kept.items() if value}
