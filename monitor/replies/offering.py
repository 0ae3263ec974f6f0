"""Whether a reply can be sent from here: by the mention's feed, its platform and our keys, known before it is tried."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from monitor.brands import feed_settings
from monitor.collecting.polling import source_for
from monitor.models import Mention
from monitor.replies.length import RULES, Rule
from monitor.replies.ours import is_to_us
from monitor.settings import Settings
from monitor.wording import platform_title
from sources.base import Capability, Misconfigured, Replying, Source, SourceError
from sources.registry import source_class


def why_not(
    session: Session,
    mention: Mention,
    settings: Settings,
    environment: Mapping[str, str],
    to_us: bool | None = None,
) -> str:
    """Why a reply to the mention cannot be sent from here, in a sentence; empty where it can.

    `to_us`: whether it answers a post of ours, where that is known.
    """
    try:
        source = source_of(mention, settings, environment)
        if isinstance(source, Replying):
            source.check_may_reply(mention.text, is_to_us(session, mention) if to_us is None else to_us)
    except SourceError as error:
        return str(error)
    return ""


def source_of(mention: Mention, settings: Settings, environment: Mapping[str, str]) -> Source:
    """The source through which a mention is answered. Raises `SourceError` where there is none that can."""
    if mention.feed is None:
        raise Misconfigured("It was imported; answer it where it was posted.")
    kind = source_class(mention.feed.source)
    if Capability.REPLY not in kind.capabilities:
        raise Misconfigured(f"Nothing can be sent through {platform_title(mention.feed.source)}.")
    configured = feed_settings(settings, mention.brand.name, mention.feed.name)
    if configured is None:
        raise Misconfigured(f"The configuration no longer has its feed '{mention.feed.name}'.")
    return source_for(*configured, environment)


def rule_of(mention: Mention, settings: Settings) -> Rule | None:
    """How long a reply may be; None where nobody says. A Mastodon server's own limit is the feed's `longest`."""
    rule = RULES.get(mention.source)
    configured = feed_settings(settings, mention.brand.name, mention.feed.name) if mention.feed else None
    longest = configured[1].options.get("longest") if configured else None
    if rule and isinstance(longest, int):
        rule = Rule(longest, rule.count, rule.threads)
    if rule and (first := put_first(mention)):
        rule = Rule(rule.most - rule.count(first), rule.count, rule.threads)
    return rule


def put_first(mention: Mention, text: str = "") -> str:
    """What goes out before the text: at Mastodon who is answered, unless the text names them. Hostile."""
    name = f"@{mention.author.handle}" if mention.source == "mastodon" and mention.author else ""
    return f"{name} " if name and name.casefold() not in text.casefold() else ""
