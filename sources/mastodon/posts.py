"""Mastodon's statuses as posts: HTML to text, and ids that say which server gave them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sources.backwards import Batch
from sources.base import Author, Post, Transient
from sources.markup import to_text
from sources.values import mapping, whole, word

# Numbers at Mastodon, 16 to 32 letters and digits at other servers.
ID = re.compile(r"(?P<local>[0-9]{1,20}|[A-Za-z0-9]{16,32})@(?P<host>[^@\s/]+)")
# Servers put a link to a quoted post into the text, for those that cannot show quotes.
QUOTE = re.compile(r'<p class="quote-inline">.*?</p>', re.DOTALL)
Json = Mapping[str, Any]


def find_local(id: str, host: str) -> str | None:
    """The id as the server itself knows it; None for what is none, or was given by another server."""
    match = ID.fullmatch(id)
    return match["local"] if match and match["host"] == host else None


def read_batch(found: Any, host: str) -> tuple[Batch, str | None]:
    """Statuses or notifications, newest first, and the id to go on below. Raises `Transient` where it is no list."""
    if not isinstance(found, list):
        raise Transient("The Mastodon server answered without the list that was asked for.")
    batch, last = Batch(), None
    for item in found:
        try:
            last = find_local(_spell_id(item["id"], host), host)
            _add(batch, item, host)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            batch.unread.append(f"{type(error).__name__} {error}")
    if found and last is None:
        raise Transient("The Mastodon server answered with posts that have no ids.")
    return batch, last


def _add(batch: Batch, item: Json, host: str) -> None:
    """A notification holds its status, None where that was deleted; it is listed by its own time."""
    at = read_time(item["created_at"]).timestamp()
    status = item["status"] if "type" in item else item
    if status is not None:
        batch.posts.append(read_status(status, host))
    batch.oldest, batch.newest = at, max(at, batch.newest or at)


def read_status(status: Json, host: str) -> Post:
    """One post. Raises `KeyError`, `TypeError` or `ValueError` where it is none."""
    id, parent = _spell_id(status["id"], host), status.get("in_reply_to_id")
    return Post(
        source="mastodon",
        id=id,
        text=read_text(status),
        author=_read_author(mapping(status["account"]), host),
        created_at=read_time(status["created_at"]),
        url=_read_url(status),
        in_reply_to=_spell_id(parent, host) if parent else None,
        thread_id=None if parent else id,  # the root of a reply is not told; its thread shows it
        lang=word(status.get("language")),
        likes=whole(status.get("favourites_count")),
        reposts=whole(status.get("reblogs_count")),
        edited=bool(status.get("edited_at")),
        repost_of=_find_id(status.get("reblog"), host),
        quote_of=_find_id(mapping(status.get("quote")).get("quoted_status"), host),
        extra=_read_extra(status),
    )


def read_text(status: Json) -> str:
    """The content warning, which authors use as a headline, and the text."""
    content = status["content"]
    if not isinstance(content, str):
        raise TypeError("content that is no text")
    text = to_text(QUOTE.sub("", content) if status.get("quote") else content)
    return "\n\n".join(part for part in (str(status.get("spoiler_text") or "").strip(), text) if part)


def read_time(value: Any) -> datetime:
    """Aware UTC from ISO 8601. Raises `TypeError` or `ValueError`."""
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _read_author(account: Json, host: str) -> Author:
    """Accounts keep their address for life; local ones leave out the server."""
    address = str(account["acct"])
    full = address if "@" in address else f"{address}@{host}"
    name = word(account.get("display_name")) or ""
    return Author(id=full.casefold(), handle=full, name=str(name), followers=whole(account.get("followers_count")))


def _read_url(status: Json) -> str:
    url = str(status.get("url") or status.get("uri") or "")
    return url if url.startswith(("https://", "http://")) else ""


def _find_id(status: Any, host: str) -> str | None:
    id = mapping(status).get("id")
    return _spell_id(id, host) if id else None


def _spell_id(local: Any, host: str) -> str:
    if not isinstance(local, str) or not ID.fullmatch(f"{local}@{host}"):
        raise ValueError(f"no id: {str(local)[:100]}")
    return f"{local}@{host}"


def _read_extra(status: Json) -> dict[str, Any]:
    """The post's address in the whole network, who may see it, and when it was edited."""
    kept = {name: status.get(name) for name in ("uri", "visibility", "edited_at")}
    return {name: str(value) for name, value in kept.items() if value}
