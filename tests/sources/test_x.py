"""X through the real tweepy: the cursor, X's errors, costs, re-checks and replies."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sources.base import (
    AuthFailed,
    Budget,
    CursorExpired,
    Misconfigured,
    OutOfCredits,
    RetryAt,
    SourceError,
    Transient,
)
from sources.x import X
from tests.platforms import Platforms
from tests.sources.keeper import Keeper

MakeX = Callable[..., X]
USER_KEYS = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "fake")


def post_many(platforms: Platforms, count: int, text: str = "aurora air") -> list[str]:
    return [platforms.x.post(f"{text} {number}") for number in range(count)]


def asked(platforms: Platforms, name: str) -> list[str | None]:
    """What was sent under one parameter, request by request."""
    return [each.params.get(name) for each in platforms.x.requests]


class TestCursor:
    def test_pages_are_read_to_the_end(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_x())
        assert set(keeper.posts) == set(ids)
        assert asked(platforms, "max_results") == ["100"] * 3

    def test_only_the_first_pages_newest_id_counts_and_only_after_the_last_page(
        self, platforms: Platforms, make_x: MakeX
    ) -> None:
        ids = post_many(platforms, 150)
        pages = make_x().fetch(None, Budget())
        first = next(pages).next_cursor["search"]
        assert first["since"] < int(ids[0])
        assert first["until"] == int(ids[50])
        later = int(platforms.x.post("aurora air, posted while we page"))
        last = next(pages).next_cursor["search"]
        assert last["since"] == int(ids[-1]) < later
        assert "until" not in last

    def test_an_interrupted_poll_goes_on_below_the_oldest_post_seen(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_x(), pages=1)
        newer = platforms.x.post("aurora air, posted while we were down")
        platforms.x.requests.clear()
        keeper.poll(make_x())
        assert set(keeper.posts) == {*ids, newer}
        assert asked(platforms, "until_id")[:2] == [ids[150], ids[150]]
        assert asked(platforms, "next_token")[0] is None

    def test_empty_pages_with_a_token_are_no_end(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_many(platforms, 150)
        platforms.x.fail("empty", times=2)
        keeper = Keeper()
        keeper.poll(make_x())
        assert set(keeper.posts) == set(ids)

    def test_nothing_new_keeps_the_cursor(self, platforms: Platforms, make_x: MakeX) -> None:
        post_many(platforms, 2)
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


def test_an_id_from_the_future_does_not_pass_by_what_is_posted_until_then(platforms: Platforms, make_x: MakeX) -> None:
    def shift(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["data"][0]["id"] = str(int(answer["data"][0]["id"]) + 10**17)
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
        post_many(platforms, 150)
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
        post_many(platforms, 1)
        platforms.x.fail("200", body={"errors": [{"title": "Service Unavailable"}]})
        keeper = Keeper()
        with pytest.raises(Transient, match="without the posts"):
            keeper.poll(make_x())
        keeper.poll(make_x())
        assert len(keeper.posts) == 1

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
        ids = post_many(platforms, 900, "@auroraair")
        keeper = Keeper()
        keeper.poll(make_x(mentions=True))
        assert set(keeper.posts) == set(ids[100:])
        assert [gap.until for gap in keeper.gaps] == [keeper.posts[ids[100]].created_at]
        keeper.poll(make_x(mentions=True))
        assert len(keeper.gaps) == 1


class TestCost:
    def test_a_search_costs_half_a_cent_a_post_once(self, platforms: Platforms, make_x: MakeX) -> None:
        post_many(platforms, 4)
        keeper = Keeper()
        keeper.poll(make_x())
        assert (keeper.cost.posts, keeper.cost.usd) == (4, Decimal("0.020"))
        keeper.poll(make_x())
        assert (keeper.cost.requests, keeper.cost.usd) == (2, Decimal("0.020"))

    def test_own_mentions_cost_a_tenth_of_a_cent_and_the_account_a_cent(
        self, platforms: Platforms, make_x: MakeX
    ) -> None:
        platforms.x.account("auroraair")
        post_many(platforms, 4, "@auroraair")
        keeper = Keeper()
        keeper.poll(make_x(mentions=True))
        assert keeper.cost.usd == Decimal("0.014")


class TestRecheck:
    def test_deleted_is_gone_edited_is_new_and_protected_is_absent(self, platforms: Platforms, make_x: MakeX) -> None:
        kept, deleted, protected, edited = post_many(platforms, 4)
        platforms.x.delete(deleted)
        platforms.x.posts[int(protected)].protected = True
        platforms.x.edit(edited, "aurora air, corrected")
        found = make_x().recheck([kept, deleted, protected, edited, "no number", "²", kept])
        assert set(found) == {kept, deleted, edited}
        assert found[deleted] is None
        texts = {post.root_id: post.text for post in found.values() if post}
        assert texts == {kept: "aurora air 0", edited: "aurora air, corrected"}

    def test_ids_are_asked_for_by_the_hundred(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_many(platforms, 250)
        assert len(make_x().recheck(ids)) == 250
        assert [len(each.params["ids"].split(",")) for each in platforms.x.requests] == [100, 100, 50]

    def test_an_edit_is_found_by_the_next_search_under_its_root(self, platforms: Platforms, make_x: MakeX) -> None:
        first = platforms.x.post("aurora air is lte")
        keeper = Keeper()
        keeper.poll(make_x())
        platforms.x.edit(first, "aurora air is late")
        keeper.poll(make_x())
        assert [(root, post.text, post.edited) for root, post in keeper.posts.items()] == [
            (first, "aurora air is late", True)
        ]


class TestThread:
    def test_parents_siblings_and_answers_are_one_thread(self, platforms: Platforms, make_x: MakeX) -> None:
        root = platforms.x.post("my bag is gone", author="ann")
        sibling = platforms.x.post("mine too", author="bob", reply_to=root)
        ours = platforms.x.post("which flight?", author="auroraair", reply_to=root)
        named = platforms.x.post("aurora air 12", author="ann", reply_to=ours)
        answer = platforms.x.post("thank you", author="auroraair", reply_to=named)
        platforms.x.post("another matter")
        thread = make_x().thread(named, root)
        assert [post.id for post in thread] == [root, sibling, ours, named, answer]
        assert {post.thread_id for post in thread} == {root}
        assert [each.path for each in platforms.x.requests] == ["/2/tweets", "/2/tweets/search/recent"]

    def test_parents_beyond_the_search_are_asked_for_one_by_one(self, platforms: Platforms, make_x: MakeX) -> None:
        now = platforms.clock.now()
        root = platforms.x.post("my bag is gone", at=now - timedelta(days=20))
        middle = platforms.x.post("which flight?", reply_to=root, at=now - timedelta(days=19))
        platforms.x.post("mine too", reply_to=root, at=now - timedelta(days=18))
        last = platforms.x.post("twelve", reply_to=middle, at=now - timedelta(days=17))
        named = platforms.x.post("aurora air 12", reply_to=last, at=now - timedelta(days=16))
        fresh = platforms.x.post("any news?", reply_to=named)
        assert [post.id for post in make_x().thread(named, None)] == [root, middle, last, named, fresh]

    def test_a_long_thread_brings_its_newest_and_the_post(self, platforms: Platforms, make_x: MakeX) -> None:
        root = platforms.x.post("aurora air is late")
        answers = [platforms.x.post(f"indeed {number}", reply_to=root) for number in range(150)]
        thread = [post.id for post in make_x().thread(answers[3], root)]
        assert thread == [root, answers[3], *answers[50:]]

    def test_a_deleted_parent_ends_the_way_up_and_editions_are_one_post(
        self, platforms: Platforms, make_x: MakeX
    ) -> None:
        root = platforms.x.post("my bag is gone")
        parent = platforms.x.post("which flight?", reply_to=root)
        named = platforms.x.post("aurora air 12", reply_to=parent)
        newest = platforms.x.edit(named, "aurora air 13")
        platforms.x.delete(parent)
        thread = make_x().thread(named, root)
        assert [(post.id, post.root_id) for post in thread] == [(root, root), (newest, named)]

    def test_a_post_that_is_gone_without_a_thread_has_none(self, platforms: Platforms, make_x: MakeX) -> None:
        gone = platforms.x.post("aurora air")
        platforms.x.delete(gone)
        assert list(make_x().thread(gone, None)) == []

    def test_a_limit_is_told(self, platforms: Platforms, make_x: MakeX) -> None:
        named = platforms.x.post("aurora air")
        platforms.x.fail("429", path="search", reset=60)
        with pytest.raises(RetryAt):
            make_x().thread(named, named)


def test_a_retweet_in_the_mentions_is_known_as_one(platforms: Platforms, make_x: MakeX) -> None:
    platforms.x.account("auroraair")
    original = platforms.x.post("@auroraair is late")
    retweet = platforms.x.post("RT @ann: @auroraair is late", author="bob", retweet_of=original)
    quote = platforms.x.post("@auroraair look", author="bob", quote_of=original)
    keeper = Keeper()
    keeper.poll(make_x(mentions=True))
    found = {id: (post.repost_of, post.quote_of) for id, post in keeper.posts.items()}
    assert found == {original: (None, None), retweet: (original, None), quote: (None, original)}


class TestReply:
    def test_a_user_replies(self, platforms: Platforms, make_x: MakeX) -> None:
        to = platforms.x.post("aurora air?")
        receipt = make_x(USER_KEYS).reply(to, "We are on it.")
        assert platforms.x.replies == [{"id": receipt.id, "to": to, "text": "We are on it."}]
        assert receipt.url.endswith(receipt.id)

    def test_a_user_reads_without_a_bearer_token(self, platforms: Platforms, make_x: MakeX) -> None:
        platforms.x.post("aurora air")
        keeper = Keeper()
        keeper.poll(make_x(USER_KEYS))
        assert len(keeper.posts) == 1

    def test_without_a_users_keys_it_says_which(self, make_x: MakeX) -> None:
        with pytest.raises(Misconfigured, match="MENTIONDESK_X_CONSUMER_KEY"):
            make_x().reply("1", "hello")

    @pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"text": "We are on it."}}])
    def test_an_answer_without_the_reply_leaves_it_open(
        self, platforms: Platforms, make_x: MakeX, body: dict[str, Any]
    ) -> None:
        platforms.x.fail("200", body=body)
        with pytest.raises(Transient):
            make_x(USER_KEYS).reply("1", "We are on it.")

    def test_a_conversation_that_is_closed_to_us_is_told_in_xs_words(self, platforms: Platforms, make_x: MakeX) -> None:
        to = platforms.x.post("aurora air?", answerable=False)
        with pytest.raises(Misconfigured, match="you have not been mentioned by the author"):
            make_x(USER_KEYS).reply(to, "We are on it.")
        assert platforms.x.replies == []


class TestBurst:
    def test_ten_pages_are_not_read_again_with_every_poll(self, platforms: Platforms, make_x: MakeX) -> None:
        keeper = Keeper()
        keeper.poll(make_x())
        ids = set(post_many(platforms, 1000))
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
        ids = set(post_many(platforms, 300))
        ids.add(platforms.x.post("aurora air, late", late=100))
        keeper.poll(make_x())
        for number in range(18):
            platforms.clock.advance(60)
            if number in (0, 3, 6, 9):
                ids.add(platforms.x.post(f"aurora air, also late {number}", late=200))
            keeper.poll(make_x(), pages=1 if number % 4 == 1 else None)
        assert set(keeper.posts) == ids
        assert "wide" not in keeper.cursor["search"]
