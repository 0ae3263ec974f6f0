"""Bluesky's sessions through the real atproto: kept, renewed, replaced, and how often one may sign in."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import AuthFailed, RetryAt, Transient
from sources.bluesky import Bluesky
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.keeper import Keeper

Make = Callable[..., Bluesky]


class TestSession:
    def test_one_sign_in_serves_many_polls_by_sources_built_anew(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        keeper = Keeper()
        for number in range(5):
            platforms.bluesky.post(f"aurora air {number}")
            keeper.poll(make_bluesky())
        assert len(keeper.posts) == 5
        assert len(platforms.bluesky.signed_in) == 1

    def test_the_session_is_kept_before_anything_else_may_fail(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("503", path="searchPosts")
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        keeper.poll(make_bluesky())
        assert len(platforms.bluesky.signed_in) == 1

    def test_the_cursor_shows_no_token(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        kept = json.dumps(keeper.cursor)
        assert keeper.cursor["session"]
        assert not any(token in kept for token in platforms.bluesky._tokens)

    def test_a_session_that_ends_soon_is_renewed_and_kept(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.token_lasts = timedelta(minutes=5)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        before = keeper.cursor["session"]
        keeper.poll(make_bluesky())
        assert platforms.bluesky.renewed >= 1
        assert len(platforms.bluesky.signed_in) == 1
        assert keeper.cursor["session"] != before
        assert keeper.cost.requests == len(platforms.bluesky.requests)

    def test_a_session_that_bluesky_no_longer_takes_is_replaced(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        platforms.bluesky.expire_tokens()
        platforms.bluesky.post("aurora air")
        keeper.poll(make_bluesky())
        keeper.poll(make_bluesky())
        assert len(keeper.posts) == 1
        assert len(platforms.bluesky.signed_in) == 2

    @pytest.mark.parametrize("kept", ["", "nonsense", 7, None])
    def test_a_kept_session_that_is_none_does_no_harm(
        self, platforms: Platforms, make_bluesky: Make, kept: object
    ) -> None:
        platforms.bluesky.post("aurora air")
        keeper = Keeper(cursor={"session": kept})
        keeper.poll(make_bluesky())
        assert len(keeper.posts) == 1

    def test_another_password_signs_in_anew(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        with pytest.raises(AuthFailed, match="Invalid identifier or password"):
            keeper.poll(make_bluesky({"handle": HANDLE, "app_password": "another"}))

    @pytest.mark.parametrize("body", [{}, {"accessJwt": 1}, {"did": "did:plc:a", "handle": "a.b", "accessJwt": "x"}])
    def test_a_session_that_is_none_is_told_and_not_kept(
        self, platforms: Platforms, make_bluesky: Make, body: dict[str, object]
    ) -> None:
        platforms.bluesky.fail("200", path="createSession", body=body)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor == {}

    def test_tokens_that_are_none_are_told(self, platforms: Platforms, make_bluesky: Make) -> None:
        body = {"did": "did:plc:abc", "handle": HANDLE, "accessJwt": "no token", "refreshJwt": "none", "active": True}
        platforms.bluesky.fail("200", times=2, path="createSession", body=body)
        with pytest.raises(AuthFailed, match="session that cannot be used"):
            Keeper().poll(make_bluesky())
        assert len(platforms.bluesky.requests) == 2

    def test_the_ration_of_sign_ins_is_told_as_a_limit(self, platforms: Platforms, make_bluesky: Make) -> None:
        for _ in range(30):
            Keeper().poll(make_bluesky())
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_bluesky())
        assert timedelta(minutes=4) < caught.value.when - platforms.clock.now() <= timedelta(minutes=5)
