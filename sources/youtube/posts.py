"""The YouTube Data API's JSON as posts: threads, their first comments and the answers beneath."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sources.base import Author, Post, Transient
from sources.markup import to_text
from sources.threads import Batch
from sources.values import items, mapping, read_token, whole, word

Json = Mapping[str, Any]


def read_threads(body: Json) -> Batch:
    """The threads of `commentThreads.list`: each one's first comment, then the answers that were sent along."""
    batch = Batch(token=read_token(body.get("nextPageToken"), "YouTube"))
    for thread in _list(body):
        snippet = mapping(thread.get("snippet"))
        answers = items(mapping(thread.get("replies")).get("comments"))
        first = _add(batch, mapping(snippet.get("topLevelComment")), snippet)
        for answer in answers:
            _add(batch, answer, snippet)
        if first is None:
            continue
        batch.times.append(at := first.created_at.timestamp())
        if (count := whole(snippet.get("totalReplyCount")) or 0) > len(answers):
            batch.marks[first.id] = count, at
    return batch


def read_comments(body: Json) -> Batch:
    """The comments of `comments.list`."""
    batch = Batch(token=read_token(body.get("nextPageToken"), "YouTube"))
    for comment in _list(body):
        _add(batch, comment, {})
    return batch


def read_post(comment: Json, thread: Json) -> Post:
    """One comment. Its thread's snippet may be alone in naming the video. Raises `KeyError` or `ValueError`."""
    id, snippet = str(comment["id"]), comment["snippet"]
    parent = word(snippet.get("parentId")) or (id.partition(".")[0] if "." in id else None)
    video = word(snippet.get("videoId")) or word(thread.get("videoId"))
    return Post(
        source="youtube",
        id=id,
        # Asked for as HTML, which is also what YouTube sends where it takes no other wish.
        text=to_text(str(snippet["textDisplay"])),
        author=_read_author(snippet),
        created_at=datetime.fromisoformat(snippet["publishedAt"]).astimezone(UTC),
        url=f"https://www.youtube.com/watch?v={video}&lc={id}" if video else "",
        in_reply_to=parent,
        thread_id=parent or id,
        likes=whole(snippet.get("likeCount")),
        edited=snippet.get("updatedAt", snippet["publishedAt"]) != snippet["publishedAt"],
        extra={"video": video} if video else {},
    )


def _list(body: Json) -> Iterable[Json]:
    """Raises `Transient` for an answer without a list, which would pass for an empty one."""
    if not isinstance(body.get("items"), list):
        raise Transient("YouTube answered without a list of comments.")
    return items(body["items"])


def _add(batch: Batch, comment: Json, thread: Json) -> Post | None:
    try:
        post = read_post(comment, thread)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        batch.unread.append(f"{comment.get('id', 'no id')}: {type(error).__name__} {error}")
        return None
    batch.posts.append(post)
    return post


def _read_author(snippet: Json) -> Author | None:
    """The channel that wrote. YouTube shows its handle as the name."""
    shown = str(snippet.get("authorDisplayName") or "")
    id = word(mapping(snippet.get("authorChannelId")).get("value"))
    return Author(id or shown, shown.lstrip("@") or str(id), shown) if id or shown else None
