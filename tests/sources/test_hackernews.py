"""The Hacker News source on the fake: exact reading past the 1,000 hits of a search, trees, re-checks, errors."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sources.base import Budget, Misconfigured, RetryAt, Transient
from sources.hackernews.source import HackerNews, HackerNewsOptions
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import Storm

MakeHackerNews = Callable[..., HackerNews]


@pytest.fixture
def make(platforms: Platforms) -> MakeHackerNews:
    """Builds a source on the clock of the fakes; its arguments are options."""

    def build(**options: Any) -> HackerNews:
        given = {"terms": ["aurora air"], **platforms.hackernews_options, **options}
        return HackerNews(HackerNewsOptions(**given), {}, platforms.clock.now)

    return build


def post_many(platforms: Platforms, count: int, at: datetime | None = None) -> list[str]:
    return [platforms.hackernews.post(f"aurora air {number}", at=at) for number in range(count)]


def asked(platforms: Platforms, name: str) -> list[str]:
    return [each.params[name] for each in platforms.hackernews.requests if name in each.params]


class TestReading:
    def test_stories_and_comments_become_plain_posts(self, platforms: Platforms, make: MakeHackerNews) -> None:
        link = "https://example.com/a?b=1&c=2"
        story = platforms.hackernews.post("See <it> & weep", title="Aurora Air’s app", author="bob", link=link)
        comment = platforms.hackernews.post("I <3 aurora air\n\nreally & truly", parent=story)
        keeper = Keeper()
        keeper.poll(make())
        assert keeper.posts[story].text == "Aurora Air’s app\n\nSee <it> & weep"
        assert keeper.posts[story].extra == {"link": link}
        assert keeper.posts[story].likes == 1
        found = keeper.posts[comment]
        assert found.text == "I <3 aurora air\n\nreally & truly"
        assert (found.in_reply_to, found.thread_id) == (story, story)
        assert found.url == f"https://news.ycombinator.com/item?id={comment}"

    def test_a_burst_of_ten_thousand_takes_little_more_than_the_least_requests(
        self, platforms: Platforms, make: MakeHackerNews
    ) -> None:
        now = platforms.clock.now()
        ids = {platforms.hackernews.post("aurora air", at=now - timedelta(seconds=n / 5)) for n in range(10_000)}
        keeper = Keeper()
        keeper.poll(make(), Budget(posts=50_000))
        assert set(keeper.posts) == ids
        assert keeper.gaps == []
        assert keeper.cost.requests <= 13

    def test_pages_go_on_within_one_second(self, platforms: Platforms, make: MakeHackerNews) -> None:
        ids = post_many(platforms, 90, platforms.clock.now().replace(microsecond=0))
        keeper = Keeper()
        for _ in range(12):
            keeper.poll(make(), Budget(posts=25))
        assert set(keeper.posts) == set(ids)
        assert keeper.gaps == []

    def test_more_in_one_second_than_the_search_hands_out_is_a_gap(
        self, platforms: Platforms, make: MakeHackerNews
    ) -> None:
        second = platforms.clock.now().replace(microsecond=0) - timedelta(minutes=1)
        post_many(platforms, 1_050, second)
        below = platforms.hackernews.post("aurora air before", at=second - timedelta(seconds=1))
        keeper = Keeper()
        keeper.poll(make())
        assert keeper.missed == (second, second)
        assert below in keeper.posts
        assert len(keeper.posts) == 1_001

    def test_what_the_index_shows_late_is_read(self, platforms: Platforms, make: MakeHackerNews) -> None:
        late = platforms.hackernews.post("aurora air late", late=600)
        keeper = Keeper()
        post_many(platforms, 2)
        keeper.poll(make())
        platforms.clock.advance(601)
        post_many(platforms, 2)
        keeper.poll(make())
        assert late in keeper.posts

    def test_posts_that_arrive_while_a_poll_is_interrupted_are_read(
        self, platforms: Platforms, make: MakeHackerNews
    ) -> None:
        now = platforms.clock.now()
        before = {platforms.hackernews.post("aurora air", at=now - timedelta(minutes=n)) for n in range(60)}
        keeper = Keeper()
        keeper.poll(make(), Budget(posts=20))
        after = set(post_many(platforms, 5))
        for _ in range(8):
            keeper.poll(make(), Budget(posts=20))
        assert set(keeper.posts) == before | after

    def test_the_first_poll_looks_back_as_far_as_it_is_told(self, platforms: Platforms, make: MakeHackerNews) -> None:
        now = platforms.clock.now()
        old = platforms.hackernews.post("aurora air", at=now - timedelta(days=2))
        assert old not in {post.id for post in Keeper().poll(make())}
        assert old in {post.id for post in Keeper().poll(make(since="3d"))}


class TestTerms:
    def test_each_term_is_a_search_and_only_whole_words_count(self, platforms: Platforms, make: MakeHackerNews) -> None:
        wanted = {platforms.hackernews.post(text) for text in ("Aurora  Air!", "ask @auroraair", "auroraair.example")}
        platforms.hackernews.post("auroraairlines")
        keeper = Keeper()
        keeper.poll(make(terms=["aurora air", "@auroraair"]))
        assert set(keeper.posts) == wanted
        assert set(asked(platforms, "query")) == {'"aurora air"', '"auroraair"'}

    def test_terms_take_turns_when_the_budget_is_short(self, platforms: Platforms, make: MakeHackerNews) -> None:
        keeper = Keeper()
        for _ in range(4):
            keeper.poll(make(terms=["one", "two", "three"]), Budget(requests=1))
        assert asked(platforms, "query") == ['"one"', '"two"', '"three"', '"one"']

    def test_a_query_is_taken_at_its_word(self, platforms: Platforms, make: MakeHackerNews) -> None:
        found = platforms.hackernews.post("airline apps, aurora and others")
        keeper = Keeper()
        keeper.poll(make(query="aurora apps"))
        assert set(keeper.posts) == {found}

    def test_a_link_counts_as_naming_the_brand(self, platforms: Platforms, make: MakeHackerNews) -> None:
        story = platforms.hackernews.post("", title="A new app", link="https://auroraair.example/app")
        keeper = Keeper()
        keeper.poll(make(terms=["auroraair.example"]))
        assert set(keeper.posts) == {story}

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"terms": []}, "needs a query, or a brand with terms"),
            ({"query": "x" * 513}, "at most 512 characters; this one has 513"),
            ({"stories": False, "comments": False}, "would read neither"),
        ],
    )
    def test_what_cannot_work_is_refused(self, make: MakeHackerNews, options: dict[str, Any], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make(**options)

    def test_only_comments(self, platforms: Platforms, make: MakeHackerNews) -> None:
        platforms.hackernews.post("", title="aurora air")
        comment = platforms.hackernews.post("aurora air")
        keeper = Keeper()
        keeper.poll(make(stories=False))
        assert set(keeper.posts) == {comment}


class TestErrors:
    @pytest.mark.parametrize("kind", ["500", "503", "html", "drop", "empty"])
    def test_what_may_pass_moves_no_cursor(self, platforms: Platforms, make: MakeHackerNews, kind: str) -> None:
        ids = post_many(platforms, 3)
        platforms.hackernews.fail(kind)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make())
        assert keeper.cursor == {}
        keeper.poll(make())
        assert set(keeper.posts) == set(ids)

    @pytest.mark.parametrize(
        "body", ["[]", "null", '"x"', "{}", '{"hits": []}', '{"hits": {}, "nbHits": 0}', "[" * 100_000]
    )
    def test_answers_of_any_form_are_survived(self, platforms: Platforms, make: MakeHackerNews, body: str) -> None:
        platforms.hackernews.fail("200", raw=body)
        with pytest.raises(Transient):
            Keeper().poll(make())

    def test_a_hit_that_cannot_be_read_is_counted_and_the_others_are_kept(
        self, platforms: Platforms, make: MakeHackerNews
    ) -> None:
        good = {"objectID": "7", "created_at_i": int(platforms.clock.now().timestamp()), "comment_text": "aurora air"}
        odd = [None, {"objectID": "8"}, {**good, "objectID": "x"}, {**good, "objectID": "9", "comment_text": ""}]
        platforms.hackernews.fail("200", raw=json.dumps({"hits": [good, *odd], "nbHits": 5}))
        keeper = Keeper()
        keeper.poll(make())
        assert set(keeper.posts) == {"7"}
        assert keeper.gaps[0].reason.startswith("4 items from Hacker News could not be read")

    def test_times_that_were_not_asked_for_move_no_cursor(self, platforms: Platforms, make: MakeHackerNews) -> None:
        now = int(platforms.clock.now().timestamp())
        for times in ([now, 5], [now - 9, now], [now - 10**6]):
            hits = [{"objectID": f"{at}", "created_at_i": at, "comment_text": "aurora air"} for at in times]
            platforms.hackernews.fail("200", raw=json.dumps({"hits": hits, "nbHits": len(hits)}))
            with pytest.raises(Transient, match="other times than were asked for"):
                Keeper().poll(make())

    def test_a_time_to_come_hides_nothing(self, platforms: Platforms, make: MakeHackerNews) -> None:
        platforms.hackernews.post("aurora air", at=platforms.clock.now() + timedelta(days=300))
        platforms.hackernews.items[40_000_000].visible_at = platforms.clock.now()
        keeper = Keeper()
        keeper.poll(make())
        new = platforms.hackernews.post("aurora air is late")
        keeper.poll(make())
        assert new in keeper.posts

    @pytest.mark.parametrize(("status", "minutes"), [("429", 1), ("403", 60)])
    def test_too_many_requests_are_waited_out(
        self, platforms: Platforms, make: MakeHackerNews, status: str, minutes: int
    ) -> None:
        platforms.hackernews.fail(status)
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make())
        wait = caught.value.when - platforms.clock.now()
        assert timedelta(minutes=minutes) - wait < timedelta(seconds=5)

    def test_a_refused_request_is_told_in_its_own_words(self, platforms: Platforms, make: MakeHackerNews) -> None:
        platforms.hackernews.fail("400", body={"message": "invalid filters"})
        with pytest.raises(Misconfigured, match=r"status 400\): invalid filters"):
            Keeper().poll(make())


class TestTree:
    def test_a_thread_is_what_stands_above_and_below(self, platforms: Platforms, make: MakeHackerNews) -> None:
        post = platforms.hackernews.post
        story = post("", title="Airlines")
        parent = post("which one?", parent=story)
        ours = post("aurora air", parent=parent)
        reply = post("agreed", parent=ours)
        post("something else", parent=story)
        for known in (story, None):
            assert [each.id for each in make().thread(ours, known)] == [story, parent, ours, reply]

    def test_deleted_parents_leave_no_post_and_break_nothing(self, platforms: Platforms, make: MakeHackerNews) -> None:
        story = platforms.hackernews.post("", title="Airlines")
        parent = platforms.hackernews.post("which one?", parent=story)
        ours = platforms.hackernews.post("aurora air", parent=parent)
        platforms.hackernews.delete(parent)
        assert [each.id for each in make().thread(ours, story)] == [story, ours]
        assert make().recheck([parent]) == {parent: None}

    def test_nothing_is_known_of_what_is_not_there(self, make: MakeHackerNews) -> None:
        assert list(make().thread("5", None)) == []

    def test_a_tree_as_deep_as_people_argue(self, platforms: Platforms, make: MakeHackerNews) -> None:
        top = post = platforms.hackernews.post("", title="Airlines")
        for _ in range(120):
            post = platforms.hackernews.post("aurora air", parent=post)
        assert len(make().thread(post, top)) == 121


class TestRecheck:
    def test_an_edit_is_seen(self, platforms: Platforms, make: MakeHackerNews) -> None:
        id = platforms.hackernews.post("aurora air is lte")
        platforms.hackernews.edit(id, "aurora air is late")
        post = make().recheck([id])[id]
        assert post
        assert post.text == "aurora air is late"

    def test_what_could_not_be_asked_is_absent(self, platforms: Platforms, make: MakeHackerNews) -> None:
        first, second = post_many(platforms, 2)
        platforms.hackernews.fail("503", path=first)
        assert set(make().recheck([first, second])) == {second}

    def test_where_nothing_could_be_asked_it_says_why(self, platforms: Platforms, make: MakeHackerNews) -> None:
        ids = post_many(platforms, 2)
        platforms.hackernews.fail("429", times=2)
        with pytest.raises(RetryAt):
            make().recheck(ids)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make: MakeHackerNews) -> None:
    faults: dict[str, dict[str, Any]] = {"429": {"retry_after": 20}, "403": {"retry_after": 20}, "500": {}, "html": {}}
    storm = Storm(platforms.hackernews, faults | {"drop": {}, "empty": {}}, seed)
    keeper = Keeper()
    storm.rage(make, keeper)
    storm.calm(make, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []
