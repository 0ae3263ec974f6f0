"""The fake Bluesky speaks as Bluesky's own lexicons say, and so does what we send to it."""

from pathlib import Path
from typing import Any

import pytest
import requests

from sources.bluesky.source import Bluesky, BlueskyOptions
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.platforms.lexicon import Lexicons
from tests.sources.keeper import Keeper

FOLDER = Path(__file__).parents[3] / "shared" / "recorded" / "bluesky" / "lexicons"


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    if not FOLDER.is_dir():
        pytest.skip("the lexicons of ../shared/recorded/bluesky are not here")
    return Lexicons(FOLDER)


@pytest.fixture
def ids(platforms: Platforms) -> list[str]:
    """A thread with a reply, a quote, a post that is gone and one that is hidden from us."""
    fake = platforms.bluesky
    ours = fake.post("Our news about aurora air", author=HANDLE)
    reply = fake.post(f"@{HANDLE} aurora air?", reply_to=ours)
    answer = fake.post("aurora air, see above", reply_to=reply)
    hidden, gone = (fake.post("aurora air", reply_to=reply) for _ in range(2))
    fake.hide(hidden)
    fake.delete(gone)
    quote = fake.post("aurora air said this", quote=ours)
    return [ours, reply, answer, hidden, gone, quote]


def ask(platforms: Platforms, method: str, **params: Any) -> Any:
    url, given = f"{platforms.url}/bluesky/xrpc", platforms.bluesky_credentials
    data = {"identifier": given["handle"], "password": given["app_password"]}
    session = requests.post(f"{url}/com.atproto.server.createSession", json=data, timeout=5).json()
    if method.endswith("createSession"):
        return session
    headers = {"Authorization": f"Bearer {session['accessJwt']}"}
    return requests.get(f"{url}/{method}", params, headers=headers, timeout=5).json()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("com.atproto.server.createSession", {}),
        ("app.bsky.feed.searchPosts", {"q": "aurora air", "limit": 2}),
        ("app.bsky.notification.listNotifications", {"reasons": ["mention", "reply", "quote"], "limit": 1}),
        ("app.bsky.feed.getPosts", {"uris": 0}),
        ("app.bsky.feed.getPostThread", {"uri": 1}),
        ("app.bsky.feed.getPostThread", {"uri": 3}),
    ],
)
def test_an_answer_is_as_the_lexicon_says(
    platforms: Platforms, lexicons: Lexicons, ids: list[str], method: str, params: dict[str, Any]
) -> None:
    given = {name: ids[value] if name.startswith("uri") else value for name, value in params.items()}
    answer = ask(platforms, method, **given)
    assert lexicons.faults(method, answer) == []
    assert len(answer) > 0


def test_the_check_would_notice(lexicons: Lexicons, platforms: Platforms, ids: list[str]) -> None:
    method = "app.bsky.feed.getPosts"
    answer = ask(platforms, method, uris=ids[0])
    answer["posts"][0] |= {"indexedAt": "yesterday", "likeCount": "one", "odd": 1}
    del answer["posts"][0]["cid"]
    del answer["posts"][0]["record"]["createdAt"]
    assert len(lexicons.faults(method, answer)) == 5


def test_what_we_ask_for_is_in_the_lexicons(platforms: Platforms, lexicons: Lexicons, ids: list[str]) -> None:
    options = {"terms": ["aurora air"], "lang": "en", "query": "aurora air", "mentions": True}
    source = Bluesky(BlueskyOptions(**options, **platforms.bluesky_options), platforms.bluesky_credentials)
    Keeper().poll(source)
    source.recheck(ids)
    source.thread(ids[1], ids[0])
    source.reply(ids[1], "We are on it: https://auroraair.com")
    asked = {(each.path.rpartition("/")[2], name) for each in platforms.bluesky.requests for name in each.params}
    assert len(asked) >= 10
    assert [pair for pair in sorted(asked) if pair[1] not in lexicons.parameters(pair[0])] == []
    record = platforms.bluesky.replies[0]["record"]
    assert list(lexicons._check(record, {"type": "unknown"}, "", "record")) == []
