"""Brands and feeds as rows, kept equal to the configuration."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.models import Brand, Feed
from monitor.settings import BrandSettings, FeedSettings, Settings
from monitor.store import take_turn


def sync_settings(session: Session, settings: Settings, now: datetime) -> None:
    """Make a row for every configured brand and feed; feeds that the configuration dropped rest, with all they know."""
    take_turn(session.connection())
    kept = []
    for brand_settings in settings.brands:
        brand = ensure_brand(session, brand_settings.name, now)
        kept += [ensure_feed(session, brand, feed, now) for feed in brand_settings.feeds]
    session.flush()
    session.execute(update(Feed).where(Feed.id.not_in([feed.id for feed in kept])).values(enabled=False))


def ensure_brand(session: Session, name: str, now: datetime) -> Brand:
    brand = session.scalar(select(Brand).where(Brand.name == name))
    if brand is None:
        brand = Brand(name=name, created_at=now)
        session.add(brand)
        session.flush()
    return brand


def ensure_feed(session: Session, brand: Brand, settings: FeedSettings, now: datetime) -> Feed:
    feed = session.scalar(select(Feed).where(Feed.brand_id == brand.id, Feed.name == settings.name))
    if feed is None:
        feed = Feed(brand_id=brand.id, name=settings.name, source=settings.source, next_poll_at=now, state_since=now)
        session.add(feed)
    elif feed.source != settings.source:
        feed.source, feed.cursor = settings.source, None  # another platform cannot read the old cursor
    feed.enabled = True
    return feed


def feed_limit(settings: Settings, brand: str, feed: str) -> Decimal | None:
    """What a feed may cost a month, in US dollars; None where nothing limits it."""
    configured = feed_settings(settings, brand, feed)
    return configured[1].budget.usd if configured and configured[1].budget else None


def feed_settings(settings: Settings, brand: str, feed: str) -> tuple[BrandSettings, FeedSettings] | None:
    """The configuration of a feed row; None where it has gone from the file."""
    found = settings.brand(brand)
    return next(((found, one) for one in found.feeds if one.name == feed), None)
