"""How atproto writes things: accounts, records and their keys, times, tokens."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

COLLECTION = "app.bsky.feed.post"
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass
class Record:
    """A post. `at`: the author's own date; `indexed_at`: when Bluesky saw it, and the search shows it."""

    uri: str
    text: str
    author: str
    at: datetime
    indexed_at: datetime
    lang: str = "en"
    parent: str | None = None
    root: str | None = None
    quote: str | None = None
    hidden: bool = False  # its author blocks us
    facets: list[Any] = field(default_factory=list)

    @property
    def sorted_at(self) -> datetime:
        return min(self.at, self.indexed_at)


def find_did(handle: str) -> str:
    """The account of a handle, the same at every time."""
    return "did:plc:" + base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()[:24]


def find_cid(uri: str) -> str:
    digest = hashlib.sha256(uri.encode()).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")


def show_author(handle: str) -> dict[str, Any]:
    full = handle if "." in handle else f"{handle}.bsky.example"
    return {"did": find_did(handle), "handle": full, "displayName": handle.title()}


def show_record(post: Record) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": COLLECTION,
        "text": post.text,
        "createdAt": spell(post.at),
        "langs": [post.lang],
        "facets": post.facets,
    }
    if post.parent:
        refer = {
            name: {"uri": uri, "cid": find_cid(uri)}
            for name, uri in (("root", post.root), ("parent", post.parent))
            if uri
        }
        record["reply"] = refer
    if post.quote:
        record["embed"] = {"$type": "app.bsky.embed.record", "record": {"uri": post.quote, "cid": find_cid(post.quote)}}
    return record


def spell(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def spell_key(at: datetime, sequence: int) -> str:
    """A TID: 13 letters for the microsecond and a number."""
    number = (int(at.timestamp() * 1_000_000) << 10) + sequence % 1024
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
