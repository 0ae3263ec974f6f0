"""X through the real tweepy: the cursor, what is asked for, and what it costs."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from sources.base import Budget, CursorExpired, Misconfigured
from sources.x import X
from sources.x.posts import shift_id
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import post_on_x

MakeX = Callable[..., X]


def asked(platforms: Platforms, name: str) -> list[str | None]:
    """What was sent under one parameter, request by request."""
    return [each.params.get(name) for each in platforms.x.requests]


class TestCursor:
    def test_pages_are_read_to_the_end(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_on_x(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_x())
        assert set(keeper.posts) == set(ids)
        assert asked(platforms, "max_results") == ["100"] * 3

    def test_only_the_first_pages_newest_id_counts_and_only_after_the_last_page(
        self, platforms: Platforms, make_x: MakeX
    ) -> None:
        ids = post_on_x(platforms, 150)
        pages = make_x().fetch(None, Budget())
        first = next(pages).next_cursor["search"]
        assert first["since"] < int(ids[0])
        assert first["until"] == int(ids[50])
        later = int(platforms.x.post("aurora air, posted while we page"))
        last = next(pages).next_cursor["search"]
        assert last["since"] == int(ids[-1]) < later
        assert "until" not in last

    def test_an_interrupted_poll_goes_on_below_the_oldest_post_seen(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_on_x(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_x(), pages=1)
        newer = platforms.x.post("aurora air, posted while we were down")
        platforms.x.requests.clear()
        keeper.poll(make_x())
        assert set(keeper.posts) == {*ids, newer}
        assert asked(platforms, "until_id")[:2] == [ids[150], ids[150]]
        assert asked(platforms, "next_token")[0] is None

    def test_empty_pages_with_a_token_are_no_end(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_on_x(platforms, 150)
        platforms.x.fail("empty", times=2)
        keeper = Keeper()
        keeper.poll(make_x())
        assert set(keeper.posts) == set(ids)

    def test_nothing_new_keeps_the_cursor(self, platforms: Platforms, make_x: MakeX) -> None:
        post_on_x(platforms, 2)
        keeper = Keeper()
        keeper.poll(make_x())
        before = keeper.cursor["search"]["since"]
        platforms.clock.advance(hours=1)
        keeper.poll(make_x())
        assert keeper.poll(make_x()) == []
        assert keeper.cursor["search"]["since"] == before

    def test_a_late_post_with_a_lower_id_is_found(self, platforms: Platforms, make_x: MakeX) -> None:
        late = platforms.x.post("aurora air, indexed late", late=90)
        newer = platforms.x.post("aurora air, indexed at once")
        keeper = Keeper()
        keeper.poll(make_x())
        assert set(keeper.posts) == {newer}
        platforms.clock.advance(120)
        keeper.poll(make_x())
        assert set(keeper.posts) == {newer, late}

    def test_the_first_poll_looks_back_as_far_as_it_is_told(self, platforms: Platforms, make_x: MakeX) -> None:
        now = platforms.clock.now()
        old, new = (platforms.x.post("aurora air", at=now - timedelta(hours=age)) for age in (30, 20))
        keeper, further = Keeper(), Keeper()
        keeper.poll(make_x())
        further.poll(make_x(since="2d"))
        assert set(keeper.posts) == {new}
        assert set(further.posts) == {new, old}

    def test_the_whole_week_may_be_asked_for(self, platforms: Platforms, make_x: MakeX) -> None:
        old = platforms.x.post("aurora air", at=platforms.clock.now() - timedelta(days=6, hours=20))
        keeper = Keeper()
        keeper.poll(make_x(since="7d"))
        assert set(keeper.posts) == {old}


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(minutes=40), timedelta(hours=7)], ids=str)
def test_an_id_from_the_future_does_not_pass_by_what_is_posted_until_then(
    platforms: Platforms, make_x: MakeX, ahead: timedelta
) -> None:
    def shift(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["data"][0]["id"] = str(shift_id(int(answer["data"][0]["id"]), ahead))
        return json.dumps(answer).encode()

    keeper = Keeper()
    platforms.x.post("aurora air")
    platforms.x.garble(shift, "/search/recent")
    keeper.poll(make_x())
    later = platforms.x.post("aurora air again")
    keeper.poll(make_x())
    assert later in keeper.posts


class TestAge:
    def test_a_cursor_older_than_a_week_expires_before_x_is_asked(self, platforms: Platforms, make_x: MakeX) -> None:
        last = platforms.x.post("aurora air, last week")
        keeper = Keeper()
        keeper.poll(make_x())
        read_until = platforms.clock.now()
        platforms.clock.advance(days=8)
        reachable = platforms.x.post("aurora air", at=platforms.clock.now() - timedelta(days=6))
        platforms.x.requests.clear()
        with pytest.raises(CursorExpired, match="last 7 days"):
            keeper.poll(make_x())
        assert platforms.x.requests == []
        since, until = keeper.missed
        # What the index showed late, after that poll, lies below its newest post.
        assert abs(since - (read_until - timedelta(minutes=5))) < timedelta(seconds=5)
        assert until < platforms.clock.now() - timedelta(days=6)
        keeper.poll(make_x())
        assert set(keeper.posts) == {last, reachable}

    def test_an_interrupted_poll_that_expires_goes_on_where_it_can(self, platforms: Platforms, make_x: MakeX) -> None:
        start = platforms.clock.now()
        old = [platforms.x.post("aurora air", at=start - timedelta(hours=20 - n * 0.05)) for n in range(200)]
        keeper = Keeper()
        keeper.poll(make_x(), pages=1)
        platforms.clock.advance(days=6, hours=12)
        with pytest.raises(CursorExpired):
            keeper.poll(make_x())
        keeper.poll(make_x())
        lost = set(old) - set(keeper.posts)
        assert lost
        assert all(platforms.x.posts[int(id)].at < keeper.missed[1] for id in lost)

    def test_a_quiet_brand_never_expires(self, platforms: Platforms, make_x: MakeX) -> None:
        keeper = Keeper()
        for _ in range(10):
            keeper.poll(make_x())
            platforms.clock.advance(days=1)
        after = platforms.x.post("aurora air after ten silent days")
        keeper.poll(make_x())
        assert set(keeper.posts) == {after}
        assert keeper.gaps == []

    def test_the_end_of_an_old_pass_does_not_skip_what_came_since(self, platforms: Platforms, make_x: MakeX) -> None:
        post_on_x(platforms, 150)
        keeper = Keeper()
        keeper.poll(make_x(), pages=1)
        platforms.clock.advance(hours=2)
        missed = platforms.x.post("aurora air while we were down")
        platforms.clock.advance(days=3)
        keeper.poll(make_x(), Budget(requests=1))
        keeper.poll(make_x())
        assert len(keeper.posts) == 151
        assert missed in keeper.posts

    def test_when_x_finds_the_id_too_old_the_cursor_expires_too(self, platforms: Platforms, make_x: MakeX) -> None:
        keeper = Keeper()
        keeper.poll(make_x())
        words = "'since_id' must be a tweet id created after 2026-11-14T00:00Z. Please use one that is larger than 1"
        platforms.x.fail("400", body={"errors": [{"message": words}]})
        with pytest.raises(CursorExpired):
            keeper.poll(make_x())
        keeper.poll(make_x())


class TestOptions:
    def test_terms_become_a_query_without_our_own_posts(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.post("aurora air says hello", author="auroraair")
        named = platforms.x.post("thanks @auroraair")
        keeper = Keeper()
        keeper.poll(make_x())
        assert asked(platforms, "query") == ['("aurora air" OR @auroraair) -from:auroraair']
        assert set(keeper.posts) == {named}

    def test_a_query_is_sent_as_it_is(self, platforms: Platforms, make_x: MakeX) -> None:
        Keeper().poll(make_x(query='"aurora air" OR aurora'))
        assert asked(platforms, "query") == ['"aurora air" OR aurora']

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"query": "x" * 513}, "at most 512 characters; this one has 513"),
            ({"terms": ["x" * 600]}, "at most 512 characters"),
            ({"terms": []}, "needs a query, mentions = true, or a brand with terms"),
            ({"query": "  "}, "empty"),
            ({"mentions": True, "handle": ""}, "needs the brand's handle"),
            ({"base_url": "ftp://x"}, "must begin with http"),
        ],
    )
    def test_what_cannot_work_is_refused(self, make_x: MakeX, options: dict[str, object], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make_x(**options)


class TestMentions:
    def test_own_mentions_are_read_with_the_account_asked_for_once(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.account("auroraair")
        platforms.x.post("aurora air without the handle")
        named = platforms.x.post("hello @AuroraAir")
        keeper = Keeper()
        keeper.poll(make_x(mentions=True))
        keeper.poll(make_x(mentions=True))
        assert set(keeper.posts) == {named}
        assert sum("by/username" in each.path for each in platforms.x.requests) == 1

    def test_an_unknown_account_is_told(self, platforms: Platforms, make_x: MakeX) -> None:
        with pytest.raises(Misconfigured, match="X knows no account @auroraair"):
            Keeper().poll(make_x(mentions=True))

    def test_mentions_and_search_share_a_feed(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.account("auroraair")
        both = {platforms.x.post("hello @auroraair"), platforms.x.post("aurora air is late")}
        keeper = Keeper()
        keeper.poll(make_x(mentions=True, query='"aurora air"'))
        assert set(keeper.posts) == both

    def test_more_than_x_keeps_is_a_gap(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.account("auroraair")
        ids = post_on_x(platforms, 900, "@auroraair")
        keeper = Keeper()
        keeper.poll(make_x(mentions=True))
        assert set(keeper.posts) == set(ids[100:])
        assert [gap.until for gap in keeper.gaps] == [keeper.posts[ids[100]].created_at]
        keeper.poll(make_x(mentions=True))
        assert len(keeper.gaps) == 1


class TestCost:
    def test_a_search_costs_half_a_cent_a_post_once(self, platforms: Platforms, make_x: MakeX) -> None:
        post_on_x(platforms, 4)
        keeper = Keeper()
        keeper.poll(make_x())
        assert (keeper.cost.posts, keeper.cost.usd) == (4, Decimal("0.020"))
        keeper.poll(make_x())
        assert (keeper.cost.requests, keeper.cost.usd) == (2, Decimal("0.020"))

    def test_own_mentions_cost_a_tenth_of_a_cent_and_the_account_a_cent(
        self, platforms: Platforms, make_x: MakeX
    ) -> None:
        platforms.x.account("auroraair")
        post_on_x(platforms, 4, "@auroraair")
        keeper = Keeper()
        keeper.poll(make_x(mentions=True))
        assert keeper.cost.usd == Decimal("0.014")


def test_a_retweet_in_the_mentions_is_known_as_one(platforms: Platforms, make_x: MakeX) -> None:
    platforms.x.account("auroraair")
    original = platforms.x.post("@auroraair is late")
    retweet = platforms.x.post("RT @ann: @auroraair is late", author="bob", retweet_of=original)
    quote = platforms.x.post("@auroraair look", author="bob", quote_of=original)
    keeper = Keeper()
    keeper.poll(make_x(mentions=True))
    found = {id: (post.repost_of, post.quote_of) for id, post in keeper.posts.items()}
    assert found == {original: (None, None), retweet: (original, None), quote: (None, original)}


class TestBurst:
    def test_ten_pages_are_not_read_again_with_every_poll(self, platforms: Platforms, make_x: MakeX) -> None:
        keeper = Keeper()
        keeper.poll(make_x())
        ids = set(post_on_x(platforms, 1000))
        keeper.poll(make_x())
        platforms.x.requests.clear()
        for _ in range(4):
            platforms.clock.advance(60)
            ids.add(platforms.x.post("aurora air, a minute later"))
            keeper.poll(make_x())
        assert len(platforms.x.requests) == 4
        assert set(keeper.posts) == ids

    def test_what_appears_late_in_it_is_found_by_the_next_wide_pass(self, platforms: Platforms, make_x: MakeX) -> None:
        keeper = Keeper()
        keeper.poll(make_x())
        ids = set(post_on_x(platforms, 300))
        ids.add(platforms.x.post("aurora air, late", late=100))
        keeper.poll(make_x())
        for number in range(18):
            platforms.clock.advance(60)
            if number in (0, 3, 6, 9):
                ids.add(platforms.x.post(f"aurora air, also late {number}", late=200))
            keeper.poll(make_x(), pages=1 if number % 4 == 1 else None)
        assert set(keeper.posts) == ids
        assert "wide" not in keeper.cursor["search"]
