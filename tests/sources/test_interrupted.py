"""A pass that is broken off and taken up later, when the list has moved: what lay between is read, or told as a gap."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from sources.base import Budget, Source
from sources.registry import source_class
from tests.platforms import Platforms
from tests.platforms.googleplay import REACH
from tests.platforms.reddit import LISTING_CAP
from tests.sources.keeper import Keeper
from tests.sources.rows import ROWS


def make(name: str, platforms: Platforms, **options: Any) -> Source:
    """A source as the contract builds it, with further options."""
    (row,) = [row for row in ROWS if row.name == name]
    kind = cast(Any, source_class(name))
    return cast(
        Source, kind(kind.Options(**row.options(platforms) | options), row.credentials(platforms), platforms.clock.now)
    )


def post_many(platforms: Platforms, name: str, count: int, apart: timedelta) -> list[str]:
    """Posts of the past, oldest first."""
    now, platform = platforms.clock.now(), cast(Any, platforms.all[name])
    return [platform.post(f"aurora air {left}", at=now - left * apart) for left in range(count, 0, -1)]


def is_told(keeper: Keeper, at: datetime) -> bool:
    return any(gap.since and gap.since <= at and (gap.until is None or at <= gap.until) for gap in keeper.gaps)


@pytest.mark.parametrize("name", ["youtube", "facebook", "appstore"])
def test_what_moved_up_while_nobody_read_is_read_all_the_same(name: str, platforms: Platforms) -> None:
    """Hours apart, so that most lies below what every pass reads again."""
    ids = post_many(platforms, name, 350, apart=timedelta(hours=4))
    keeper = Keeper()
    keeper.poll(make(name, platforms, since="90d"), pages=2)
    for id in ids[-10:]:
        cast(Any, platforms.all[name]).delete(id)
    for _ in range(2):
        keeper.poll(make(name, platforms, since="90d"))
    assert set(ids) <= keeper.posts.keys()
    assert keeper.gaps == []


@pytest.mark.parametrize("name", ["youtube", "facebook"])
def test_answers_are_not_read_twice_for_a_page_that_is(name: str, platforms: Platforms) -> None:
    first, *_ = post_many(platforms, name, 150, apart=timedelta(seconds=1))[-50:]
    for number in range(20):
        place = {"parent": first} if name == "youtube" else {"thread": first}
        cast(Any, platforms.all[name]).post(f"aurora air answer {number}", **place)
    keeper = Keeper()
    keeper.poll(make(name, platforms), pages=2)
    asked = len(platforms.all[name].requests)
    keeper.poll(make(name, platforms))
    assert len(platforms.all[name].requests) - asked == 4  # the first page once more, the second, and a new pass
    assert len(keeper.posts) == 170


def test_what_reddits_listing_lost_while_nobody_read_is_a_gap(platforms: Platforms) -> None:
    keeper = Keeper()
    keeper.poll(make("reddit", platforms, submissions=False))
    early = post_many(platforms, "reddit", 300, apart=timedelta(seconds=1))
    keeper.poll(make("reddit", platforms, submissions=False), pages=1)
    platforms.clock.advance(hours=1)
    post_many(platforms, "reddit", LISTING_CAP - 150, apart=timedelta(seconds=1))
    keeper.poll(make("reddit", platforms, submissions=False))
    lost = [platforms.reddit.items[id].at for id in early if id not in keeper.posts]
    assert len(lost) == 150
    assert all(is_told(keeper, at) for at in lost)


def test_a_reddit_listing_that_was_whole_is_no_gap(platforms: Platforms) -> None:
    ids = post_many(platforms, "reddit", 300, apart=timedelta(seconds=1))
    keeper = Keeper()
    keeper.poll(make("reddit", platforms, submissions=False), pages=1)
    for _ in range(2):
        keeper.poll(make("reddit", platforms, submissions=False))
    assert keeper.posts.keys() == set(ids)
    assert keeper.gaps == []
    asked = len(platforms.reddit.requests)
    keeper.poll(make("reddit", platforms, submissions=False))
    assert len(platforms.reddit.requests) - asked < 5


def test_entries_that_left_a_feed_before_they_were_handed_over_are_a_gap_from_when_they_were_written(
    platforms: Platforms,
) -> None:
    early = post_many(platforms, "rss", 500, apart=timedelta(seconds=10))
    keeper = Keeper()
    keeper.poll(make("rss", platforms), pages=1)
    platforms.clock.advance(hours=1)
    platforms.rss.shown = 50
    post_many(platforms, "rss", 100, apart=timedelta(seconds=1))
    keeper.poll(make("rss", platforms))
    lost = [platforms.rss.entries[id].at for id in early if id not in keeper.posts]
    assert len(lost) == 300
    assert all(is_told(keeper, at.replace(microsecond=0)) for at in lost)


def test_only_a_whole_pass_over_google_play_says_that_nothing_is_missing(platforms: Platforms) -> None:
    ids = post_many(platforms, "googleplay", 150, apart=timedelta(seconds=1))
    keeper = Keeper()
    keeper.poll(make("googleplay", platforms), pages=1)
    for id in ids[:10]:  # its list begins with the oldest, so that what moves up is the newest
        platforms.googleplay.delete(id)
    keeper.poll(make("googleplay", platforms), Budget(requests=1))
    lost = [platforms.googleplay.reviews[id].at for id in ids[10:] if id not in keeper.posts]
    assert lost
    platforms.clock.advance(seconds=REACH.total_seconds() + 3600)
    keeper.poll(make("googleplay", platforms))
    assert all(is_told(keeper, at) for at in lost)
