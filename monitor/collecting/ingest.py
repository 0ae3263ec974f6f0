"""Posts become mentions: each stored once for a brand, edits kept as editions, in the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from monitor.cleaning import cut, printable, safe_url
from monitor.collecting.ageing import next_recheck
from monitor.collecting.echoes import keep_echoes
from monitor.collecting.relevance import ignore_reason
from monitor.judging.press import press
from monitor.models import Activity, Author, Brand, Edition, Mention
from monitor.privacy.known import find_forgotten
from monitor.settings import BrandSettings
from monitor.signals.marking import mark_posts
from monitor.store import insert
from monitor.words import Happened, Status
from sources.base import Post

AuthorKey = tuple[str, str]  # source, platform id
PostKey = tuple[str, str]  # source, root post id


@dataclass
class Ingested:
    """What became of a batch of posts; every one is in exactly one of the counts."""

    stored: int = 0
    duplicates: int = 0
    edited: int = 0
    ignored: int = 0
    echoes: int = 0  # reposts

    def __iadd__(self, other: "Ingested") -> "Ingested":
        self.stored += other.stored
        self.duplicates += other.duplicates
        self.edited += other.edited
        self.ignored += other.ignored
        self.echoes += other.echoes
        return self


def ingest_posts(
    session: Session,
    posts: Sequence[Post],
    brand: Brand,
    settings: BrandSettings,
    now: datetime,
    feed_id: int | None = None,
    *,
    billed: bool = False,
) -> Ingested:
    """Store what is new about the brand, in order of posting. Imported posts (no feed) are taken as they are.

    A repost is reach of its original and no work; a quote is both. `billed` says that asking about a post again costs.
    """
    wanted = [post for post in posts if feed_id is None or not ignore_reason(post, settings)]
    words = [post for post in wanted if not post.repost_of]
    newest = find_newest(session, words, brand.id)
    rows = mention_rows(session, newest.values(), brand.id, feed_id, now)
    if feed_id is not None:
        rows = [{**row, "recheck_at": next_recheck(row["posted_at"], now, billed)} for row in rows]
    fresh = insert_mentions(session, rows)
    write_down(session, fresh, now)
    mark_around(session, newest, fresh, brand.id, now)
    known = [post for key, post in newest.items() if key not in fresh]
    edited = store_editions(session, known, brand.id, now)
    keep_echoes(session, [post for post in wanted if post.repost_of or post.quote_of], brand.id, now)
    return Ingested(
        stored=len(fresh),
        duplicates=len(words) - len(fresh) - edited,
        edited=edited,
        ignored=len(posts) - len(wanted),
        echoes=len(wanted) - len(words),
    )


def find_newest(session: Session, posts: Iterable[Post], brand_id: int) -> dict[PostKey, Post]:
    """The last edition of each post, in order of posting, without those that the brand has forgotten."""
    newest = {key_of(post): post for post in sorted(posts, key=lambda post: post.created_at)}
    for key in find_forgotten(session, newest, brand_id):
        del newest[key]
    return newest


def key_of(post: Post) -> PostKey:
    return post.source, cut(post.root_id)


def store_authors(session: Session, posts: Iterable[Post]) -> dict[AuthorKey, int]:
    """Insert or refresh the authors of a batch; their row ids by key."""
    rows = {
        (post.source, cut(author.id)): {
            "source": post.source,
            "platform_id": cut(author.id),
            "handle": cut(printable(author.handle)),
            "name": printable(author.name)[:500],
            "followers": author.followers,
        }
        for post in posts
        if (author := post.author)
    }
    if not rows:
        return {}
    statement = insert(session, Author)
    statement = statement.on_conflict_do_update(
        index_elements=["source", "platform_id"],
        set_={
            "handle": statement.excluded.handle,
            "name": statement.excluded.name,
            "followers": statement.excluded.followers,
        },
    ).returning(Author.source, Author.platform_id, Author.id)
    return {(row.source, row.platform_id): row.id for row in session.execute(statement, list(rows.values()))}


def mention_rows(
    session: Session, posts: Collection[Post], brand_id: int, feed_id: int | None, now: datetime
) -> list[dict[str, Any]]:
    """The rows of posts, whose authors are stored."""
    authors = store_authors(session, posts)
    return [mention_row(post, authors, brand_id, feed_id, now) for post in posts]


def mention_row(
    post: Post, authors: dict[AuthorKey, int], brand_id: int, feed_id: int | None, now: datetime
) -> dict[str, Any]:
    posted_at = min(post.created_at, now)  # a clock that is ahead must put off no promise and hide no mention
    rank, at = press(None, None, posted_at, answered=False)
    return {
        "brand_id": brand_id,
        "feed_id": feed_id,
        "author_id": authors.get((post.source, cut(post.author.id))) if post.author else None,
        "source": post.source,
        "post_id": cut(post.id),
        "root_post_id": cut(post.root_id),
        "thread_id": post.thread_id and cut(post.thread_id),
        "in_reply_to": post.in_reply_to and cut(post.in_reply_to),
        "text": printable(post.text),
        "url": safe_url(post.url),
        "lang": post.lang and post.lang[:20],
        "likes": post.likes,
        "reposts": post.reposts,
        "extra": dict(post.extra),
        "posted_at": posted_at,
        "collected_at": now,
        "status": Status.OPEN,
        "press_rank": rank,
        "press_at": at,
    }


def insert_mentions(session: Session, rows: list[dict[str, Any]]) -> dict[PostKey, int]:
    """Insert those that are new for the brand; only they come back, by their key."""
    if not rows:
        return {}
    statement = (
        insert(session, Mention)
        .on_conflict_do_nothing(index_elements=["source", "root_post_id", "brand_id"])
        .returning(Mention.source, Mention.root_post_id, Mention.id)
    )
    return {(row.source, row.root_post_id): row.id for row in session.execute(statement, rows)}


def write_down(session: Session, fresh: Mapping[PostKey, int], now: datetime) -> None:
    """The first line of each new mention in the audit trail."""
    session.add_all(
        Activity(at=now, happened=Happened.COLLECTED, mention_id=mention_id, data={"source": source})
        for (source, _), mention_id in fresh.items()
    )


def mark_around(
    session: Session, posts: Mapping[PostKey, Post], fresh: Collection[PostKey], brand_id: int, now: datetime
) -> None:
    """What the new posts answer, and where their conversations began, is weighed again."""
    new = [posts[key] for key in fresh]
    parents = {(post.source, post.in_reply_to and cut(post.in_reply_to)) for post in new}
    threads = {(post.source, post.thread_id and cut(post.thread_id)) for post in new}
    mark_posts(session, (parents | threads) - posts.keys(), brand_id, now)


def store_editions(session: Session, posts: Sequence[Post], brand_id: int, now: datetime) -> int:
    """Keep the earlier text of each known mention whose post says something else now, and have it judged again."""
    by_key = {key_of(post): post for post in posts}
    known = session.execute(
        select(Mention.id, Mention.source, Mention.root_post_id, Mention.post_id, Mention.text).where(
            Mention.brand_id == brand_id,
            Mention.status != Status.GONE,
            tuple_(Mention.source, Mention.root_post_id).in_(list(by_key)),
        )
    ).all()
    changed = [(row, by_key[row.source, row.root_post_id]) for row in known]
    changed = [(row, post) for row, post in changed if is_newer_edition(row.post_id, row.text, post)]
    for row, post in changed:
        session.add(Edition(mention_id=row.id, post_id=row.post_id, text=row.text, replaced_at=now))
        session.add(Activity(at=now, happened=Happened.EDITED, mention_id=row.id, data={}))
        values = {"post_id": cut(post.id), "text": printable(post.text), "judged_at": None, "triage_error": None}
        session.execute(update(Mention).where(Mention.id == row.id).values(values))
    return len(changed)


def is_newer_edition(known_id: str, known_text: str, post: Post) -> bool:
    """An overlap can bring an older edition back; a platform that gives each edition an id counts them upwards."""
    if printable(post.text) == known_text:
        return False
    return known_id == post.id or not (known_id.isdigit() and post.id.isdigit()) or int(post.id) > int(known_id)
