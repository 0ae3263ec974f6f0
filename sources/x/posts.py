"""X's JSON as posts: snowflake ids and both vocabularies, the older `tweet` and the newer `post`."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sources.base import Author, Post
from sources.values import items, mapping, whole, word

EPOCH_MS = 1_288_834_974_657  # 4 November 2010, the zero of snowflake ids
LARGEST_ID = 1 << 63  # what is larger is no snowflake, and of no time that there is
Json = Mapping[str, Any]


def time_of(id: int) -> datetime:
    """When a post was created, to the millisecond, from its snowflake id."""
    return datetime.fromtimestamp(((id >> 22) + EPOCH_MS) / 1000, UTC)


def first_id(at: datetime) -> int:
    """The lowest id that a post created at this moment can have."""
    return max(int(at.timestamp() * 1000) - EPOCH_MS, 0) << 22


def shift_id(id: int, by: timedelta) -> int:
    """The id as far before or after this one as `by` says."""
    return max(id + (int(by.total_seconds() * 1000) << 22), 0)


@dataclass
class Batch:
    """The posts of one answer, the ids of all its items, and why each item without a post has none."""

    posts: list[Post] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_batch(body: Json) -> Batch:
    """Posts of `data` (a list or one), with authors and originals from `includes`. Never raises for an odd item."""
    includes = mapping(body.get("includes"))
    users = _by_id(includes.get("users"))
    originals = _by_id(_either(includes, "tweets", "posts"))
    found = items(body.get("data"))
    ids = [int(item["id"]) for item in found if str(item.get("id", "")).isdecimal()]
    batch = Batch(ids=[id for id in ids if id < LARGEST_ID])
    for item in found:
        try:
            batch.posts.append(read_post(item, users, originals))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            batch.unread.append(f"{item.get('id', 'no id')}: {type(error).__name__} {error}")
    return batch


def read_post(item: Json, users: Mapping[str, Json], originals: Mapping[str, Json]) -> Post:
    """One post. Raises `KeyError` or `ValueError` where it has no id or an unreadable time."""
    id = str(int(item["id"]))
    author = _read_author(item.get("author_id"), users)
    history = _read_history(item, id)
    references = {each.get("type"): str(each.get("id")) for each in _references(item)}
    counts = mapping(item.get("public_metrics"))
    return Post(
        source="x",
        id=id,
        root_id=history[0],
        text=_read_text(item, references.get("retweeted"), originals),
        author=author,
        created_at=_read_time(item.get("created_at"), id),
        url=f"https://x.com/{author.handle if author and author.handle != author.id else 'i'}/status/{id}",
        in_reply_to=references.get("replied_to"),
        thread_id=word(item.get("conversation_id")),
        lang=word(item.get("lang")),
        likes=whole(counts.get("like_count")),
        reposts=whole(_either(counts, "retweet_count", "repost_count")),
        edited=len(history) > 1,
        repost_of=_find_root(references.get("retweeted"), originals),
        quote_of=_find_root(references.get("quoted"), originals),
        extra=_read_extra(item, history),
    )


def _read_text(item: Json, original_id: str | None, originals: Mapping[str, Json]) -> str:
    """The long form where there is one, unescaped. A retweet's own text is cut, so its original's is used if sent."""
    text = html.unescape(_full_text(item))
    original = originals.get(original_id or "")
    if original is None:
        return text
    prefix = text.partition(":")[0] if text.startswith("RT @") else "RT"
    return f"{prefix}: {html.unescape(_full_text(original))}"


def _full_text(item: Json) -> str:
    long = mapping(_either(item, "note_tweet", "note_post"))
    return str(long.get("text") or item.get("text") or "")


def _read_author(id: Any, users: Mapping[str, Json]) -> Author | None:
    """None where X names nobody. An id without its user (suspended, or not sent along) stands for the handle too."""
    if not id:
        return None
    user = users.get(str(id), {})
    followers = whole(mapping(user.get("public_metrics")).get("followers_count"))
    return Author(str(id), str(user.get("username") or id), html.unescape(str(user.get("name") or "")), followers)


def _read_time(stated: Any, id: str) -> datetime:
    return datetime.fromisoformat(stated).astimezone(UTC) if stated else time_of(int(id))


def _find_root(id: str | None, originals: Mapping[str, Json]) -> str | None:
    """The first edition of a referenced post where X sent it along, else the edition that is referenced."""
    return id and _read_history(originals.get(id, {}), id)[0]


def _read_history(item: Json, id: str) -> list[str]:
    return _strings(_either(item, "edit_history_tweet_ids", "edit_history_post_ids")) or [id]


def _read_extra(item: Json, history: list[str]) -> dict[str, Any]:
    """What later steps use: all editions, and where the post is withheld."""
    kept = {"editions": history if len(history) > 1 else None, "withheld": item.get("withheld")}
    return {name: value for name, value in kept.items() if value}


def _references(item: Json) -> Iterable[Json]:
    return items(_either(item, "referenced_tweets", "referenced_posts"))


def _either(item: Json, older: str, newer: str) -> Any:
    return item[older] if older in item else item.get(newer)


def _by_id(value: Any) -> dict[str, Json]:
    return {str(each["id"]): each for each in items(value) if "id" in each}


def _strings(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
