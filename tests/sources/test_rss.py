"""The RSS source on the fake: what is new, and what may be missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import Budget, Misconfigured, SourceError
from sources.rss.fetch import check_url
from sources.rss.source import Rss
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.many import post_in_feed
from tests.sources.test_chaos import Storm

MakeRss = Callable[..., Rss]


class TestReading:
    @pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
    def test_entries_become_plain_posts(self, platforms: Platforms, make_rss: MakeRss, path: str) -> None:
        id = platforms.rss.post("<b>Late</b> & <i>sorry</i>", title="Aurora Air’s app", author="Dana")
        keeper = Keeper()
        keeper.poll(make_rss(path))
        post = keeper.posts[id]
        assert post.text == "Aurora Air’s app\n\n<b>Late</b> & <i>sorry</i>"
        assert post.author
        assert (post.author.id, post.author.handle) == ("127.0.0.1:Dana", "Dana")
        assert post.lang == "en"
        assert post.extra == {"feed": "News of the air"}

    def test_markup_becomes_text(self, platforms: Platforms, make_rss: MakeRss) -> None:
        body = "<p>Late &amp;amp; <i>so</i>&nbsp;<br>sorry</p><script>x()</script><ul><li>one<li>two</ul>"
        platforms.rss.documents["markup"] = (
            f"<rss version='2.0'><channel><item><description><![CDATA[{body}]]></description></item></channel></rss>"
        ).encode()
        (post,) = Keeper().poll(make_rss("documents/markup"))
        assert post.text == "Late &amp; so\nsorry\n\none\ntwo"

    def test_an_unchanged_document_is_not_sent_again(self, platforms: Platforms, make_rss: MakeRss) -> None:
        post_in_feed(platforms, 3)
        keeper = Keeper()
        keeper.poll(make_rss())
        assert keeper.poll(make_rss()) == []
        assert [each.status for each in platforms.rss.requests] == [200, 304]
        assert keeper.cost.requests == 2

    def test_a_server_without_marks_brings_nothing_twice(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.marked = False
        post_in_feed(platforms, 3)
        keeper = Keeper()
        keeper.poll(make_rss())
        assert keeper.poll(make_rss()) == []

    def test_an_edit_is_brought_again(self, platforms: Platforms, make_rss: MakeRss) -> None:
        id = platforms.rss.post("aurora air is lte")
        keeper = Keeper()
        keeper.poll(make_rss())
        platforms.rss.edit(id, "aurora air is late")
        assert [(post.id, post.text) for post in keeper.poll(make_rss())] == [(id, "aurora air is late")]

    def test_what_a_budget_leaves_comes_next_time_even_if_nothing_changed(
        self, platforms: Platforms, make_rss: MakeRss
    ) -> None:
        ids = post_in_feed(platforms, 60)
        keeper = Keeper()
        for _ in range(3):
            keeper.poll(make_rss(), Budget(posts=25))
        assert set(keeper.posts) == set(ids)
        assert set(keeper.seen.values()) == {1}

    @pytest.mark.parametrize("pages", [1, 2])
    def test_a_poll_killed_after_a_page_loses_nothing(
        self, platforms: Platforms, make_rss: MakeRss, pages: int
    ) -> None:
        ids = post_in_feed(platforms, 500)
        keeper = Keeper()
        keeper.poll(make_rss(), pages=pages)
        keeper.poll(make_rss())
        assert set(keeper.posts) == set(ids)
        assert keeper.gaps == []

    def test_the_first_poll_passes_over_old_entries_and_later_ones_take_them(
        self, platforms: Platforms, make_rss: MakeRss
    ) -> None:
        old = platforms.clock.now() - timedelta(days=3)
        platforms.rss.post("aurora air then", at=old)
        new = platforms.rss.post("aurora air now")
        keeper = Keeper()
        keeper.poll(make_rss())
        assert set(keeper.posts) == {new}
        backdated = platforms.rss.post("aurora air, published late", at=old)
        keeper.poll(make_rss())
        assert set(keeper.posts) == {new, backdated}

    def test_a_document_that_is_empty_for_once_changes_nothing(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.post("aurora air then", at=platforms.clock.now() - timedelta(days=3))
        keeper = Keeper()
        keeper.poll(make_rss())
        post_in_feed(platforms, 1)
        platforms.rss.fail("empty")
        keeper.poll(make_rss())
        keeper.poll(make_rss())
        assert (len(keeper.posts), keeper.gaps) == (1, [])

    def test_only_what_names_the_brand(self, platforms: Platforms, make_rss: MakeRss) -> None:
        named = platforms.rss.post("what is wrong with Aurora  Air?")
        platforms.rss.post("aurora airlines")
        keeper = Keeper()
        keeper.poll(make_rss(match=True))
        assert set(keeper.posts) == {named}

    def test_another_address_begins_anew(self, platforms: Platforms, make_rss: MakeRss) -> None:
        post_in_feed(platforms, 2)
        keeper = Keeper()
        keeper.poll(make_rss())
        keeper.poll(make_rss("atom.xml"))
        assert [each.status for each in platforms.rss.requests] == [200, 200]


class TestGaps:
    def test_a_document_that_shares_nothing_with_the_last_is_a_gap(
        self, platforms: Platforms, make_rss: MakeRss
    ) -> None:
        platforms.rss.shown = 10
        post_in_feed(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_rss())
        platforms.clock.advance(600)
        ids = post_in_feed(platforms, 15)
        keeper.poll(make_rss())
        since, until = keeper.missed
        assert timedelta(seconds=599) < until - since - timedelta(hours=1) < timedelta(seconds=660)  # some come late
        assert until == keeper.posts[ids[5]].created_at
        keeper.poll(make_rss())
        assert len(keeper.gaps) == 1

    def test_what_leaves_before_it_was_read_is_a_gap(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.shown = 10
        post_in_feed(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_rss(), Budget(posts=4))
        post_in_feed(platforms, 8)
        keeper.poll(make_rss())
        assert [gap.reason for gap in keeper.gaps] == [
            "The feed shows nothing that it showed last time; what came between may be missing."
        ]

    def test_some_that_leave_before_they_were_read_are_counted(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.shown = 10
        post_in_feed(platforms, 10)
        keeper = Keeper()
        keeper.poll(make_rss(), Budget(posts=8))
        for id in list(platforms.rss.entries)[-2:]:
            platforms.rss.delete(id)
        keeper.poll(make_rss())
        assert [gap.reason for gap in keeper.gaps] == ["2 entries left the feed before they were read."]

    def test_an_entry_without_words_is_counted_once(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.post("")
        keeper = Keeper()
        for _ in range(2):
            keeper.poll(make_rss())
            post_in_feed(platforms, 1)
        assert [gap.reason for gap in keeper.gaps] == [
            "1 entries of the feed could not be read (an entry without title, text and link)."
        ]


class TestEntries:
    def test_without_ids_links_stand_in_and_then_words(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.post("aurora air", guid=False, link="http://news.example/1")
        platforms.rss.post("aurora air again", guid=False)
        keeper = Keeper()
        keeper.poll(make_rss())
        assert len(keeper.posts) == 2
        assert "http://news.example/1" in keeper.posts
        post_in_feed(platforms, 1)
        assert len(keeper.poll(make_rss())) == 1

    def test_without_a_date_an_entry_is_as_old_as_our_knowledge_of_it(
        self, platforms: Platforms, make_rss: MakeRss
    ) -> None:
        id = platforms.rss.post("aurora air", dated=False)
        keeper = Keeper()
        keeper.poll(make_rss())
        assert abs(keeper.posts[id].created_at - platforms.clock.now()) < timedelta(seconds=10)

    def test_a_date_to_come_is_now(self, platforms: Platforms, make_rss: MakeRss) -> None:
        id = platforms.rss.post("aurora air", at=platforms.clock.now() + timedelta(days=30))
        platforms.rss.entries[id].visible_at = platforms.clock.now()
        keeper = Keeper()
        keeper.poll(make_rss())
        assert keeper.posts[id].created_at <= platforms.clock.now()

    def test_a_feed_that_gives_every_entry_the_same_id(self, platforms: Platforms, make_rss: MakeRss) -> None:
        items = "".join(f"<item><guid>1</guid><title>aurora air {n}</title></item>" for n in range(3))
        platforms.rss.documents["same"] = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        keeper = Keeper()
        keeper.poll(make_rss("documents/same"))
        assert keeper.texts == {"aurora air 0", "aurora air 1", "aurora air 2"}
        assert all(id.startswith("127.0.0.1/rss/documents/same#1#") for id in keeper.posts)

    def test_a_broken_document_is_read_as_far_as_it_goes_and_again_next_time(
        self, platforms: Platforms, make_rss: MakeRss
    ) -> None:
        platforms.rss.documents["cut"] = b"<rss version='2.0'><channel><item><title>aurora air</title></item><item><ti"
        keeper = Keeper()
        keeper.poll(make_rss("documents/cut"))
        assert "aurora air" in keeper.texts
        assert not {"etag", "modified"} & keeper.cursor.keys()


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"url": ""}, "needs its url"),
            ({"url": "ftp://news.example/feed"}, "must begin with http"),
            ({"url": "/etc/passwd"}, "must begin with http"),
            ({"match": True, "terms": []}, "needs a brand with terms"),
        ],
    )
    def test_what_cannot_work_is_refused(self, make_rss: MakeRss, options: dict[str, Any], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make_rss(**options)

    def test_an_address_that_cannot_be_read(self) -> None:
        with pytest.raises(Misconfigured, match="must begin with http"):
            check_url("http://[::1")

    def test_keys_in_an_address_are_not_told(self, make_rss: MakeRss) -> None:
        with pytest.raises(SourceError) as caught:
            Keeper().poll(make_rss(url="http://user:hunter2@127.0.0.1:9/feed?key=hunter2"))
        assert "hunter2" not in str(caught.value)

    def test_base_url_stands_in_for_the_host(self, platforms: Platforms, make_rss: MakeRss) -> None:
        post_in_feed(platforms, 2)
        source = make_rss(url="https://news.example/feed.xml?a=1", base_url=f"{platforms.url}/rss")
        assert len(Keeper().poll(source)) == 2
        assert platforms.rss.requests[0].params == {"a": "1"}


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make_rss: MakeRss) -> None:
    faults: dict[str, dict[str, Any]] = {"429": {"retry_after": 20}, "500": {}, "html": {}, "drop": {}, "empty": {}}
    storm, keeper = Storm(platforms.rss, faults, seed), Keeper()
    platforms.rss.post("aurora air stays")  # so that two documents always have an entry in common
    storm.rage(make_rss, keeper)
    storm.calm(make_rss, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    # What the storm deleted between two pages of a poll that was killed.
    assert all("left the feed before they were read" in gap.reason for gap in keeper.gaps)
