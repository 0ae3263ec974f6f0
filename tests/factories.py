"""Rows for tests, sensible where a test does not say otherwise."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from monitor import users
from monitor.brands import ensure_brand
from monitor.judging.press import due_at, press
from monitor.models import Author, Mention, User
from monitor.settings import BrandSettings
from sources.base import Author as PostAuthor
from sources.base import Post

numbers = count(1)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def make_post(text: str = "My card was charged twice", **fields: Any) -> Post:
    """A post by a new author, an hour old at noon."""
    number = next(numbers)
    given = {
        "source": "x",
        "id": str(1_000_000 + number),
        "author": PostAuthor(str(number), f"dana{number}", "Dana R."),
        "created_at": NOON - timedelta(hours=1),
        "url": f"https://x.example/dana{number}/status/{number}",
    }
    return Post(text=text, **{**given, **fields})


def make_user(session: Session, name: str = "Ana", role: str = "agent") -> User:
    return users.add_user(session, name, role, NOON)


def make_author(session: Session, source: str, handle: str, name: str) -> Author:
    number = str(next(numbers))
    author = Author(source=source, platform_id=number, handle=handle or f"dana{number}", name=name, followers=1_200)
    session.add(author)
    session.flush()
    return author


def make_mention(
    session: Session,
    text: str = "My card was charged twice",
    urgency: str | None = "normal",
    sentiment: str | None = "negative",
    need: str | None = "billing",
    posted_at: datetime = NOON - timedelta(hours=1),
    handle: str = "",
    name: str = "Dana R.",
    source: str = "x",
    brand: str = "Aurora Air",
    **fields: Any,
) -> Mention:
    """A judged, open mention; `urgency=None` leaves it unjudged. Other columns may be given by name."""
    author = make_author(session, source, handle, name)
    due = due_at(urgency, posted_at, BrandSettings(name=brand)) if urgency else None
    rank, at = press(urgency, due, posted_at, answered="first_reply_at" in fields)
    given = {
        "brand_id": ensure_brand(session, brand, NOON).id,
        "author_id": author.id,
        "source": source,
        "post_id": author.platform_id,
        "root_post_id": author.platform_id,
        "text": text,
        "url": f"https://x.example/{author.handle}/status/{author.platform_id}",
        "posted_at": posted_at,
        "collected_at": posted_at + timedelta(seconds=30),
        "due_at": due,
        "press_rank": rank,
        "press_at": at,
    }
    if urgency:
        judged_at = posted_at + timedelta(seconds=31)
        given |= {"urgency": urgency, "sentiment": sentiment, "need": need, "judged_at": judged_at}
        given |= {"abuse": False, "model": "test"}
    mention = Mention(**{**given, **fields})
    session.add(mention)
    session.flush()
    return mention
