"""Reading a window of the past from the archives that a feed names (RFC 5005), document by document."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sources.base import Cost, Cursor, Gap, OutOfReach, Page, Post
from sources.meter import Meter
from sources.rss.entries import Batch, read_batch
from sources.rss.fetch import Document, join

MOST_DOCUMENTS = 100  # archives may point at each other


def reread(
    get: Callable[[str], Document], first: str, gap: Gap, cursor: Cursor, meter: Meter, now: datetime
) -> Iterator[Page]:
    """From the feed's own document to older ones, until one reaches below the gap or there is none before it.

    The cursor holds the address of the next document, `known_as` (the feed's, under which entries without ids of their
    own are kept) and how many were `read`. Raises `OutOfReach` where the feed names no archive.
    """
    cursor = cursor or {"url": first, "read": 0}
    while cursor and meter.page_size(1):
        document = get(cursor["url"])
        known_as = cursor.get("known_as", document.url)
        batch = read_batch(replace(document, url=known_as), now)
        meter.take(1, len(batch.posts))
        following = "" if reaches_below(batch, gap) else batch.older
        read = cursor["read"] + 1
        if (read == 1 and not batch.older) or read > MOST_DOCUMENTS:
            raise OutOfReach("The feed names no archive that reaches so far back.")
        cursor = {"url": join(document.url, following), "known_as": known_as, "read": read} if following else {}
        yield Page(choose(batch, gap), cursor, gap if is_doubtful(batch) else None, Cost(requests=1))


def choose(batch: Batch, gap: Gap) -> list[Post]:
    """The posts since the gap began, oldest first. Those without a date would pass for new ones."""
    since = gap.since or datetime.min.replace(tzinfo=UTC)
    dated = [post for post in batch.posts if post.id not in batch.undated and post.created_at >= since]
    return sorted(dated, key=lambda post: post.created_at)


def reaches_below(batch: Batch, gap: Gap) -> bool:
    dated = [post.created_at for post in batch.posts if post.id not in batch.undated]
    return gap.since is not None and bool(dated) and min(dated) < gap.since


def is_doubtful(batch: Batch) -> bool:
    """Whether the document may hold entries that were not read."""
    return bool(batch.undated or batch.unread) or not batch.whole
