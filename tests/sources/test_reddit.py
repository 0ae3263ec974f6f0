"""Reddit through the real praw: what is read of its listings, and the cursor."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import Budget, Misconfigured
from sources.reddit import Reddit
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import comment_on_reddit

MakeReddit = Callable[..., Reddit]
FLIGHTS = {"subreddits": ["flights"], "submissions": False}


class TestFetch:
    def test_all_submissions_are_searched_for_the_terms(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        found = platforms.reddit.post("It was late.", title="My trip with Aurora Air", subreddit="travel")
        platforms.reddit.post("aurora air in a comment")
        keeper = Keeper()
        keeper.poll(make_reddit())
        assert keeper.posts[found].text == "My trip with Aurora Air\n\nIt was late."
        assert set(keeper.posts) == {found}
        assert platforms.reddit.asked == ["/r/all/search"]

    def test_listed_subreddits_are_read_whole_and_matched_here(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        comment = platforms.reddit.post("why is AURORA  AIR late?")
        submission = platforms.reddit.post("", title="u/AuroraAir lost my bag", subreddit="travel")
        platforms.reddit.post("auroraairlines is another one")
        platforms.reddit.post("aurora air elsewhere", subreddit="cooking")
        keeper = Keeper()
        keeper.poll(make_reddit(subreddits=["r/flights", "travel"]))
        assert set(keeper.posts) == {comment, submission}

    def test_everything_of_the_brands_own_subreddit(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.post("no name in here", subreddit="AuroraAir")
        keeper = Keeper()
        keeper.poll(make_reddit(subreddits=["AuroraAir"], everything=True, terms=[]))
        assert keeper.texts == {"no name in here"}

    def test_a_query_is_searched_in_the_listed_subreddits(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        found = platforms.reddit.post("", title="delayed again", subreddit="flights")
        platforms.reddit.post("", title="delayed again", subreddit="trains")
        keeper = Keeper()
        keeper.poll(make_reddit(query="delayed", **FLIGHTS))
        assert set(keeper.posts) == {found}
        assert platforms.reddit.asked == ["/r/flights/search", "/r/flights/comments"]

    def test_the_inbox_of_a_user(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        named = platforms.reddit.post("hello u/AuroraAir", subreddit="askanything")
        keeper = Keeper()
        keeper.poll(make_reddit(platforms.reddit_user_credentials, inbox=True))
        assert keeper.posts[named].url == f"https://www.reddit.com/r/askanything/comments/0/_/{named[3:]}/"

    def test_the_inbox_needs_a_user(self, make_reddit: MakeReddit) -> None:
        with pytest.raises(Misconfigured, match="MENTIONDESK_REDDIT_REFRESH_TOKEN"):
            make_reddit(inbox=True)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"terms": []}, "needs a query, subreddits, inbox = true, or a brand with terms"),
            ({"terms": [], "handle": "", "subreddits": ["flights"]}, "needs a brand with terms, or everything = true"),
            ({"query": "x" * 513}, "at most 512 characters; this one has 513"),
        ],
    )
    def test_what_cannot_work_is_refused(self, make_reddit: MakeReddit, options: dict[str, object], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make_reddit(**options)

    def test_a_name_that_is_no_subreddit_is_refused(self, make_reddit: MakeReddit) -> None:
        with pytest.raises(ValueError, match="cannot be the name of a subreddit"):
            make_reddit(subreddits=["flights and travel"])


class TestCursor:
    def test_pages_are_read_until_the_known_ones(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        old = comment_on_reddit(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        platforms.clock.advance(hours=1)
        new = comment_on_reddit(platforms, 400)
        platforms.reddit.requests.clear()
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == {*old, *new}
        assert len(platforms.reddit.asked) == 5
        assert keeper.gaps == []

    def test_more_than_a_listing_holds_is_a_gap(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        comment_on_reddit(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        known = platforms.clock.now()
        platforms.clock.advance(hours=2)
        new = comment_on_reddit(platforms, 1100)
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(new[100:]) <= set(keeper.posts)
        since, until = keeper.missed
        assert abs(since - known + timedelta(minutes=10)) < timedelta(seconds=5)  # some are shown late
        assert until == keeper.posts[new[100]].created_at

    def test_deleting_the_newest_known_post_stalls_nothing(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        keeper = Keeper()
        for number in range(3):
            newest = comment_on_reddit(platforms, 5)[-1]
            keeper.poll(make_reddit(**FLIGHTS))
            assert len(keeper.posts) == 5 * (number + 1)
            platforms.reddit.delete(newest)
            platforms.clock.advance(60)

    def test_an_interrupted_poll_goes_on_below(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_on_reddit(platforms, 350)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS), pages=2)
        platforms.clock.advance(60)
        newer = platforms.reddit.post("aurora air while we were down")
        platforms.reddit.requests.clear()
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == {*ids, newer}
        assert [each.params.get("after") for each in platforms.reddit.requests][1:3] == [ids[150], ids[50]]

    def test_the_item_to_go_on_below_may_be_deleted(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_on_reddit(platforms, 350)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS), pages=1)
        platforms.reddit.delete(ids[250])
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == set(ids)
        assert keeper.gaps == []

    def test_when_that_happens_again_the_rest_is_a_gap(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_on_reddit(platforms, 350)
        keeper = Keeper()
        for _ in range(2):
            keeper.poll(make_reddit(**FLIGHTS), Budget(requests=1))
            platforms.reddit.delete(ids[250])
        keeper.poll(make_reddit(**FLIGHTS), Budget(requests=1))
        platforms.reddit.delete(ids[249])
        keeper.poll(make_reddit(**FLIGHTS), Budget(requests=1))
        assert [gap.reason for gap in keeper.gaps] == ["Reddit's comments ended before what was read last time."]

    def test_only_the_overlap_is_read_again(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        now = platforms.clock.now()
        for minutes in range(300, 0, -1):
            platforms.reddit.post("aurora air", at=now - timedelta(minutes=minutes))
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        platforms.reddit.requests.clear()
        keeper.poll(make_reddit(**FLIGHTS))
        assert len(platforms.reddit.asked) == 1

    def test_a_listing_that_ends_within_the_overlap_is_no_gap(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        comment_on_reddit(platforms, 400)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        comment_on_reddit(platforms, 700)
        keeper.poll(make_reddit(**FLIGHTS))
        assert keeper.gaps == []

    def test_what_appears_late_and_is_pushed_out_at_once_is_a_gap(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        late = platforms.reddit.post("aurora air, held back by a filter", late=60)
        posted, keeper = platforms.clock.now(), Keeper()
        for burst, seconds in ((200, 5), (200, 0), (700, 0)):
            for number in range(burst):
                platforms.reddit.post(f"aurora air {number}")
            platforms.clock.advance(seconds)
            if not seconds:
                keeper.poll(make_reddit(**FLIGHTS))
                platforms.clock.advance(minutes=2)
        assert late not in keeper.posts
        assert [gap.reason for gap in keeper.gaps] == [
            "Reddit's comments ended too soon to show what may have appeared late."
        ]
        since, until = keeper.missed
        assert since < posted < until + timedelta(seconds=2)

    def test_a_post_that_appears_late_is_found(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        late = platforms.reddit.post("aurora air, held back by a filter", late=300)
        platforms.clock.advance(5)
        platforms.reddit.post("aurora air")
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        assert late not in keeper.posts
        platforms.clock.advance(300)
        keeper.poll(make_reddit(**FLIGHTS))
        assert late in keeper.posts


def test_the_budget_is_shared_by_all_listings(platforms: Platforms, make_reddit: MakeReddit) -> None:
    comment_on_reddit(platforms, 10)
    Keeper().poll(make_reddit(subreddits=["flights"], query="aurora air"), Budget(requests=2))
    assert platforms.reddit.asked == ["/r/flights/search", "/r/flights/comments"]
