"""The RSS source on the fake: what is new, what may be missing, and documents and servers that mean harm."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.rss.fetch import Fetcher, check_url
from sources.rss.guard import is_public
from sources.rss.source import Rss, RssOptions
from tests.platforms import Platforms
from tests.platforms.rss import DrippingHead
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import Storm

MakeRss = Callable[..., Rss]


@pytest.fixture
def make(platforms: Platforms) -> MakeRss:
    """Builds a source on the clock of the fakes; its arguments are options."""

    def build(path: str = "feed.xml", **options: Any) -> Rss:
        url = f"{platforms.url}/rss/{path}"
        given = {"terms": ["aurora air"], "url": url, "allow_private": True, **options}
        return Rss(RssOptions(**given), {}, platforms.clock.now)

    return build


def post_many(platforms: Platforms, count: int) -> list[str]:
    return [platforms.rss.post(f"aurora air {number}") for number in range(count)]


class TestReading:
    @pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
    def test_entries_become_plain_posts(self, platforms: Platforms, make: MakeRss, path: str) -> None:
        id = platforms.rss.post("<b>Late</b> & <i>sorry</i>", title="Aurora Air’s app", author="Dana")
        keeper = Keeper()
        keeper.poll(make(path))
        post = keeper.posts[id]
        assert post.text == "Aurora Air’s app\n\n<b>Late</b> & <i>sorry</i>"
        assert post.author
        assert (post.author.id, post.author.handle) == ("127.0.0.1:Dana", "Dana")
        assert post.lang == "en"
        assert post.extra == {"feed": "News of the air"}

    def test_markup_becomes_text(self, platforms: Platforms, make: MakeRss) -> None:
        body = "<p>Late &amp;amp; <i>so</i>&nbsp;<br>sorry</p><script>x()</script><ul><li>one<li>two</ul>"
        platforms.rss.documents["markup"] = (
            f"<rss version='2.0'><channel><item><description><![CDATA[{body}]]></description></item></channel></rss>"
        ).encode()
        (post,) = Keeper().poll(make("documents/markup"))
        assert post.text == "Late &amp; so\nsorry\n\none\ntwo"

    def test_an_unchanged_document_is_not_sent_again(self, platforms: Platforms, make: MakeRss) -> None:
        post_many(platforms, 3)
        keeper = Keeper()
        keeper.poll(make())
        assert keeper.poll(make()) == []
        assert [each.status for each in platforms.rss.requests] == [200, 304]
        assert keeper.cost.requests == 2

    def test_a_server_without_marks_brings_nothing_twice(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.marked = False
        post_many(platforms, 3)
        keeper = Keeper()
        keeper.poll(make())
        assert keeper.poll(make()) == []

    def test_an_edit_is_brought_again(self, platforms: Platforms, make: MakeRss) -> None:
        id = platforms.rss.post("aurora air is lte")
        keeper = Keeper()
        keeper.poll(make())
        platforms.rss.edit(id, "aurora air is late")
        assert [(post.id, post.text) for post in keeper.poll(make())] == [(id, "aurora air is late")]

    def test_what_a_budget_leaves_comes_next_time_even_if_nothing_changed(
        self, platforms: Platforms, make: MakeRss
    ) -> None:
        ids = post_many(platforms, 60)
        keeper = Keeper()
        for _ in range(3):
            keeper.poll(make(), Budget(posts=25))
        assert set(keeper.posts) == set(ids)
        assert set(keeper.seen.values()) == {1}

    @pytest.mark.parametrize("pages", [1, 2])
    def test_a_poll_killed_after_a_page_loses_nothing(self, platforms: Platforms, make: MakeRss, pages: int) -> None:
        ids = post_many(platforms, 500)
        keeper = Keeper()
        keeper.poll(make(), pages=pages)
        keeper.poll(make())
        assert set(keeper.posts) == set(ids)
        assert keeper.gaps == []

    def test_the_first_poll_passes_over_old_entries_and_later_ones_take_them(
        self, platforms: Platforms, make: MakeRss
    ) -> None:
        old = platforms.clock.now() - timedelta(days=3)
        platforms.rss.post("aurora air then", at=old)
        new = platforms.rss.post("aurora air now")
        keeper = Keeper()
        keeper.poll(make())
        assert set(keeper.posts) == {new}
        backdated = platforms.rss.post("aurora air, published late", at=old)
        keeper.poll(make())
        assert set(keeper.posts) == {new, backdated}

    def test_a_document_that_is_empty_for_once_changes_nothing(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.post("aurora air then", at=platforms.clock.now() - timedelta(days=3))
        keeper = Keeper()
        keeper.poll(make())
        post_many(platforms, 1)
        platforms.rss.fail("empty")
        keeper.poll(make())
        keeper.poll(make())
        assert (len(keeper.posts), keeper.gaps) == (1, [])

    def test_only_what_names_the_brand(self, platforms: Platforms, make: MakeRss) -> None:
        named = platforms.rss.post("what is wrong with Aurora  Air?")
        platforms.rss.post("aurora airlines")
        keeper = Keeper()
        keeper.poll(make(match=True))
        assert set(keeper.posts) == {named}

    def test_another_address_begins_anew(self, platforms: Platforms, make: MakeRss) -> None:
        post_many(platforms, 2)
        keeper = Keeper()
        keeper.poll(make())
        keeper.poll(make("atom.xml"))
        assert [each.status for each in platforms.rss.requests] == [200, 200]


class TestGaps:
    def test_a_document_that_shares_nothing_with_the_last_is_a_gap(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.shown = 10
        post_many(platforms, 10)
        keeper = Keeper()
        keeper.poll(make())
        platforms.clock.advance(600)
        ids = post_many(platforms, 15)
        keeper.poll(make())
        since, until = keeper.missed
        assert timedelta(seconds=599) < until - since - timedelta(hours=1) < timedelta(seconds=660)  # some come late
        assert until == keeper.posts[ids[5]].created_at
        keeper.poll(make())
        assert len(keeper.gaps) == 1

    def test_what_leaves_before_it_was_read_is_a_gap(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.shown = 10
        post_many(platforms, 10)
        keeper = Keeper()
        keeper.poll(make(), Budget(posts=4))
        post_many(platforms, 8)
        keeper.poll(make())
        assert [gap.reason for gap in keeper.gaps] == [
            "The feed shows nothing that it showed last time; what came between may be missing."
        ]

    def test_some_that_leave_before_they_were_read_are_counted(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.shown = 10
        post_many(platforms, 10)
        keeper = Keeper()
        keeper.poll(make(), Budget(posts=8))
        for id in list(platforms.rss.entries)[-2:]:
            platforms.rss.delete(id)
        keeper.poll(make())
        assert [gap.reason for gap in keeper.gaps] == ["2 entries left the feed before they were read."]

    def test_an_entry_without_words_is_counted_once(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.post("")
        keeper = Keeper()
        for _ in range(2):
            keeper.poll(make())
            post_many(platforms, 1)
        assert [gap.reason for gap in keeper.gaps] == [
            "1 entries of the feed could not be read (an entry without title, text and link)."
        ]


class TestEntries:
    def test_without_ids_links_stand_in_and_then_words(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.post("aurora air", guid=False, link="http://news.example/1")
        platforms.rss.post("aurora air again", guid=False)
        keeper = Keeper()
        keeper.poll(make())
        assert len(keeper.posts) == 2
        assert "http://news.example/1" in keeper.posts
        post_many(platforms, 1)
        assert len(keeper.poll(make())) == 1

    def test_without_a_date_an_entry_is_as_old_as_our_knowledge_of_it(
        self, platforms: Platforms, make: MakeRss
    ) -> None:
        id = platforms.rss.post("aurora air", dated=False)
        keeper = Keeper()
        keeper.poll(make())
        assert abs(keeper.posts[id].created_at - platforms.clock.now()) < timedelta(seconds=10)

    def test_a_date_to_come_is_now(self, platforms: Platforms, make: MakeRss) -> None:
        id = platforms.rss.post("aurora air", at=platforms.clock.now() + timedelta(days=30))
        platforms.rss.entries[id].visible_at = platforms.clock.now()
        keeper = Keeper()
        keeper.poll(make())
        assert keeper.posts[id].created_at <= platforms.clock.now()

    def test_a_feed_that_gives_every_entry_the_same_id(self, platforms: Platforms, make: MakeRss) -> None:
        items = "".join(f"<item><guid>1</guid><title>aurora air {n}</title></item>" for n in range(3))
        platforms.rss.documents["same"] = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        keeper = Keeper()
        keeper.poll(make("documents/same"))
        assert keeper.texts == {"aurora air 0", "aurora air 1", "aurora air 2"}
        assert all(id.startswith("127.0.0.1/rss/documents/same#1#") for id in keeper.posts)

    def test_a_broken_document_is_read_as_far_as_it_goes_and_again_next_time(
        self, platforms: Platforms, make: MakeRss
    ) -> None:
        platforms.rss.documents["cut"] = b"<rss version='2.0'><channel><item><title>aurora air</title></item><item><ti"
        keeper = Keeper()
        keeper.poll(make("documents/cut"))
        assert "aurora air" in keeper.texts
        assert not {"etag", "modified"} & keeper.cursor.keys()


class TestServers:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("401", AuthFailed, "does not show us the feed"),
            ("403", AuthFailed, "does not show us the feed"),
            ("404", Misconfigured, "has no feed at this address"),
            ("500", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "neither RSS nor Atom"),
            ("drop", Transient, "cut short"),
        ],
    )
    def test_what_servers_answer(
        self, platforms: Platforms, make: MakeRss, fault: str, error: type[SourceError], words: str
    ) -> None:
        post_many(platforms, 3)
        platforms.rss.fail(fault)
        keeper = Keeper()
        with pytest.raises(error, match=words):
            keeper.poll(make())
        assert keeper.cursor == {}
        assert len(keeper.poll(make())) == 3

    def test_a_server_that_asks_us_to_wait(self, platforms: Platforms, make: MakeRss) -> None:
        platforms.rss.fail("429", retry_after=90)
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make())
        assert timedelta(seconds=80) < caught.value.when - platforms.clock.now() <= timedelta(seconds=90)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_feed_that_moved_is_followed(self, platforms: Platforms, make: MakeRss, status: int) -> None:
        post_many(platforms, 2)
        assert len(Keeper().poll(make(f"moved?status={status}&to=/rss/feed.xml"))) == 2

    @pytest.mark.parametrize("to", ["file:///etc/passwd", "gopher://127.0.0.1/"])
    def test_other_addresses_are_not_followed(self, make: MakeRss, to: str) -> None:
        with pytest.raises(Misconfigured, match="must begin with http"):
            Keeper().poll(make(f"moved?to={to}"))

    def test_a_circle_of_redirects_ends(self, platforms: Platforms, make: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="from address to address"):
            Keeper().poll(make("moved?to="))
        assert len(platforms.rss.requests) == 6

    def test_a_bomb_is_not_unpacked(self, make: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="larger than 4 MB"):
            Keeper().poll(make("bomb"))

    def test_an_endless_document_is_not_read_to_its_end(self, make: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="larger than 4 MB"):
            Keeper().poll(make("endless"))

    def test_a_body_that_drips_is_cut_off_on_time(self, make: MakeRss) -> None:
        begun = time.monotonic()
        with pytest.raises(Transient, match=r"did not send the feed within 0\.5 seconds"):
            Keeper().poll(make("drip", timeout=0.5))
        assert time.monotonic() - begun < 3

    def test_a_head_that_drips_is_cut_off_on_time(self, make: MakeRss) -> None:
        begun = time.monotonic()
        with DrippingHead() as url, pytest.raises(Transient, match=r"did not send the feed within 0\.5 seconds"):
            Keeper().poll(make(url=url, timeout=0.5))
        assert time.monotonic() - begun < 3

    def test_a_feed_is_read_again_after_it_was_cut_off(self, platforms: Platforms, make: MakeRss) -> None:
        post_many(platforms, 2)
        source = make(timeout=0.5)
        platforms.rss.fail("hang", seconds=2)
        with pytest.raises(Transient):
            Keeper().poll(source)
        assert len(Keeper().poll(source)) == 2

    def test_entities_that_multiply_are_not_expanded(self, platforms: Platforms, make: MakeRss) -> None:
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "aurora air">{levels}]>'
        platforms.rss.documents["laughs"] = (
            f"{head}<rss version='2.0'><channel><item><title>aurora air &l9;</title></item></channel></rss>".encode()
        )
        posts = Keeper().poll(make("documents/laughs"))
        assert all(len(post.text) < 1_000 for post in posts)

    def test_files_are_not_read_through_entities(self, platforms: Platforms, make: MakeRss) -> None:
        head = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
        platforms.rss.documents["file"] = (
            f"{head}<rss version='2.0'><channel><item><title>aurora air &file;</title></item></channel></rss>".encode()
        )
        with open("/etc/hostname") as file:
            secret = file.read().strip()
        assert all(secret not in post.text for post in Keeper().poll(make("documents/file")))


class TestAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
    def test_private_addresses_are_refused_however_they_are_written(self, make: MakeRss, host: str) -> None:
        with pytest.raises(Misconfigured, match="allow_private = true"):
            Keeper().poll(make(url=f"http://{host}:9/feed.xml", allow_private=False))

    def test_a_redirect_does_not_lead_to_where_the_feed_may_not(self, platforms: Platforms) -> None:
        fetcher = Fetcher(5, lambda address: address == "127.0.0.1", platforms.clock.now)
        with pytest.raises(Misconfigured, match=r"127\.0\.0\.2 is at a private address"):
            fetcher.get(f"{platforms.url}/rss/moved?to=http://127.0.0.2:9/")

    @pytest.mark.parametrize(
        "address",
        [
            "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
            "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::",
            "64:ff9b::a00:1",
        ],
    )  # fmt: skip
    def test_not_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
    def test_public(self, address: str) -> None:
        assert is_public(address)


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
    def test_what_cannot_work_is_refused(self, make: MakeRss, options: dict[str, Any], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make(**options)

    def test_an_address_that_cannot_be_read(self) -> None:
        with pytest.raises(Misconfigured, match="must begin with http"):
            check_url("http://[::1")

    def test_keys_in_an_address_are_not_told(self, make: MakeRss) -> None:
        with pytest.raises(SourceError) as caught:
            Keeper().poll(make(url="http://user:hunter2@127.0.0.1:9/feed?key=hunter2"))
        assert "hunter2" not in str(caught.value)

    def test_base_url_stands_in_for_the_host(self, platforms: Platforms, make: MakeRss) -> None:
        post_many(platforms, 2)
        source = make(url="https://news.example/feed.xml?a=1", base_url=f"{platforms.url}/rss")
        assert len(Keeper().poll(source)) == 2
        assert platforms.rss.requests[0].params == {"a": "1"}


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make: MakeRss) -> None:
    faults: dict[str, dict[str, Any]] = {"429": {"retry_after": 20}, "500": {}, "html": {}, "drop": {}, "empty": {}}
    storm, keeper = Storm(platforms.rss, faults, seed), Keeper()
    platforms.rss.post("aurora air stays")  # so that two documents always have an entry in common
    storm.rage(make, keeper)
    storm.calm(make, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    # What the storm deleted between two pages of a poll that was killed.
    assert all("left the feed before they were read" in gap.reason for gap in keeper.gaps)
