"""The fake Bluesky and Mastodon refuse what the real ones refuse."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.platforms import Platforms


def sign_in(platforms: Platforms, password: str = "") -> requests.Response:
    given = platforms.bluesky_credentials
    data = {"identifier": given["handle"], "password": password or given["app_password"]}
    return requests.post(f"{platforms.url}/bluesky/xrpc/com.atproto.server.createSession", json=data, timeout=5)


def get_bluesky(platforms: Platforms, method: str, token: str, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{platforms.url}/bluesky/xrpc/{method}", params, headers=headers, timeout=5)


def get_mastodon(platforms: Platforms, path: str, token: str = "", **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{platforms.url}/mastodon/api/{path}", params, headers=headers, timeout=5)


class TestBluesky:
    def test_nobody_reads_without_a_session_or_after_its_end(self, platforms: Platforms) -> None:
        method = "app.bsky.feed.searchPosts"
        assert get_bluesky(platforms, method, "", q="a").json()["error"] == "AuthMissing"
        token = sign_in(platforms).json()["accessJwt"]
        assert get_bluesky(platforms, method, token, q="a").status_code == 200
        platforms.clock.advance(hours=3)
        assert get_bluesky(platforms, method, token, q="a").json()["error"] == "ExpiredToken"

    def test_signing_in_is_rationed(self, platforms: Platforms) -> None:
        assert sign_in(platforms, "wrong").status_code == 401
        statuses = [sign_in(platforms).status_code for _ in range(30)]
        assert statuses == [200] * 29 + [429]
        platforms.clock.advance(minutes=6)
        assert sign_in(platforms).status_code == 200

    @pytest.mark.parametrize(
        ("method", "params"),
        [
            ("app.bsky.feed.searchPosts", {"q": "a", "page": 2}),
            ("app.bsky.feed.searchPosts", {"q": "a", "limit": 101}),
            ("app.bsky.feed.searchPosts", {"q": ""}),
            ("app.bsky.feed.searchPosts", {"q": "a", "since": "yesterday"}),
            ("app.bsky.notification.listNotifications", {"limit": 0}),
            ("app.bsky.feed.getPosts", {"uris": ["at://x"] * 26}),
            ("app.bsky.feed.getPostThread", {"uri": "at://x"}),
        ],
    )
    def test_a_request_that_bluesky_refuses(self, platforms: Platforms, method: str, params: dict[str, Any]) -> None:
        token = sign_in(platforms).json()["accessJwt"]
        assert get_bluesky(platforms, method, token, **params).status_code == 400

    def test_offsets_shift_when_posts_arrive(self, platforms: Platforms) -> None:
        token, method = sign_in(platforms).json()["accessJwt"], "app.bsky.feed.searchPosts"
        now = platforms.clock.now()
        for age in range(4):
            platforms.bluesky.post(f"aurora {age}", at=now - timedelta(minutes=age))
        first = get_bluesky(platforms, method, token, q="aurora", limit=2).json()
        platforms.bluesky.post("aurora, newer")
        second = get_bluesky(platforms, method, token, q="aurora", limit=2, cursor=first["cursor"]).json()
        texts = [post["record"]["text"] for page in (first, second) for post in page["posts"]]
        assert texts == ["aurora 0", "aurora 1", "aurora 1", "aurora 2"]


class TestMastodon:
    @pytest.mark.parametrize(
        ("path", "params", "status"),
        [
            ("v1/timelines/tag/a", {}, 200),
            ("v1/timelines/tag/a", {"limit": 41}, 400),
            ("v1/timelines/tag/a", {"page": 2}, 400),
            ("v1/notifications", {}, 401),
            ("v2/search", {"q": "a"}, 401),
            ("v1/statuses/1", {}, 404),
            ("v1/statuses", {"id[]": list(range(21))}, 422),
        ],
    )
    def test_a_request_without_login(
        self, platforms: Platforms, path: str, params: dict[str, Any], status: int
    ) -> None:
        assert get_mastodon(platforms, path, **params).status_code == status

    def test_a_wrong_token_is_refused_everywhere(self, platforms: Platforms) -> None:
        assert get_mastodon(platforms, "v1/timelines/tag/a", "wrong").status_code == 401

    def test_min_id_reads_upwards_and_since_id_skips(self, platforms: Platforms) -> None:
        ids = [platforms.mastodon.post("#a").partition("@")[0] for _ in range(5)]
        read = {
            name: [
                each["id"] for each in get_mastodon(platforms, "v1/timelines/tag/a", limit=2, **{name: ids[0]}).json()
            ]
            for name in ("min_id", "since_id")
        }
        assert read == {"min_id": [ids[2], ids[1]], "since_id": [ids[4], ids[3]]}
