"""What of a feed's document is new since the last one, and what may have passed between the two.

A feed shows its newest entries and nothing else. The cursor therefore holds a fingerprint of every entry of the last
document, `{"seen": {key: fingerprint}, "left": [keys], "since": seconds, "at": seconds}`: what is not in it, or reads
otherwise, is new, whatever its date says. `left` are entries that were not handed over yet, the oldest from `since`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sources.base import Cursor, Gap, Post
from sources.rss.entries import Batch, digest

LATE = timedelta(hours=1)  # from an entry's date until its feed shows it


@dataclass(frozen=True)
class Sifted:
    """`fresh`: posts to store, oldest first. `prints`: every entry of the document, as the cursor keeps them."""

    fresh: list[Post]
    prints: dict[str, str]
    gaps: list[Gap]


def sift(batch: Batch, known: Cursor, begin: datetime, now: datetime) -> Sifted:
    """`known` is the cursor, empty on a first poll; that one passes over what is older than `begin`."""
    seen: dict[str, str] = known.get("seen", {})
    prints = {digest(post.id): fingerprint(post) for post in batch.posts} | dict.fromkeys(batch.unread, "")
    fresh = [post for post in batch.posts if seen.get(digest(post.id)) != fingerprint(post)]
    if not known:
        fresh = [post for post in fresh if post.created_at >= begin or post.id in batch.undated]
    oldest = min((post.created_at for post in fresh), default=now)
    gaps = [*_find_missed(seen, prints, known, oldest), *_tell_unread(batch, seen)]
    # Documents begin with the newest; of one second, which is all that a date tells, the last is the oldest.
    fresh.reverse()
    return Sifted(sorted(fresh, key=lambda post: post.created_at), prints, gaps)


def fingerprint(post: Post) -> str:
    """Changes with what a reader sees; not with the date, which some feeds renew all the time."""
    return digest(f"{post.text}\0{post.url}")[:8]


def _find_missed(seen: Cursor, prints: Cursor, known: Cursor, oldest: datetime) -> Iterator[Gap]:
    since = datetime.fromtimestamp(known.get("since") or known.get("at") or 0.0, UTC) - LATE
    lost = len(set(known.get("left", ())) - prints.keys())
    if seen and prints and not seen.keys() & prints.keys():
        yield Gap("The feed shows nothing that it showed last time; what came between may be missing.", since, oldest)
    elif lost:
        yield Gap(f"{lost} entries left the feed before they were read.", since, oldest)


def _tell_unread(batch: Batch, seen: Cursor) -> Iterator[Gap]:
    new = [reason for key, reason in batch.unread.items() if key not in seen]
    if new:
        yield Gap(f"{len(new)} entries of the feed could not be read ({new[0]}).")
