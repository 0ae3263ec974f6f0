"""Posts that other programs bring: who may bring them, and one delivery as one transaction."""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.collecting.ingest import Ingested, ingest_posts
from monitor.configuration import ConfigError, secret
from monitor.desk import DeskError, Invalid, NotFound
from monitor.models import Brand, Feed, Poll
from monitor.settings import BrandSettings, FeedSettings, Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Post
from sources.rows import BadRow, parse_json, parse_row

SOURCE = "webhook"
TOLERANCE = timedelta(minutes=5)  # how far the sender's clock, and a delivery's age, may be off
MOST_TROUBLES = 100  # sentences about bad rows in one answer


class Unsigned(DeskError):
    """A delivery that does not prove who sent it, or when."""


@dataclass(frozen=True)
class Delivery:
    """A request as it came: its body, and what its two headers say."""

    body: bytes
    timestamp: str
    signature: str


@dataclass
class Delivered:
    """What became of the rows; `read` is the sum of the other counts. `troubles`: a sentence for each rejected row."""

    read: int = 0
    stored: int = 0
    duplicates: int = 0
    edited: int = 0
    ignored: int = 0  # our own posts, and posts that the brand's terms rule out
    rejected: int = 0
    troubles: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def receive(
    store: Store,
    settings: Settings,
    name: str,
    delivery: Delivery,
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> Delivered:
    """Check a delivery for the webhook of that name and store its rows: all that are good, in one transaction.

    Raises `NotFound`, `Unsigned`, `Invalid` for a body that holds no rows, and `ConfigError` where no secret is set.
    """
    brand, feed = find_webhook(settings, name)
    check_signature(delivery, find_secret(feed, environment), now)
    posts, troubles = read_posts(delivery.body)
    with store.write() as session:
        done = store_posts(session, posts, brand, feed, now)
    total = len(posts) + len(troubles)
    counts = (done.stored, done.duplicates + done.echoes, done.edited, done.ignored)
    return Delivered(total, *counts, len(troubles), troubles[:MOST_TROUBLES])


def find_webhook(settings: Settings, name: str) -> tuple[BrandSettings, FeedSettings]:
    """The webhook feed of that name, or the only one of the brand of that name. Raises `NotFound`."""
    webhooks = [(brand, feed) for brand in settings.brands for feed in brand.feeds if feed.source == SOURCE]
    for found in (
        [pair for pair in webhooks if pair[1].name == name],
        [pair for pair in webhooks if pair[0].name.casefold() == name.casefold()],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"There are {len(found)} webhooks that '{name}' could mean; give their feeds other names.")
    raise NotFound(f"There is no webhook named '{name}'; it is the name of a feed with source = \"{SOURCE}\".")


def find_secret(feed: FeedSettings, environment: Mapping[str, str]) -> bytes:
    """The key that a feed's deliveries are signed with. Raises `ConfigError` that names the variable to set."""
    prefix = re.sub(r"[^A-Za-z0-9]+", "_", feed.credentials or feed.name).strip("_").upper()
    found = secret("secret", prefix, environment)
    if not found:
        raise ConfigError(f"The webhook {feed.name} needs MENTIONDESK_{prefix}_SECRET.")
    return found.encode()


def sign(key: bytes, timestamp: str, body: bytes) -> str:
    """What the signature's header must say: HMAC-SHA256 over timestamp, a full stop and body.

    The time is part of it, or an old delivery could be sent again under a new one.
    """
    return "sha256=" + hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_signature(delivery: Delivery, key: bytes, now: datetime) -> None:
    """Raises `Unsigned`."""
    if not re.fullmatch(r"[0-9]{1,11}", delivery.timestamp):
        raise Unsigned("Send X-Mentiondesk-Timestamp: the time in whole seconds since 1970.")
    expected = sign(key, delivery.timestamp, delivery.body)
    if not hmac.compare_digest(expected.encode(), delivery.signature.encode()):
        raise Unsigned("X-Mentiondesk-Signature does not fit the timestamp, the body and our secret.")
    if abs(now - datetime.fromtimestamp(int(delivery.timestamp), UTC)) > TOLERANCE:
        raise Unsigned("X-Mentiondesk-Timestamp is more than 5 minutes from our time; set the clock and sign again.")


def read_posts(body: bytes) -> tuple[list[Post], list[str]]:
    """The posts of a body, and a sentence for each row that is none. Raises `Invalid` where it is no JSON of rows."""
    value = parse_json(body)
    if isinstance(value, BadRow):
        raise Invalid("The body is not valid JSON.")
    if not isinstance(value, list | dict):
        raise Invalid("The body must be a row or a list of rows, in the form of an import.")
    posts, troubles = [], []
    for number, row in enumerate(value if isinstance(value, list) else [value], 1):
        try:
            posts.append(parse_row(row, SOURCE))
        except BadRow as trouble:
            troubles.append(f"row {number}: {trouble}")
    return posts, troubles


def store_posts(
    session: Session, posts: list[Post], brand: BrandSettings, settings: FeedSettings, now: datetime
) -> Ingested:
    """Store the posts, and enter the delivery into the ledger as a poll's line."""
    row = session.scalars(select(Brand).where(Brand.name == brand.name)).one()
    feed = session.scalars(select(Feed).where(Feed.brand_id == row.id, Feed.name == settings.name)).one()
    done = ingest_posts(session, posts, row, brand, now, feed.id)
    session.add(Poll(feed_id=feed.id, started_at=now, finished_at=now, pages=1, read=len(posts), **vars(done)))
    if feed.state != FeedState.READING:
        feed.state, feed.state_reason, feed.state_since, feed.failures = FeedState.READING, "", now, 0
    feed.read_at = now
    return done
