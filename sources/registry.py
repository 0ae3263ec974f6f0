"""The table of sources: a name and where its class is, imported when first used; and those that others install."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

from pydantic import ValidationError

from sources.base import Misconfigured, Source

SOURCES = {
    "x": "sources.x:X",
    "reddit": "sources.reddit:Reddit",
    "hackernews": "sources.hackernews:HackerNews",
    "rss": "sources.rss:Rss",
    "webhook": "sources.webhook:Webhook",
    "bluesky": "sources.bluesky:Bluesky",
    "mastodon": "sources.mastodon:Mastodon",
    "youtube": "sources.youtube:YouTube",
    "facebook": "sources.meta:Facebook",
    "instagram": "sources.meta:Instagram",
    "appstore": "sources.appstore:AppStore",
    "googleplay": "sources.googleplay:GooglePlay",
    "sample": "sources.sample:Sample",
}
# As people call them: whoever only names a platform must not have to import its client.
TITLES = {
    "x": "X",
    "reddit": "Reddit",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "hackernews": "Hacker News",
    "rss": "RSS",
    "youtube": "YouTube",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "appstore": "App Store",
    "googleplay": "Google Play",
    "webhook": "Webhook",
    "sample": "Demo",
}
PUSHED = frozenset({"webhook"})  # sources that posts are brought to; they are never polled
GROUP = "mentiondesk.sources"  # the entry points of packages that bring a source of their own


def source_names() -> list[str]:
    """Every source that a feed may name."""
    return sorted({*SOURCES, *entry_points(group=GROUP).names})


def source_class(name: str) -> type[Source]:
    """The class of a source; ours go before installed ones of the same name. Raises `Misconfigured` for any other."""
    if name in SOURCES:
        module, attribute = SOURCES[name].split(":")
        return cast(type[Source], getattr(import_module(module), attribute))
    for point in entry_points(group=GROUP, name=name):
        return cast(type[Source], point.load())
    raise Misconfigured(f"There is no source '{name}'; there are {', '.join(source_names())}.")


def build(name: str, options: Mapping[str, Any], credentials: Mapping[str, str]) -> Source:
    """A source ready to fetch. `options` as in its `Options`; `credentials` by the names in its `credentials`.

    Raises `Misconfigured` for options that cannot be.
    """
    kind = source_class(name)
    try:
        checked = kind.Options(**options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Misconfigured(f"{place}: {first['msg'].removeprefix('Value error, ')}.") from None
    return cast(Source, cast(Any, kind)(checked, credentials))
