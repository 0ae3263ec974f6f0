"""In which language a channel is told: its own, or that of the brand that it is told of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.models import Brand, Feed, Mention, Notification, Promise
from monitor.settings import ChannelSettings, Settings
from monitor.translating import SOURCE, Language
from monitor.translations import language


def language_for(
    session: Session, notification: Notification, channel: ChannelSettings, settings: Settings
) -> Language:
    """The channel's where it names one, otherwise the brand's; of several brands that of the first."""
    if channel.language:
        return language(channel.language)
    brand = find_brand(session, notification)
    return language(settings.brand(brand).language if brand else SOURCE)


def find_brand(session: Session, notification: Notification) -> str | None:
    """The name of the brand that is told of; None where that is not kept any more."""
    payload, name = notification.payload, select(Brand.name)
    if "brand_id" in payload:
        found = name.where(Brand.id == payload["brand_id"])
    elif "feed_id" in payload:
        found = name.join(Feed).where(Feed.id == payload["feed_id"])
    elif "promises" in payload:
        found = name.join(Mention).join(Promise).where(Promise.id.in_(payload["promises"])).order_by(Promise.id)
    else:
        ids = payload.get("mentions") or [notification.mention_id]
        found = name.join(Mention).where(Mention.id.in_(ids)).order_by(Mention.id)
    return session.scalar(found.limit(1))
