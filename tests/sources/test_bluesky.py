"""Bluesky through the real atproto: the cursor of the search and of the notifications."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import Budget, Misconfigured
from sources.bluesky import Bluesky
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.keeper import Keeper
from tests.sources.many import post_on_bluesky

Make = Callable[..., Bluesky]


class TestStart:
    def test_what_is_posted_between_signing_in_and_a_search_long_after_is_read(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        id = platforms.bluesky.post("aurora air")
        keeper = Keeper()
        keeper.poll(make_bluesky(), pages=1)
        platforms.clock.advance(days=8)
        keeper.poll(make_bluesky())
        assert list(keeper.posts) == [id]

    def test_a_search_that_fails_for_long_begins_where_the_others_did(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        platforms.bluesky.post("aurora air")
        second = platforms.bluesky.post("borealis")
        keeper, terms = Keeper(), ("aurora air", "borealis")
        keeper.poll(make_bluesky(terms=terms), pages=2)
        platforms.clock.advance(days=8)
        keeper.poll(make_bluesky(terms=terms))
        assert second in keeper.posts


class TestSearch:
    def test_pages_are_read_by_time_to_the_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_on_bluesky(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == set(ids)
        asked = [each.params for each in platforms.bluesky.requests if each.path.endswith("searchPosts")]
        assert ["until" in each for each in asked] == [False, True, True]
        assert not any("cursor" in each for each in asked)

    def test_posts_that_arrive_or_go_while_we_page_shift_nothing(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_on_bluesky(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_bluesky(), pages=2)
        newer = post_on_bluesky(platforms, 30, "aurora air, newer")
        for id in ids[-40:]:
            platforms.bluesky.delete(id)
        keeper.poll(make_bluesky())
        assert set(ids[:210]) <= set(keeper.posts)
        assert set(newer) <= set(keeper.posts)

    def test_many_posts_of_one_moment_are_read_to_the_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        at = platforms.clock.now() - timedelta(hours=1)
        ids = [platforms.bluesky.post(f"aurora air {number}", at=at) for number in range(250)]
        older = platforms.bluesky.post("aurora air before", at=at - timedelta(minutes=1))
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {*ids, older}

    def test_a_post_dated_back_does_not_hide_those_between(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        ids = [platforms.bluesky.post("aurora air", at=now - timedelta(minutes=number)) for number in range(150)]
        back = platforms.bluesky.post("aurora air, dated back", at=now - timedelta(hours=20), late=0.01)
        keeper = Keeper()
        platforms.clock.advance(1)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {*ids, back}

    def test_a_post_that_is_indexed_late_is_found(self, platforms: Platforms, make_bluesky: Make) -> None:
        late = platforms.bluesky.post("aurora air, indexed late", late=90)
        newer = platforms.bluesky.post("aurora air, indexed at once")
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {newer}
        platforms.clock.advance(120)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {newer, late}

    def test_a_post_that_is_dated_hours_back_is_found_within_hours(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        keeper = Keeper()
        for _ in range(2):
            platforms.bluesky.post("aurora air")
            keeper.poll(make_bluesky())
            platforms.clock.advance(hours=1)
        back = platforms.bluesky.post(
            "aurora air, written on the plane", at=platforms.clock.now() - timedelta(hours=5), late=0.01
        )
        platforms.clock.advance(hours=5)
        keeper.poll(make_bluesky())
        assert back in keeper.posts

    def test_a_date_in_the_future_hides_nothing(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.post("aurora air from tomorrow", at=platforms.clock.now() + timedelta(days=1), late=-86_400)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        now = platforms.bluesky.post("aurora air now")
        keeper.poll(make_bluesky())
        assert now in keeper.posts

    def test_empty_pages_with_a_token_are_no_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_on_bluesky(platforms, 150)
        platforms.bluesky.fail("empty", path="searchPosts")
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(ids[:149]) <= set(keeper.posts)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == set(ids)

    def test_each_term_is_searched_and_our_own_posts_are_left_out(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        one, two = platforms.bluesky.post("aurora air"), platforms.bluesky.post("fly @auroraair")
        platforms.bluesky.post("We are aurora air", author=HANDLE)
        keeper = Keeper()
        keeper.poll(make_bluesky(terms=["aurora air", "@auroraair"]))
        assert set(keeper.posts) == {one, two}

    def test_a_language_may_be_asked_for(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.post("aurora air", lang="de")
        english = platforms.bluesky.post("aurora air", lang="en")
        keeper = Keeper()
        keeper.poll(make_bluesky(lang="en"))
        assert set(keeper.posts) == {english}

    @pytest.mark.parametrize("options", [{"terms": []}, {"query": " "}])
    def test_a_feed_with_nothing_to_read_is_refused(self, make_bluesky: Make, options: dict[str, object]) -> None:
        with pytest.raises(Misconfigured):
            make_bluesky(**options)


class TestNotifications:
    def test_mentions_replies_and_quotes_but_not_more(self, platforms: Platforms, make_bluesky: Make) -> None:
        ours = platforms.bluesky.post("Our news", author=HANDLE)
        mention = platforms.bluesky.post(f"@{HANDLE} hello")
        reply = platforms.bluesky.post("I disagree", reply_to=ours)
        quote = platforms.bluesky.post("Look at this", quote=ours)
        platforms.bluesky.post("aurora air, which does not mention us")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == {mention, reply, quote}
        assert keeper.posts[quote].quote_of == ours
        assert (keeper.posts[reply].in_reply_to, keeper.posts[reply].thread_id) == (ours, ours)

    def test_an_interrupted_poll_goes_on_below_and_then_reads_what_came(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_on_bluesky(platforms, 250, f"@{HANDLE}")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True), pages=2)
        newer = platforms.bluesky.post(f"@{HANDLE} while we were down")
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == {*ids, newer}

    def test_a_token_that_is_no_longer_taken_begins_the_pass_anew(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_on_bluesky(platforms, 150, f"@{HANDLE}")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True), pages=2)
        platforms.bluesky.fail("400", path="listNotifications")
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == set(ids)

    def test_the_first_poll_looks_back_as_far_as_it_is_told(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        old, new = (platforms.bluesky.post(f"@{HANDLE}", at=now - timedelta(hours=age)) for age in (30, 20))
        keeper, further = Keeper(), Keeper()
        keeper.poll(make_bluesky(mentions=True, since="21h"))
        further.poll(make_bluesky(mentions=True, since="2d"))
        assert new in keeper.posts
        assert set(further.posts) == {new, old}


def test_a_small_budget_ends_between_pages(platforms: Platforms, make_bluesky: Make) -> None:
    ids = post_on_bluesky(platforms, 250)
    keeper = Keeper()
    for _ in range(4):
        keeper.poll(make_bluesky(), Budget(requests=1))
    assert set(keeper.posts) == set(ids)
