"""The contract's table: for every source, how to build it on the fakes and how to make posts there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.platforms import Platforms
from tests.platforms.appstore import APP
from tests.platforms.googleplay import APP as PACKAGE
from tests.platforms.meta import ACCOUNT, PAGE
from tests.platforms.youtube import VIDEO

BRAND = {"terms": ["aurora air"], "handle": "auroraair"}


@dataclass(frozen=True)
class Row:
    """One source. `post` puts a post about the brand on its platform and returns its id; None where none can be put."""

    name: str
    options: Callable[[Platforms], dict[str, Any]]
    credentials: Callable[[Platforms], dict[str, str]]
    needs: str = ""  # the environment variable that a missing credential is told by
    post: Callable[[Platforms, str], str] | None = None
    delete: Callable[[Platforms, str], None] | None = None
    answer: Callable[[Platforms, str, str], str] | None = None  # (platforms, to, text): a public answer; its id


def _start_of_demo() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


ROWS = (
    Row(
        "x",
        options=lambda platforms: BRAND | platforms.x_options,
        credentials=lambda platforms: platforms.x_credentials,
        needs="MENTIONDESK_X_BEARER_TOKEN",
        post=lambda platforms, text: platforms.x.post(text),
        delete=lambda platforms, id: platforms.x.delete(id),
        answer=lambda platforms, to, text: platforms.x.post(text, reply_to=to),
    ),
    Row(
        "reddit",
        options=lambda platforms: BRAND | {"subreddits": ["flights"]} | platforms.reddit_options,
        credentials=lambda platforms: platforms.reddit_credentials,
        needs="MENTIONDESK_REDDIT_CLIENT_ID and MENTIONDESK_REDDIT_CLIENT_SECRET",
        post=lambda platforms, text: platforms.reddit.post(text),
        delete=lambda platforms, id: platforms.reddit.delete(id),
        answer=lambda platforms, to, text: platforms.reddit.post(text, parent=to),
    ),
    Row(
        "hackernews",
        options=lambda platforms: BRAND | platforms.hackernews_options,
        credentials=lambda platforms: {},
        post=lambda platforms, text: platforms.hackernews.post(text),
        delete=lambda platforms, id: platforms.hackernews.delete(id),
        answer=lambda platforms, to, text: platforms.hackernews.post(text, parent=to),
    ),
    Row(
        "bluesky",
        options=lambda platforms: BRAND | platforms.bluesky_options,
        credentials=lambda platforms: platforms.bluesky_credentials,
        needs="MENTIONDESK_BLUESKY_HANDLE and MENTIONDESK_BLUESKY_APP_PASSWORD",
        post=lambda platforms, text: platforms.bluesky.post(text),
        delete=lambda platforms, id: platforms.bluesky.delete(id),
        answer=lambda platforms, to, text: platforms.bluesky.post(text, reply_to=to),
    ),
    Row(
        "youtube",
        options=lambda platforms: BRAND | {"videos": [VIDEO]} | platforms.youtube_options,
        credentials=lambda platforms: platforms.youtube_credentials,
        needs="MENTIONDESK_YOUTUBE_API_KEY",
        post=lambda platforms, text: platforms.youtube.post(text),
        delete=lambda platforms, id: platforms.youtube.delete(id),
        answer=lambda platforms, to, text: platforms.youtube.post(text, parent=to),
    ),
    Row(
        "rss",
        options=lambda platforms: BRAND | platforms.rss_options,
        credentials=lambda platforms: {},
        post=lambda platforms, text: platforms.rss.post(text),
    ),
    Row(
        "mastodon",
        options=lambda platforms: BRAND | {"hashtags": ["#AuroraAir"]} | platforms.mastodon_options,
        credentials=lambda platforms: {},
        post=lambda platforms, text: platforms.mastodon.post(f"{text} #auroraair"),
        delete=lambda platforms, id: platforms.mastodon.delete(id),
        answer=lambda platforms, to, text: platforms.mastodon.post(text, reply_to=to),
    ),
    Row(
        "facebook",
        options=lambda platforms: BRAND | {"page": PAGE} | platforms.facebook_options,
        credentials=lambda platforms: platforms.meta_credentials,
        needs="MENTIONDESK_FACEBOOK_ACCESS_TOKEN",
        post=lambda platforms, text: platforms.facebook.post(text),
        delete=lambda platforms, id: platforms.facebook.delete(id),
        answer=lambda platforms, to, text: platforms.facebook.answer(to, text),
    ),
    Row(
        "instagram",
        options=lambda platforms: BRAND | {"account": ACCOUNT} | platforms.instagram_options,
        credentials=lambda platforms: platforms.meta_credentials,
        needs="MENTIONDESK_INSTAGRAM_ACCESS_TOKEN",
        post=lambda platforms, text: platforms.instagram.post(text),
        delete=lambda platforms, id: platforms.instagram.delete(id),
        answer=lambda platforms, to, text: platforms.instagram.post(text, parent=to),
    ),
    Row(
        "appstore",
        options=lambda platforms: BRAND | {"app": APP} | platforms.appstore_options,
        credentials=lambda platforms: {},
        post=lambda platforms, text: platforms.appstore.post(text),
        delete=lambda platforms, id: platforms.appstore.delete(id),
    ),
    Row(
        "googleplay",
        options=lambda platforms: BRAND | {"app": PACKAGE} | platforms.googleplay_options,
        credentials=lambda platforms: platforms.googleplay_credentials,
        needs="MENTIONDESK_GOOGLEPLAY_SERVICE_ACCOUNT",
        post=lambda platforms, text: platforms.googleplay.post(text),
        delete=lambda platforms, id: platforms.googleplay.delete(id),
    ),
    Row(
        "sample",
        options=lambda platforms: {"start": _start_of_demo()},
        credentials=lambda platforms: {},
    ),
)
