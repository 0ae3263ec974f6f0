"""The App Store through the real app-reviews: pages, countries, the feed's end, errors without sleeping."""

import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from sources.appstore import AppStore
from sources.appstore.source import AppStoreOptions
from sources.base import Author, Budget, Misconfigured, RetryAt, SourceError, Transient
from tests.platforms import Platforms
from tests.platforms.appstore import APP
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import SEEDS, Faults, Storm

Make = Callable[..., AppStore]


@pytest.fixture
def make_appstore(platforms: Platforms) -> Make:
    def make(**options: Any) -> AppStore:
        given = {"app": APP, **platforms.appstore_options, **options}
        return AppStore(AppStoreOptions(**given), {}, platforms.clock.now)

    return make


def review_many(platforms: Platforms, count: int, hours: float = 0) -> list[str]:
    """Reviews a second apart, oldest first, the newest `hours` ago."""
    newest = platforms.clock.now() - timedelta(hours=hours)
    return [
        platforms.appstore.post(f"bag {number}", at=newest - timedelta(seconds=count - number))
        for number in range(count)
    ]


def test_a_review_is_its_title_and_its_text(platforms: Platforms, make_appstore: Make) -> None:
    platforms.appstore.post("It crashes & burns", rating=2)
    (post,) = Keeper().poll(make_appstore())
    assert (post.text, post.author) == ("My trip\n\nIt crashes & burns", Author("ann", "ann"))
    assert post.extra == {"rating": 2, "country": "us", "version": "2.1"}
    assert post.url == f"https://apps.apple.com/us/app/id{APP}?see-all=reviews"


def test_countries_take_turns(platforms: Platforms, make_appstore: Make) -> None:
    both = {platforms.appstore.post("late", country=country) for country in ("us", "de")}
    keeper = Keeper()
    for _ in range(6):
        keeper.poll(make_appstore(countries=["US", "de"]), Budget(requests=1))
    assert set(keeper.posts) == both


def test_a_page_that_is_empty_as_json_is_read_as_xml(platforms: Platforms, make_appstore: Make) -> None:
    ids = review_many(platforms, 60)
    platforms.appstore.empty_json = 1
    keeper = Keeper()
    keeper.poll(make_appstore())
    assert set(keeper.posts) == set(ids)
    assert keeper.cost.requests == len(platforms.appstore.requests)


def test_what_is_known_ends_the_pass(platforms: Platforms, make_appstore: Make) -> None:
    review_many(platforms, 200, hours=120)
    keeper = Keeper()
    keeper.poll(make_appstore())
    new = platforms.appstore.post("late again")
    platforms.appstore.requests.clear()
    keeper.poll(make_appstore())
    assert new in keeper.posts
    platforms.clock.advance(days=3)
    platforms.appstore.requests.clear()
    keeper.poll(make_appstore())
    assert len(platforms.appstore.requests) == 1


def test_more_than_the_feed_holds_is_a_gap(platforms: Platforms, make_appstore: Make) -> None:
    first = review_many(platforms, 10, hours=3)
    keeper = Keeper()
    keeper.poll(make_appstore())
    assert keeper.gaps == []
    ids = review_many(platforms, 600)
    keeper.poll(make_appstore())
    assert set(keeper.posts) == {*first, *ids[100:]}
    since, until = keeper.missed
    assert since == keeper.posts[first[-1]].created_at - timedelta(hours=1)  # some are shown late
    assert until == keeper.posts[ids[100]].created_at
    keeper.poll(make_appstore())
    assert len(keeper.gaps) == 1


@pytest.mark.parametrize(
    ("fault", "detail", "error", "words"),
    [
        ("403", {}, RetryAt, "turns us away"),
        ("429", {}, RetryAt, "turns us away"),
        ("404", {}, Misconfigured, "no such app in 'us'"),
        ("500", {}, Transient, "trouble of its own"),
        ("503", {}, Transient, "trouble of its own"),
        ("drop", {}, Transient, "cannot be reached"),
        ("hang", {"seconds": 1.5}, Transient, r"within 0\.5 seconds"),
    ],
)
def test_every_answer_has_its_sentence(
    platforms: Platforms,
    make_appstore: Make,
    fault: str,
    detail: dict[str, Any],
    error: type[SourceError],
    words: str,
) -> None:
    review_many(platforms, 5)
    platforms.appstore.fail(fault, **detail)
    keeper, began = Keeper(), time.monotonic()
    with pytest.raises(error, match=words):
        keeper.poll(make_appstore(timeout=0.5))
    assert time.monotonic() - began < 1.5
    keeper.poll(make_appstore())
    assert len(keeper.posts) == 5


def test_an_odd_review_is_counted(platforms: Platforms, make_appstore: Make) -> None:
    platforms.appstore.fail("200", body={})
    platforms.appstore.post("fine")
    platforms.appstore.post("odd", rating=9)
    keeper = Keeper()
    keeper.poll(make_appstore())
    assert [gap.reason for gap in keeper.gaps] == ["1 reviews from the App Store could not be read."]
    assert keeper.texts == {"My trip\n\nfine"}


@pytest.mark.parametrize("options", [{"app": "aurora"}, {"countries": []}, {"countries": ["usa"]}, {"app": "../1"}])
def test_options_that_make_no_sense_are_refused(make_appstore: Make, options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_appstore(**options)


def test_certificates_are_still_checked() -> None:
    """A library that reads Google Play turns this off for the whole process when it is imported."""
    assert ssl._create_default_https_context is ssl.create_default_context


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make_appstore: Make) -> None:
    faults: Faults = {"403": {}, "429": {}, "500": {}, "503": {}, "drop": {}}
    storm, keeper = Storm(platforms.appstore, faults, seed, bursts=(0, 1, 5, 30)), Keeper()
    storm.rage(make_appstore, keeper)
    storm.calm(make_appstore, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []
