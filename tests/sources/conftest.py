"""Sources of an invented brand, built as the desk builds them but on the clock of the fake platforms."""

from collections.abc import Callable
from typing import Any

import pytest

from sources.bluesky.source import Bluesky, BlueskyOptions
from sources.mastodon.source import Mastodon, MastodonOptions
from sources.reddit.source import Reddit, RedditOptions
from sources.rss.source import Rss, RssOptions
from sources.x.source import X, XOptions
from tests.platforms import Platforms

BRAND = {"terms": ["aurora air", "@auroraair"]}


@pytest.fixture
def make_x(platforms: Platforms) -> Callable[..., X]:
    """Builds an X source; its arguments are options, `credentials` apart."""

    def make(credentials: dict[str, str] | None = None, **options: Any) -> X:
        given = {**BRAND, "handle": "auroraair", **platforms.x_options, **options}
        return X(XOptions(**given), credentials or platforms.x_credentials, platforms.clock.now)

    return make


@pytest.fixture
def make_reddit(platforms: Platforms) -> Callable[..., Reddit]:
    """Builds a Reddit source; its arguments are options, `credentials` apart."""

    def make(credentials: dict[str, str] | None = None, **options: Any) -> Reddit:
        given = {**BRAND, "handle": "u/AuroraAir", **platforms.reddit_options, **options}
        return Reddit(RedditOptions(**given), credentials or platforms.reddit_credentials, platforms.clock.now)

    return make


@pytest.fixture
def make_bluesky(platforms: Platforms) -> Callable[..., Bluesky]:
    """Builds a Bluesky source; its arguments are options, `credentials` apart."""

    def make(credentials: dict[str, str] | None = None, **options: Any) -> Bluesky:
        given = {"terms": ["aurora air"], "handle": "auroraair.example", **platforms.bluesky_options, **options}
        return Bluesky(BlueskyOptions(**given), credentials or platforms.bluesky_credentials, platforms.clock.now)

    return make


@pytest.fixture
def make_mastodon(platforms: Platforms) -> Callable[..., Mastodon]:
    """Builds a Mastodon source; its arguments are options, `credentials` apart, which are none unless given."""

    def make(credentials: dict[str, str] | None = None, **options: Any) -> Mastodon:
        given = {"terms": ["aurora air"], "handle": "auroraair", **platforms.mastodon_options, **options}
        return Mastodon(MastodonOptions(**given), credentials or {}, platforms.clock.now)

    return make


@pytest.fixture
def make_rss(platforms: Platforms) -> Callable[..., Rss]:
    """Builds an RSS source of a document of the fake; its other arguments are options."""

    def make(path: str = "feed.xml", **options: Any) -> Rss:
        url = f"{platforms.url}/rss/{path}"
        given = {"terms": ["aurora air"], "url": url, "allow_private": True, **options}
        return Rss(RssOptions(**given), {}, platforms.clock.now)

    return make
