"""What Bluesky answers when it does not answer well, through the real atproto: each told as what it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import AuthFailed, Misconfigured, RetryAt, SourceError, Transient
from sources.bluesky import Bluesky
from tests.platforms import Platforms
from tests.sources.keeper import Keeper

Make = Callable[..., Bluesky]


def count(platforms: Platforms, method: str) -> int:
    return sum(each.path.endswith(method) for each in platforms.bluesky.requests)


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "Bluesky refused the request \\(status 400\\): Error"),
            ("401", AuthFailed, "Bluesky refused our credentials"),
            ("403", AuthFailed, "Bluesky refused our credentials"),
            ("500", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not a JSON object"),
            ("drop", Transient, "cut short"),
        ],
    )
    @pytest.mark.parametrize("path", ["createSession", "searchPosts"])
    def test_a_fault_is_told(
        self, platforms: Platforms, make_bluesky: Make, fault: str, error: type[SourceError], words: str, path: str
    ) -> None:
        platforms.bluesky.post("aurora air")
        platforms.bluesky.fail(fault, path=path)
        with pytest.raises(error, match=words):
            Keeper().poll(make_bluesky())
        assert count(platforms, path) == 1

    def test_a_limit_tells_when(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("429", path="searchPosts", reset=120)
        with pytest.raises(RetryAt, match="wait until") as caught:
            Keeper().poll(make_bluesky())
        assert abs(caught.value.when - platforms.clock.now() - timedelta(minutes=2)) < timedelta(seconds=5)

    def test_a_limit_that_does_not_tell_lasts_its_window(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("429", path="searchPosts")
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_bluesky())
        assert abs(caught.value.when - platforms.clock.now() - timedelta(minutes=5)) < timedelta(seconds=5)

    def test_a_silent_server_is_not_waited_for(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("hang", seconds=3)
        with pytest.raises(Transient, match=r"did not answer within 0\.3 seconds"):
            Keeper().poll(make_bluesky(timeout=0.3))

    def test_a_server_that_is_not_there(self, make_bluesky: Make) -> None:
        with pytest.raises(Transient, match="cannot be reached"):
            Keeper().poll(make_bluesky(base_url="http://127.0.0.1:1/bluesky"))

    @pytest.mark.parametrize(
        "text", ['{"posts": ["\\ud83d"]}', '{"posts":' + "[" * 100_000, '{"posts": [NaN]}', "[]", ""]
    )
    def test_json_that_is_none_or_too_deep_moves_no_cursor(
        self, platforms: Platforms, make_bluesky: Make, text: str
    ) -> None:
        platforms.bluesky.fail("200", path="searchPosts", raw=text)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor['search "aurora air"'].keys() == {"since"}

    @pytest.mark.parametrize("body", [{}, {"posts": None}, {"posts": {}}])
    def test_an_answer_without_posts_moves_no_cursor(
        self, platforms: Platforms, make_bluesky: Make, body: dict[str, object]
    ) -> None:
        platforms.bluesky.fail("200", path="searchPosts", body=body)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor['search "aurora air"'].keys() == {"since"}

    def test_a_post_that_cannot_be_read_is_counted_and_the_rest_kept(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        platforms.bluesky.post("aurora air")
        Keeper().poll(make_bluesky())
        good = {"uri": "at://did:plc:abc/app.bsky.feed.post/1", "author": {"did": "did:plc:abc"}}
        good |= {"record": {"text": "aurora air"}, "indexedAt": platforms.clock.now().isoformat()}
        platforms.bluesky.fail("200", path="searchPosts", body={"posts": [{"uri": "at://odd"}, None, good]})
        keeper = Keeper()
        assert [post.text for post in keeper.poll(make_bluesky())] == ["aurora air"]
        assert "2 posts from Bluesky could not be read" in keeper.gaps[0].reason
