"""Reddit's JSON as posts: comments (t1), submissions (t3) and mentions from the inbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sources.base import Author, Post
from sources.values import items, whole, word

SITE = "https://www.reddit.com"
ERASED = frozenset({"[deleted]", "[removed]"})
Json = Mapping[str, Any]


@dataclass
class Batch:
    """What a listing held: its posts, the ids of those whose text is gone, and why any other item has no post."""

    posts: list[Post] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # of every item, in the listing's order, seconds since 1970


def read_batch(children: Any) -> Batch:
    """The items of a listing, `[{"kind": "t1", "data": {…}}, …]`. Never raises for an odd one."""
    batch = Batch()
    for child in children if isinstance(children, list) else []:
        try:
            _add(batch, child)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            batch.unread.append(f"{type(error).__name__} {error}")
    return batch


def _add(batch: Batch, child: Json) -> None:
    post = read_post(child)
    batch.times.append(float(child["data"]["created_utc"]))
    if is_erased(child["data"]):
        batch.gone.append(post.id)
    else:
        batch.posts.append(post)


def read_post(child: Json) -> Post:
    """One comment or submission. Raises `KeyError` or `ValueError` where it is neither."""
    kind, data = child["kind"], child["data"]
    if kind not in ("t1", "t3"):
        raise ValueError(f"no post but of kind {kind}")
    id = data.get("name") or f"{kind}_{data['id']}"
    original, repeats = _read_crosspost(data)
    return Post(
        source="reddit",
        id=str(id),
        text=_read_text(data) if kind == "t3" else str(data["body"]),
        author=_read_author(data),
        created_at=datetime.fromtimestamp(float(data["created_utc"]), UTC),
        url=_read_url(data),
        in_reply_to=word(data.get("parent_id")),
        thread_id=id if kind == "t3" else word(data.get("link_id")),
        likes=whole(data.get("score")),
        reposts=whole(data.get("num_crossposts")),
        edited=bool(data.get("edited")),  # False, True (old posts) or when
        repost_of=original if repeats else None,
        quote_of=None if repeats else original,
        extra=_read_extra(data),
    )


def is_erased(data: Json) -> bool:
    """Whether author or moderators took the text away. Somebody who really writes "[removed]" has a name."""
    text = data.get("body", data.get("selftext"))
    return bool(data.get("removed_by_category")) or (text in ERASED and _read_author(data) is None)


def _read_text(data: Json) -> str:
    return "\n\n".join(part for part in (str(data["title"]), str(data.get("selftext") or "")) if part)


def _read_crosspost(data: Json) -> tuple[str | None, bool]:
    """The submission that one repeats elsewhere, and whether it does so without a title of its own."""
    titles = [each.get("title") for each in items(data.get("crosspost_parent_list"))]
    return word(data.get("crosspost_parent")), data.get("title") in titles


def _read_author(data: Json) -> Author | None:
    name = data.get("author")
    if not name or name in ERASED:
        return None
    return Author(id=str(data.get("author_fullname") or name), handle=str(name))


def _read_url(data: Json) -> str:
    """Items of the inbox have no permalink, only the context they were written in."""
    path = data.get("permalink") or str(data.get("context") or "").partition("?")[0]
    return SITE + path if path.startswith("/") else ""


def _read_extra(data: Json) -> dict[str, Any]:
    kept = {"subreddit": data.get("subreddit"), "title": data.get("title") or data.get("link_title")}
    return {name: str(value) for name, value in kept.items() if value}
