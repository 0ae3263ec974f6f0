"""Posts of Bluesky that the desk has: their threads, re-checks and replies, through the real atproto."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import Misconfigured
from sources.bluesky import Bluesky
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.many import post_on_bluesky

Make = Callable[..., Bluesky]


class TestThread:
    def test_parents_replies_and_our_own_answer_oldest_first(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        ages = iter(range(10, 0, -1))

        def say(text: str, author: str, reply_to: str | None = None) -> str:
            return platforms.bluesky.post(text, author, at=now - timedelta(minutes=next(ages)), reply_to=reply_to)

        root = say("Which airline?", "bob")
        asked = say("aurora air?", "ann", root)
        answer = say("We fly there.", HANDLE, asked)
        thanks = say("Thanks", "ann", answer)
        say("Another branch", "cid", root)
        thread = make_bluesky().thread(asked, root)
        assert [post.id for post in thread] == [root, asked, answer, thanks]

    def test_what_is_gone_has_no_thread(self, platforms: Platforms, make_bluesky: Make) -> None:
        gone = platforms.bluesky.post("aurora air")
        platforms.bluesky.delete(gone)
        assert make_bluesky().thread(gone, gone) == ()


class TestRecheck:
    def test_deleted_is_gone_and_hidden_is_absent(self, platforms: Platforms, make_bluesky: Make) -> None:
        kept, deleted, hidden = post_on_bluesky(platforms, 3)
        platforms.bluesky.delete(deleted)
        platforms.bluesky.hide(hidden)
        found = make_bluesky().recheck([kept, deleted, hidden, "at://nonsense"])
        assert found[deleted] is None
        assert set(found) == {kept, deleted}

    def test_ids_are_asked_for_25_at_a_time(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_on_bluesky(platforms, 60)
        assert len(make_bluesky().recheck(ids)) == 60
        assert sum(each.path.endswith("getPosts") for each in platforms.bluesky.requests) == 3


class TestReply:
    def test_it_names_the_root_and_the_parent_and_makes_links_links(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        root = platforms.bluesky.post("Which airline?")
        asked = platforms.bluesky.post("aurora air?", reply_to=root)
        receipt = make_bluesky().reply(asked, "See https://auroraair.com/help")
        (sent,) = platforms.bluesky.replies
        assert receipt.id == sent["id"]
        assert receipt.url.startswith("https://bsky.app/profile/did:plc:")
        refs = sent["record"]["reply"]
        assert (refs["root"]["uri"], refs["parent"]["uri"]) == (root, asked)
        (facet,) = sent["record"]["facets"]
        assert facet["features"][0]["uri"] == "https://auroraair.com/help"
        assert (facet["index"]["byteStart"], facet["index"]["byteEnd"]) == (4, 30)

    def test_a_post_that_is_gone_cannot_be_answered(self, platforms: Platforms, make_bluesky: Make) -> None:
        gone = platforms.bluesky.post("aurora air?")
        platforms.bluesky.delete(gone)
        with pytest.raises(Misconfigured, match="no longer shows"):
            make_bluesky().reply(gone, "Hello")

    def test_a_text_that_is_too_long_is_told_in_blueskys_words(self, platforms: Platforms, make_bluesky: Make) -> None:
        to = platforms.bluesky.post("aurora air?")
        with pytest.raises(Misconfigured, match="must not be longer than 300 graphemes"):
            make_bluesky().reply(to, "a" * 301)
        assert platforms.bluesky.replies == []
