"""Google Play through the real app-reviews and the official API: the last week, tokens, keys, errors."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import AuthFailed, Author, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.googleplay import GooglePlay
from sources.googleplay.source import LATE, GooglePlayOptions
from tests.platforms import Platforms
from tests.platforms.googleplay import APP
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import SEEDS, Faults, Storm

Make = Callable[..., GooglePlay]


@pytest.fixture
def make_googleplay(platforms: Platforms) -> Make:
    def make(credentials: dict[str, str] | None = None, **options: Any) -> GooglePlay:
        given = {"app": APP, **platforms.googleplay_options, **options}
        credentials = platforms.googleplay_credentials if credentials is None else credentials
        return GooglePlay(GooglePlayOptions(**given), credentials, platforms.clock.now)

    return make


def test_a_review_is_its_title_and_its_text(platforms: Platforms, make_googleplay: Make) -> None:
    id = platforms.googleplay.post("It crashes", stars=2)
    (post,) = Keeper().poll(make_googleplay())
    assert (post.id, post.text, post.author) == (id, "My trip\n\nIt crashes", Author("ann", "ann"))
    assert (post.lang, post.likes, post.extra) == ("en", 2, {"rating": 2, "version": "2.1"})


def test_a_token_that_expired_begins_the_pass_again(platforms: Platforms, make_googleplay: Make) -> None:
    ids = {platforms.googleplay.post(f"bag {number}") for number in range(250)}
    keeper = Keeper()
    keeper.poll(make_googleplay(), Budget(requests=2, posts=150))
    platforms.googleplay.expire_tokens()
    keeper.poll(make_googleplay())
    assert set(keeper.posts) == ids


def test_a_feed_that_was_off_for_longer_than_a_week_has_a_gap(platforms: Platforms, make_googleplay: Make) -> None:
    keeper = Keeper()
    keeper.poll(make_googleplay())
    began = platforms.clock.now()
    platforms.clock.advance(days=6)
    keeper.poll(make_googleplay())
    assert keeper.gaps == []
    platforms.clock.advance(days=9)
    keeper.poll(make_googleplay())
    since, until = keeper.missed
    assert abs(since - began - timedelta(days=6) + LATE) < timedelta(seconds=5)
    assert abs(until - began - timedelta(days=8)) < timedelta(seconds=5)


def test_what_the_list_showed_late_and_no_longer_is_in_the_gap_too(platforms: Platforms, make_googleplay: Make) -> None:
    keeper = Keeper()
    written = platforms.clock.now()
    platforms.googleplay.post("bag", late=600)
    keeper.poll(make_googleplay())
    platforms.clock.advance(days=8)
    keeper.poll(make_googleplay())
    since, until = keeper.missed
    assert not keeper.posts
    assert since < written < until


@pytest.mark.parametrize("first", [True, False])
def test_a_pass_that_was_interrupted_for_days_tells_what_has_left_the_list_meanwhile(
    platforms: Platforms, make_googleplay: Make, first: bool
) -> None:
    keeper = Keeper()
    if not first:
        keeper.poll(make_googleplay())
    missed = {platforms.googleplay.post(f"bag {number}") for number in range(120)}
    written = platforms.clock.now()
    keeper.poll(make_googleplay(), Budget(requests=1))
    platforms.clock.advance(days=8)
    keeper.poll(make_googleplay())
    assert missed - keeper.posts.keys()
    assert any(gap.since < written < gap.until for gap in keeper.gaps if gap.since and gap.until)


@pytest.mark.parametrize(
    ("fault", "detail", "error", "words"),
    [
        ("429", {}, RetryAt, "asks us to wait"),
        ("401", {}, AuthFailed, "does not let this service account in"),
        ("403", {}, AuthFailed, "does not let this service account in"),
        ("404", {}, Misconfigured, "no such app"),
        ("503", {}, Transient, "no answer that can be used"),
        ("html", {}, Transient, "no answer that can be used"),
        ("drop", {}, Transient, "no answer that can be used"),
        ("hang", {"seconds": 1.5}, Transient, "no answer that can be used"),
    ],
)
def test_every_answer_has_its_sentence(
    platforms: Platforms,
    make_googleplay: Make,
    fault: str,
    detail: dict[str, Any],
    error: type[SourceError],
    words: str,
) -> None:
    platforms.googleplay.post("bag")
    platforms.googleplay.fail(fault, path="/reviews", **detail)
    keeper, began = Keeper(), time.monotonic()
    with pytest.raises(error, match=words):
        keeper.poll(make_googleplay(timeout=0.5))
    assert time.monotonic() - began < 1.5
    keeper.poll(make_googleplay())
    assert len(keeper.posts) == 1


@pytest.mark.parametrize(("fault", "error"), [("401", AuthFailed), ("503", Transient), ("html", Transient)])
def test_signing_in_fails_in_its_own_words(
    platforms: Platforms, make_googleplay: Make, fault: str, error: type[SourceError]
) -> None:
    platforms.googleplay.fail(fault, path="/token")
    with pytest.raises(error) as caught:
        Keeper().poll(make_googleplay())
    assert "PRIVATE KEY" not in str(caught.value)


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"client_email": "a", "private_key": "secret words"}'])
def test_a_key_that_is_none_is_refused_without_showing_it(make_googleplay: Make, text: str) -> None:
    with pytest.raises(Misconfigured, match="MENTIONDESK_GOOGLEPLAY_SERVICE_ACCOUNT is not the JSON") as caught:
        make_googleplay({"service_account": text})
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make_googleplay: Make) -> None:
    faults: Faults = {"403": {}, "429": {}, "500": {}, "503": {}, "drop": {}, "html": {}}
    storm, keeper = Storm(platforms.googleplay, faults, seed), Keeper()
    storm.rage(make_googleplay, keeper)
    storm.calm(make_googleplay, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []
