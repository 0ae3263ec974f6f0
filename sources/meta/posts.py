"""The Graph API's JSON as posts: what stands on a Facebook page, and under the media of an Instagram account."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sources.base import Author, Post, Transient
from sources.threads import Batch
from sources.values import items, mapping, whole, word

Json = Mapping[str, Any]
ODD = (AttributeError, KeyError, TypeError, ValueError, OverflowError)  # what reading an item of another form raises


def read_batch(found: Iterable[Any], read: Callable[[Json], Post], token: str | None = None) -> Batch:
    """The items as posts. Never raises for an odd one."""
    batch = Batch(token=token)
    for item in items(list(found)):
        add(batch, item, read)
    return batch


def add(batch: Batch, item: Json, read: Callable[[Json], Post]) -> Post | None:
    """The item's post, which is added to the batch; None, with a reason in the batch, where it cannot be read."""
    try:
        post = read(item)
    except ODD as error:
        batch.unread.append(f"{item.get('id', 'no id')}: {type(error).__name__} {error}")
        return None
    batch.posts.append(post)
    return post


def read_one(item: Json, read: Callable[[Json], Post]) -> Post:
    """The item's post. Raises `Transient` where it is of another form."""
    try:
        return read(item)
    except ODD as error:
        raise Transient(f"Meta answered without what we asked for ({type(error).__name__} {error}).") from error


def find_thread(id: str, page: str) -> str:
    """The post that a comment's id names with its first half; a post's own id."""
    first = id.partition("_")[0]
    return id if first == page else f"{page}_{first}"


def read_facebook(item: Json, page: str) -> Post:
    """A post or comment of a page. Raises `KeyError` or `ValueError` where it is neither."""
    id = str(item["id"])
    thread_id = find_thread(id, page)
    parent = word(mapping(item.get("parent")).get("id")) or (thread_id if thread_id != id else None)
    return Post(
        source="facebook",
        id=id,
        text=str(item.get("message") or item.get("story") or ""),
        author=_read_author(mapping(item.get("from"))),
        created_at=_read_time(item["created_time"]),
        url=_read_url(item.get("permalink_url")),
        in_reply_to=parent,
        thread_id=thread_id,
        likes=whole(item.get("like_count")),
    )


def read_medium(item: Json) -> Post:
    """A picture, film or album of Instagram with its caption."""
    id = str(item["id"])
    return Post(
        source="instagram",
        id=id,
        text=str(item.get("caption") or ""),
        author=_read_name(item),
        created_at=_read_time(item["timestamp"]),
        url=_read_url(item.get("permalink")),
        thread_id=id,
        likes=whole(item.get("like_count")),
    )


def read_comment(item: Json) -> Post:
    """A comment on a medium of Instagram, or an answer to one."""
    medium = mapping(item.get("media"))
    return Post(
        source="instagram",
        id=str(item["id"]),
        text=str(item["text"]),
        author=_read_name(item),
        created_at=_read_time(item["timestamp"]),
        url=_read_url(medium.get("permalink")),
        in_reply_to=word(item.get("parent_id")) or word(medium.get("id")),
        thread_id=word(medium.get("id")),
        likes=whole(item.get("like_count")),
    )


def _read_author(who: Json) -> Author | None:
    """None where Meta does not say, which takes a page's own token."""
    id, name = word(who.get("id")), str(who.get("name") or "")
    return Author(id, name or id, name) if id else None


def _read_name(item: Json) -> Author | None:
    who = mapping(item.get("from"))
    name = word(item.get("username")) or word(who.get("username"))
    return Author(str(who.get("id") or name), name) if name else None


def _read_time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).astimezone(UTC)


def _read_url(url: Any) -> str:
    return url if isinstance(url, str) and url.startswith("https://") else ""
