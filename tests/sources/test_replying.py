"""What every source that replies exactly once has to know: its own posts, its pages, its keys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.base import Attempt, CannotTell, Misconfigured, Replying, Transient
from sources.keys import make_key, read_time
from sources.sameness import same_words
from tests.platforms import Platforms
from tests.replying import KEYS, NAMES

Make = Callable[[str], Replying]
TEXT = "We are on it: https://auroraair.example/bags"


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(request: pytest.FixtureRequest, platforms: Platforms) -> Make:
    keys: dict[str, Any] = {
        "x": dict.fromkeys(KEYS, "fake"),
        "reddit": platforms.reddit_user_credentials,
        "bluesky": None,
        "mastodon": platforms.mastodon_credentials,
    }

    def build(name: str) -> Replying:
        source = request.getfixturevalue(f"make_{name}")(keys[name])
        assert isinstance(source, Replying)
        return source

    return build


def attempt(to: str, platforms: Platforms, **fields: Any) -> Attempt:
    now = platforms.clock.now()
    return Attempt(**{"to": to, "text": TEXT, "key": make_key(now, 7), "since": now, **fields})


def test_a_reply_is_found_among_many_and_only_where_it_is(name: str, make: Make, platforms: Platforms) -> None:
    source, platform = make(name), getattr(platforms, name)
    first, second = platform.post("aurora air?"), platform.post("aurora air!")
    tried = attempt(first, platforms)
    assert source.find_reply(tried) is None
    receipt = source.reply(first, TEXT, tried.key)
    platforms.clock.advance(hours=2)
    for number in range(120):
        source.reply(second, f"Number {number}")
    found = source.find_reply(tried)
    assert found
    assert found.id == receipt.id
    assert (
        source.find_reply(
            attempt(second, platforms, text="never sent", known=frozenset(), since=tried.since + timedelta(days=1))
        )
        is None
    )


def test_an_answer_in_other_words_cannot_be_told_from_ours(make: Make, platforms: Platforms) -> None:
    for name in ("x", "reddit", "mastodon"):
        source, platform = make(name), getattr(platforms, name)
        to = platform.post("aurora air?")
        other = source.reply(to, "A colleague was faster.")
        with pytest.raises(CannotTell, match="look whether that is the reply"):
            source.find_reply(attempt(to, platforms))
        assert source.find_reply(attempt(to, platforms, known=frozenset([other.id]))) is None


def test_a_platform_that_fails_says_nothing_about_the_reply(name: str, make: Make, platforms: Platforms) -> None:
    source, platform = make(name), getattr(platforms, name)
    to = platform.post("aurora air?")
    source.find_reply(attempt(to, platforms))
    platform.fail("503", times=3)
    with pytest.raises(Transient):
        source.find_reply(attempt(to, platforms))


def test_the_same_key_is_the_same_post(make: Make, platforms: Platforms) -> None:
    for name in ("bluesky", "mastodon"):
        source, platform = make(name), getattr(platforms, name)
        to = platform.post("aurora air?")
        key = make_key(platforms.clock.now(), 1)
        assert source.reply(to, TEXT, key) == source.reply(to, TEXT, key)
        assert len(platform.replies) == 1


@pytest.mark.parametrize(
    ("name", "url", "id"),
    [
        ("x", "https://x.com/auroraair/status/12?s=20", "12"),
        ("x", "https://twitter.com/auroraair/status/12/", "12"),
        ("x", "https://x.example/auroraair/status/12", None),
        ("reddit", "https://www.reddit.com/r/flights/comments/ab1/lost_bag/cd2/", "t1_cd2"),
        ("reddit", "https://old.reddit.com/r/flights/comments/ab1/lost_bag/", "t3_ab1"),
        ("reddit", "https://www.reddit.com/r/flights/", None),
        ("bluesky", "https://bsky.app/profile/did:plc:abc/post/3kabc", "at://did:plc:abc/app.bsky.feed.post/3kabc"),
        ("bluesky", "https://bsky.app/profile/auroraair.example/post/3kabc", None),
        ("mastodon", "https://elsewhere.example/@auroraair/12", None),
    ],
)
def test_a_page_says_which_post_it_shows(name: str, url: str, id: str | None, make: Make) -> None:
    assert make(name).read_id(url) == id


def test_x_answers_only_who_mentioned_us(make: Make, make_x: Callable[..., Replying]) -> None:
    source = make("x")
    for text, to_us in (("hello @AuroraAir!", False), ("hello", True)):
        source.check_may_reply(text, to_us)
    for text in ("hello", "@auroraairways hello"):
        with pytest.raises(Misconfigured, match="only authors who mentioned"):
            source.check_may_reply(text, False)
    make_x(dict.fromkeys(KEYS, "fake"), reply_to_anyone=True).check_may_reply("hello", False)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Hi!", "@dana Hi!", True),
        ("@dana@elsewhere.example Hi!", "@dana Hi!", True),
        ("See https://auroraair.com/a now", "See https://t.co/AbC now", True),
        ("See auroraair.com", "See https://t.co/AbC", True),
        ("One\n\ntwo ", "One two", True),
        ("café", "cafe\u0301", True),
        ("Hi Dana", "Hi Dan", False),
        ("Yes", "", False),
    ],
)
def test_words_are_the_same_but_for_what_platforms_change(ours: str, theirs: str, same: bool) -> None:
    assert same_words(ours, theirs) == same


def test_a_key_holds_its_moment_and_sorts_by_it() -> None:
    now = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
    keys = [make_key(now + timedelta(microseconds=step), 1023 - step) for step in range(3)]
    assert (read_time(keys[0]), keys == sorted(keys), len(set(keys))) == (now, True, 3)
    with pytest.raises(ValueError, match="no key"):
        read_time("short")
