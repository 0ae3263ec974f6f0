"""Posts of X that the desk has: their threads, re-checks and replies, through the real tweepy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import (
    Misconfigured,
    RetryAt,
    Transient,
)
from sources.x import X
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import post_on_x

MakeX = Callable[..., X]
USER_KEYS = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "fake")


class TestRecheck:
    def test_deleted_is_gone_edited_is_new_and_protected_is_absent(self, platforms: Platforms, make_x: MakeX) -> None:
        kept, deleted, protected, edited = post_on_x(platforms, 4)
        platforms.x.delete(deleted)
        platforms.x.posts[int(protected)].protected = True
        platforms.x.edit(edited, "aurora air, corrected")
        found = make_x().recheck([kept, deleted, protected, edited, "no number", "²", kept])
        assert set(found) == {kept, deleted, edited}
        assert found[deleted] is None
        texts = {post.root_id: post.text for post in found.values() if post}
        assert texts == {kept: "aurora air 0", edited: "aurora air, corrected"}

    def test_ids_are_asked_for_by_the_hundred(self, platforms: Platforms, make_x: MakeX) -> None:
        ids = post_on_x(platforms, 250)
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
