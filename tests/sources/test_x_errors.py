"""What X answers when it does not answer well, through the real tweepy: each told as what it is."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import AuthFailed, Misconfigured, OutOfCredits, RetryAt, SourceError, Transient
from sources.x import X
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import post_on_x

MakeX = Callable[..., X]


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "X refused the request \\(status 400\\): Invalid Request"),
            ("401", AuthFailed, "X refused our credentials"),
            ("403", AuthFailed, "X refused our credentials"),
            ("402", OutOfCredits, "no credits left: Your enrolled account"),
            ("500", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not JSON"),
            ("drop", Transient, "cut short"),
        ],
    )
    def test_a_fault_is_told(
        self, platforms: Platforms, make_x: MakeX, fault: str, error: type[SourceError], words: str
    ) -> None:
        platforms.x.post("aurora air")
        platforms.x.fail(fault)
        with pytest.raises(error, match=words):
            Keeper().poll(make_x())
        assert len(platforms.x.requests) == 1

    def test_a_limit_tells_when(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.fail("429", reset=120)
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_x())
        assert abs(caught.value.when - platforms.clock.now() - timedelta(seconds=120)) < timedelta(seconds=3)

    @pytest.mark.parametrize("detail", [{}, {"reset": -3_000}])
    def test_a_limit_without_a_sensible_end_still_waits(
        self, platforms: Platforms, make_x: MakeX, detail: dict[str, Any]
    ) -> None:
        platforms.x.fail("429", **detail)
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_x())
        assert platforms.clock.now() < caught.value.when < platforms.clock.now() + timedelta(minutes=16)
        assert len(platforms.x.requests) == 1

    def test_a_used_up_month_is_no_matter_of_waiting(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.fail("429", cap=True)
        with pytest.raises(OutOfCredits, match="Monthly product cap"):
            Keeper().poll(make_x())

    def test_a_server_that_hangs_is_given_up(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.fail("hang", seconds=1.5)
        began = time.monotonic()
        with pytest.raises(Transient, match=r"did not answer within 0\.2 seconds"):
            Keeper().poll(make_x(timeout=0.2))
        assert time.monotonic() - began < 1

    def test_the_timeout_holds_without_a_base_url_too(self, make_x: MakeX) -> None:
        edge = make_x(base_url=None, timeout=3)._client.session.get_adapter("https://api.twitter.com/2/tweets")
        assert (edge.timeout, edge.base_url) == (3, None)

    def test_a_server_that_is_not_there(self, make_x: MakeX) -> None:
        with pytest.raises(Transient, match="X cannot be reached"):
            Keeper().poll(make_x(base_url="http://127.0.0.1:9"))

    def test_errors_under_a_good_status_are_no_empty_page(self, platforms: Platforms, make_x: MakeX) -> None:
        post_on_x(platforms, 1)
        platforms.x.fail("200", body={"errors": [{"title": "Service Unavailable"}]})
        keeper = Keeper()
        with pytest.raises(Transient, match="without the posts"):
            keeper.poll(make_x())
        keeper.poll(make_x())
        assert len(keeper.posts) == 1

    def test_a_token_that_no_address_can_hold_is_no_end(self, platforms: Platforms, make_x: MakeX) -> None:
        post_on_x(platforms, 101)
        keeper = Keeper()
        platforms.x.garble(lambda body: re.sub(rb'"next_token": ?"[^"]+"', rb'"next_token":"\\ud800"', body))
        with pytest.raises(Transient, match="where its answer goes on"):
            keeper.poll(make_x())
        keeper.poll(make_x())
        assert len(keeper.posts) == 101

    @pytest.mark.parametrize(
        "body", ["[]", '"down"', "null", '{"errors": [null, "x"]}', '{"errors": {"a": 1}}', "<html>"]
    )
    @pytest.mark.parametrize("status", [400, 403])
    def test_error_bodies_of_any_form_are_survived(
        self, platforms: Platforms, make_x: MakeX, status: int, body: str
    ) -> None:
        platforms.x.fail(str(status), raw=body)
        with pytest.raises((Misconfigured, AuthFailed)):
            Keeper().poll(make_x())
