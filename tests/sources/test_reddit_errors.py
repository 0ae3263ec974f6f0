"""What Reddit answers when it does not answer well, through the real praw: told at once, without sleeping."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from sources.base import AuthFailed, Misconfigured, RetryAt, SourceError, Transient
from sources.reddit import Reddit
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import comment_on_reddit

MakeReddit = Callable[..., Reddit]
FLIGHTS = {"subreddits": ["flights"], "submissions": False}


class TestClosedSubreddits:
    def test_the_culprit_is_named_and_the_others_are_read(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        names = [f"sub{number}" for number in range(9)]
        for name in names:
            platforms.reddit.post(f"aurora air in {name}", subreddit=name)
        platforms.reddit.private.add("sub3")
        platforms.reddit.banned.add("sub7")
        keeper = Keeper()
        keeper.poll(make_reddit(subreddits=[*names, "nowhere"], submissions=False))
        assert keeper.texts == {f"aurora air in {name}" for name in names if name not in ("sub3", "sub7")}
        assert [gap.reason for gap in keeper.gaps] == [
            "Reddit does not show r/sub3, r/sub7, r/nowhere (private, banned or unknown); the feed goes on without."
        ]
        assert keeper.cost.requests == len(platforms.reddit.asked)

    def test_it_is_left_alone_for_an_hour_and_then_read_again(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        platforms.reddit.post("aurora air", subreddit="flights")
        platforms.reddit.post("aurora air", subreddit="travel")
        platforms.reddit.private.add("travel")
        source, keeper = make_reddit(subreddits=["flights", "travel"], submissions=False), Keeper()
        keeper.poll(source)
        platforms.reddit.requests.clear()
        keeper.poll(source)
        assert platforms.reddit.asked == ["/r/flights/comments"]
        platforms.clock.advance(hours=2)
        platforms.reddit.private.clear()
        reopened = platforms.reddit.post("aurora air again", subreddit="travel")
        keeper.poll(source)
        assert reopened in keeper.posts
        assert len(keeper.gaps) == 1

    def test_when_all_are_closed_it_says_so(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.private.add("flights")
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        for _ in range(2):
            with pytest.raises(Misconfigured, match="Reddit shows none of r/flights: private, banned or unknown"):
                keeper.poll(source)


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "refused the request"),
            ("500", Transient, "trouble of its own"),
            ("502", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not JSON"),
            ("drop", Transient, "cut short"),
        ],
    )
    def test_a_fault_is_told_at_once_without_the_librarys_retries(
        self, platforms: Platforms, make_reddit: MakeReddit, fault: str, error: type[SourceError], words: str
    ) -> None:
        platforms.reddit.fail(fault, path="/comments")
        began = time.monotonic()
        with pytest.raises(error, match=words):
            Keeper().poll(make_reddit(**FLIGHTS))
        assert time.monotonic() - began < 1
        assert platforms.reddit.asked == ["/r/flights/comments"]

    @pytest.mark.parametrize("fault", ["500", "html", "drop", "429"])
    def test_signing_in_fails_as_mildly(self, platforms: Platforms, make_reddit: MakeReddit, fault: str) -> None:
        platforms.reddit.post("aurora air")
        platforms.reddit.fail(fault, path="access_token")
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        with pytest.raises((Transient, RetryAt)):
            keeper.poll(source)
        platforms.clock.advance(120)
        keeper.poll(source)
        assert len(keeper.posts) == 1

    def test_wrong_credentials(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        with pytest.raises(AuthFailed, match=r"refused our credentials \(status 401\)"):
            Keeper().poll(make_reddit({"client_id": "who", "client_secret": "knows"}, **FLIGHTS))
        user = platforms.reddit_credentials | {"refresh_token": "revoked"}
        with pytest.raises(AuthFailed, match="invalid_grant"):
            Keeper().poll(make_reddit(user, **FLIGHTS))

    def test_a_token_that_expired_is_renewed(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        keeper.poll(source)
        platforms.reddit.expire_tokens()
        platforms.reddit.post("aurora air")
        keeper.poll(source)
        assert len(keeper.posts) == 1
        assert platforms.reddit.tokens_given == 2

    @pytest.mark.parametrize("form", ["seconds", "date", "nonsense", "absent"])
    def test_a_limit_tells_when_in_any_form(self, platforms: Platforms, make_reddit: MakeReddit, form: str) -> None:
        then = platforms.clock.now() + timedelta(seconds=90)
        headers: dict[str, Any] = {"seconds": "90", "date": format_datetime(then, usegmt=True), "nonsense": "soon"}
        platforms.reddit.allowance_reset = 90
        platforms.reddit.fail("429", path="/comments", **({"retry_after": headers[form]} if form in headers else {}))
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_reddit(**FLIGHTS))
        assert abs(caught.value.when - then) < timedelta(seconds=3)

    def test_a_used_up_allowance_is_waited_for_without_sleeping(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        comment_on_reddit(platforms, 250)
        platforms.reddit.allowance, platforms.reddit.allowance_reset = 2, 200
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        began = time.monotonic()
        with pytest.raises(RetryAt) as caught:
            keeper.poll(source)
        assert time.monotonic() - began < 2
        assert abs(caught.value.when - platforms.clock.now() - timedelta(seconds=200)) < timedelta(seconds=3)
        assert (len(keeper.posts), len(platforms.reddit.asked)) == (200, 2)
        platforms.clock.advance(201)
        platforms.reddit.allowance = 100
        keeper.poll(source)
        assert len(keeper.posts) == 250

    def test_a_server_that_hangs_is_given_up(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.fail("hang", path="/comments", seconds=1.5)
        with pytest.raises(Transient, match=r"did not answer within 0\.2 seconds"):
            Keeper().poll(make_reddit(timeout=0.2, **FLIGHTS))

    def test_json_that_is_no_listing(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.fail("200", path="/comments", body={"kind": "wiki"})
        with pytest.raises(Transient, match="without a listing"):
            Keeper().poll(make_reddit(**FLIGHTS))
