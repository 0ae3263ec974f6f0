"""Reddit through the real praw: listings, closed subreddits, limits without sleeping, re-checks and replies."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.reddit import Reddit
from tests.platforms import Platforms
from tests.sources.keeper import Keeper

MakeReddit = Callable[..., Reddit]
FLIGHTS = {"subreddits": ["flights"], "submissions": False}


def comment_many(platforms: Platforms, count: int, subreddit: str = "flights") -> list[str]:
    """Comments a second apart, oldest first, the newest now."""
    now = platforms.clock.now()
    times = [now - timedelta(seconds=count - number) for number in range(count)]
    return [
        platforms.reddit.post(f"aurora air {number}", subreddit=subreddit, at=at) for number, at in enumerate(times)
    ]


def paths(platforms: Platforms) -> list[str]:
    return [each.path for each in platforms.reddit.requests if "access_token" not in each.path]


class TestFetch:
    def test_all_submissions_are_searched_for_the_terms(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        found = platforms.reddit.post("It was late.", title="My trip with Aurora Air", subreddit="travel")
        platforms.reddit.post("aurora air in a comment")
        keeper = Keeper()
        keeper.poll(make_reddit())
        assert keeper.posts[found].text == "My trip with Aurora Air\n\nIt was late."
        assert set(keeper.posts) == {found}
        assert paths(platforms) == ["/r/all/search"]

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
        assert paths(platforms) == ["/r/flights/search", "/r/flights/comments"]

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
        old = comment_many(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        platforms.clock.advance(hours=1)
        new = comment_many(platforms, 400)
        platforms.reddit.requests.clear()
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == {*old, *new}
        assert len(paths(platforms)) == 5
        assert keeper.gaps == []

    def test_more_than_a_listing_holds_is_a_gap(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        comment_many(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        known = platforms.clock.now()
        platforms.clock.advance(hours=2)
        new = comment_many(platforms, 1100)
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(new[100:]) <= set(keeper.posts)
        since, until = keeper.missed
        assert abs(since - known + timedelta(minutes=10)) < timedelta(seconds=5)  # some are shown late
        assert until == keeper.posts[new[100]].created_at

    def test_deleting_the_newest_known_post_stalls_nothing(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        keeper = Keeper()
        for number in range(3):
            newest = comment_many(platforms, 5)[-1]
            keeper.poll(make_reddit(**FLIGHTS))
            assert len(keeper.posts) == 5 * (number + 1)
            platforms.reddit.delete(newest)
            platforms.clock.advance(60)

    def test_an_interrupted_poll_goes_on_below(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_many(platforms, 350)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS), pages=2)
        platforms.clock.advance(60)
        newer = platforms.reddit.post("aurora air while we were down")
        platforms.reddit.requests.clear()
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == {*ids, newer}
        assert [each.params.get("after") for each in platforms.reddit.requests][1:3] == [ids[150], ids[50]]

    def test_the_item_to_go_on_below_may_be_deleted(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_many(platforms, 350)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS), pages=1)
        platforms.reddit.delete(ids[250])
        keeper.poll(make_reddit(**FLIGHTS))
        assert set(keeper.posts) == set(ids)
        assert keeper.gaps == []

    def test_when_that_happens_again_the_rest_is_a_gap(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        ids = comment_many(platforms, 350)
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
        assert len(paths(platforms)) == 1

    def test_a_listing_that_ends_within_the_overlap_is_no_gap(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        comment_many(platforms, 400)
        keeper = Keeper()
        keeper.poll(make_reddit(**FLIGHTS))
        comment_many(platforms, 700)
        keeper.poll(make_reddit(**FLIGHTS))
        assert keeper.gaps == []

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


class TestClosedSubreddits:
    def test_the_culprit_is_named_and_the_others_are_read(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        names = [f"sub{number}" for number in range(9)]
        for name in names:
            platforms.reddit.post(f"aurora air in {name}", subreddit=name)
        platforms.reddit.private.add("sub3")
        platforms.reddit.banned.add("sub7")
        keeper = Keeper()
        keeper.poll(make_reddit(subreddits=[*names, "nowhere"], submissions=False))
        assert keeper.texts == {f"aurora air in {name}" for name in names if name not in ("sub3", "sub7")}
        assert [gap.reason for gap in keeper.gaps] == [
            "Reddit does not show r/sub3, r/sub7, r/nowhere (private, banned or unknown); the feed goes on without."
        ]
        assert keeper.cost.requests == len(paths(platforms))

    def test_it_is_left_alone_for_an_hour_and_then_read_again(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        platforms.reddit.post("aurora air", subreddit="flights")
        platforms.reddit.post("aurora air", subreddit="travel")
        platforms.reddit.private.add("travel")
        source, keeper = make_reddit(subreddits=["flights", "travel"], submissions=False), Keeper()
        keeper.poll(source)
        platforms.reddit.requests.clear()
        keeper.poll(source)
        assert paths(platforms) == ["/r/flights/comments"]
        platforms.clock.advance(hours=2)
        platforms.reddit.private.clear()
        reopened = platforms.reddit.post("aurora air again", subreddit="travel")
        keeper.poll(source)
        assert reopened in keeper.posts
        assert len(keeper.gaps) == 1

    def test_when_all_are_closed_it_says_so(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.private.add("flights")
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        for _ in range(2):
            with pytest.raises(Misconfigured, match="Reddit shows none of r/flights: private, banned or unknown"):
                keeper.poll(source)


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "refused the request"),
            ("500", Transient, "trouble of its own"),
            ("502", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not JSON"),
            ("drop", Transient, "cut short"),
        ],
    )
    def test_a_fault_is_told_at_once_without_the_librarys_retries(
        self, platforms: Platforms, make_reddit: MakeReddit, fault: str, error: type[SourceError], words: str
    ) -> None:
        platforms.reddit.fail(fault, path="/comments")
        began = time.monotonic()
        with pytest.raises(error, match=words):
            Keeper().poll(make_reddit(**FLIGHTS))
        assert time.monotonic() - began < 1
        assert paths(platforms) == ["/r/flights/comments"]

    @pytest.mark.parametrize("fault", ["500", "html", "drop", "429"])
    def test_signing_in_fails_as_mildly(self, platforms: Platforms, make_reddit: MakeReddit, fault: str) -> None:
        platforms.reddit.post("aurora air")
        platforms.reddit.fail(fault, path="access_token")
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        with pytest.raises((Transient, RetryAt)):
            keeper.poll(source)
        platforms.clock.advance(120)
        keeper.poll(source)
        assert len(keeper.posts) == 1

    def test_wrong_credentials(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        with pytest.raises(AuthFailed, match=r"refused our credentials \(status 401\)"):
            Keeper().poll(make_reddit({"client_id": "who", "client_secret": "knows"}, **FLIGHTS))
        user = platforms.reddit_credentials | {"refresh_token": "revoked"}
        with pytest.raises(AuthFailed, match="invalid_grant"):
            Keeper().poll(make_reddit(user, **FLIGHTS))

    def test_a_token_that_expired_is_renewed(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        keeper.poll(source)
        platforms.reddit.expire_tokens()
        platforms.reddit.post("aurora air")
        keeper.poll(source)
        assert len(keeper.posts) == 1
        assert platforms.reddit.tokens_given == 2

    @pytest.mark.parametrize("form", ["seconds", "date", "nonsense", "absent"])
    def test_a_limit_tells_when_in_any_form(self, platforms: Platforms, make_reddit: MakeReddit, form: str) -> None:
        then = platforms.clock.now() + timedelta(seconds=90)
        headers: dict[str, Any] = {"seconds": "90", "date": format_datetime(then, usegmt=True), "nonsense": "soon"}
        platforms.reddit.allowance_reset = 90
        platforms.reddit.fail("429", path="/comments", **({"retry_after": headers[form]} if form in headers else {}))
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_reddit(**FLIGHTS))
        assert abs(caught.value.when - then) < timedelta(seconds=3)

    def test_a_used_up_allowance_is_waited_for_without_sleeping(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        comment_many(platforms, 250)
        platforms.reddit.allowance, platforms.reddit.allowance_reset = 2, 200
        source, keeper = make_reddit(**FLIGHTS), Keeper()
        began = time.monotonic()
        with pytest.raises(RetryAt) as caught:
            keeper.poll(source)
        assert time.monotonic() - began < 2
        assert abs(caught.value.when - platforms.clock.now() - timedelta(seconds=200)) < timedelta(seconds=3)
        assert (len(keeper.posts), len(paths(platforms))) == (200, 2)
        platforms.clock.advance(201)
        platforms.reddit.allowance = 100
        keeper.poll(source)
        assert len(keeper.posts) == 250

    def test_a_server_that_hangs_is_given_up(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.fail("hang", path="/comments", seconds=1.5)
        with pytest.raises(Transient, match=r"did not answer within 0\.2 seconds"):
            Keeper().poll(make_reddit(timeout=0.2, **FLIGHTS))

    def test_json_that_is_no_listing(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        platforms.reddit.fail("200", path="/comments", body={"kind": "wiki"})
        with pytest.raises(Transient, match="without a listing"):
            Keeper().poll(make_reddit(**FLIGHTS))


class TestRecheck:
    def test_erased_is_gone_edited_is_new_and_private_is_absent(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        kept, deleted, removed, edited = comment_many(platforms, 4)
        submission = platforms.reddit.post("text", title="aurora air")
        hidden = platforms.reddit.post("aurora air", subreddit="secret")
        platforms.reddit.delete(deleted)
        platforms.reddit.remove(removed)
        platforms.reddit.remove(submission)
        platforms.reddit.edit(edited, "aurora air, corrected")
        platforms.reddit.private.add("secret")
        found = make_reddit().recheck([kept, deleted, removed, edited, submission, hidden, "t1_zzzzz", "t9_no"])
        assert {id for id, post in found.items() if post is None} == {deleted, removed, submission}
        assert set(found) == {kept, deleted, removed, edited, submission}
        shown = {id: (post.text, post.edited) for id, post in found.items() if post}
        assert shown == {kept: ("aurora air 0", False), edited: ("aurora air, corrected", True)}

    def test_ids_are_asked_for_by_the_hundred(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        assert len(make_reddit().recheck(comment_many(platforms, 250))) == 250
        assert paths(platforms) == ["/api/info"] * 3


class TestThread:
    def test_the_submission_with_all_its_comments(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        now = platforms.clock.now()
        at = [now - timedelta(seconds=60 - number) for number in range(6)]
        opening = platforms.reddit.post("It was late.", title="My trip", at=at[0])
        named = platforms.reddit.post("with aurora air?", parent=opening, at=at[1])
        erased = platforms.reddit.post("who else", parent=named, at=at[2])
        ours = platforms.reddit.post("We are on it.", author="AuroraAir", parent=erased, at=at[3])
        beside = platforms.reddit.post("mine too", parent=opening, at=at[4])
        platforms.reddit.post("another matter", at=at[5])
        platforms.reddit.delete(erased)
        for post_id, thread_id in ((named, opening), (named, None), (opening, None)):
            thread = make_reddit().thread(post_id, thread_id)
            assert [post.id for post in thread] == [opening, named, ours, beside]
            assert {post.thread_id for post in thread} == {opening}

    def test_a_comment_beyond_the_newest_comes_with_parents_and_answers(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        now = platforms.clock.now()
        opening = platforms.reddit.post("", title="My trip", at=now - timedelta(days=2))
        parent = platforms.reddit.post("with whom?", parent=opening, at=now - timedelta(days=1, minutes=3))
        named = platforms.reddit.post("aurora air", parent=parent, at=now - timedelta(days=1, minutes=2))
        answer = platforms.reddit.post("thanks", parent=named, at=now - timedelta(days=1, minutes=1))
        newest = [
            platforms.reddit.post(f"late {n}", parent=opening, at=now - timedelta(minutes=50 - n)) for n in range(20)
        ]
        platforms.reddit.comments_shown = 10
        thread = make_reddit().thread(named, opening)
        assert [post.id for post in thread] == [opening, parent, named, answer, *newest[10:]]
        assert paths(platforms) == [f"/comments/{opening[3:]}"] * 2

    def test_what_cannot_be_read_is_told(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        named = platforms.reddit.post("aurora air", subreddit="secret")
        platforms.reddit.private.add("secret")
        assert list(make_reddit().thread(named, None)) == []
        with pytest.raises(Misconfigured, match="does not show this to us"):
            make_reddit().thread(named, "t3_0")
        platforms.reddit.fail("200", path="/comments", body={})
        with pytest.raises(Transient, match="without the comments"):
            make_reddit().thread(named, "t3_0")


class TestReply:
    def test_a_user_replies(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        to = platforms.reddit.post("aurora air?")
        receipt = make_reddit(platforms.reddit_user_credentials).reply(to, "We are on it.")
        assert platforms.reddit.replies == [{"id": receipt.id, "to": to, "text": "We are on it."}]
        assert receipt.url.startswith("https://www.reddit.com/r/flights/")

    def test_a_name_and_password_are_a_user_too(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        to = platforms.reddit.post("aurora air?")
        user = platforms.reddit_credentials | {"username": "AuroraAir", "password": "fake-reddit-password"}
        assert make_reddit(user).reply(to, "We are on it.").id

    def test_a_limit_under_status_200_is_told_as_one(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        to = platforms.reddit.post("aurora air?")
        platforms.reddit.reply_errors.append(
            ["RATELIMIT", "Take a break for 5 minutes before trying again.", "ratelimit"]
        )
        with pytest.raises(RetryAt) as caught:
            make_reddit(platforms.reddit_user_credentials).reply(to, "We are on it.")
        assert abs(caught.value.when - platforms.clock.now() - timedelta(minutes=5)) < timedelta(seconds=3)

    def test_another_refusal_is_told_in_reddits_words(self, platforms: Platforms, make_reddit: MakeReddit) -> None:
        to = platforms.reddit.post("aurora air?")
        platforms.reddit.reply_errors.append(["THREAD_LOCKED", "Comments are locked.", "parent"])
        with pytest.raises(Misconfigured, match="Comments are locked"):
            make_reddit(platforms.reddit_user_credentials).reply(to, "We are on it.")

    @pytest.mark.parametrize("body", [{}, [], {"json": None}, {"json": {"errors": [], "data": {"things": [1]}}}])
    def test_an_answer_without_the_reply_leaves_it_open(
        self, platforms: Platforms, make_reddit: MakeReddit, body: object
    ) -> None:
        platforms.reddit.fail("200", path="/api/comment", body=body)
        with pytest.raises(Transient, match="without saying under which id"):
            make_reddit(platforms.reddit_user_credentials).reply("t1_1", "We are on it.")


def test_the_budget_is_shared_by_all_listings(platforms: Platforms, make_reddit: MakeReddit) -> None:
    comment_many(platforms, 10)
    Keeper().poll(make_reddit(subreddits=["flights"], query="aurora air"), Budget(requests=2))
    assert paths(platforms) == ["/r/flights/search", "/r/flights/comments"]
