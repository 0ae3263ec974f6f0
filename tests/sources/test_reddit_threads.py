"""Posts of Reddit that the desk has: their threads, re-checks and replies, through the real praw."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import Misconfigured, RetryAt, Transient
from sources.reddit import Reddit
from tests.platforms import Platforms
from tests.sources.many import comment_on_reddit

MakeReddit = Callable[..., Reddit]


class TestRecheck:
    def test_erased_is_gone_edited_is_new_and_private_is_absent(
        self, platforms: Platforms, make_reddit: MakeReddit
    ) -> None:
        kept, deleted, removed, edited = comment_on_reddit(platforms, 4)
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
        assert len(make_reddit().recheck(comment_on_reddit(platforms, 250))) == 250
        assert platforms.reddit.asked == ["/api/info"] * 3


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
        assert platforms.reddit.asked == [f"/comments/{opening[3:]}"] * 2

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
