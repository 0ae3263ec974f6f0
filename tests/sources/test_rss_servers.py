"""The RSS source against documents and servers that mean harm, and the addresses that it asks."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import AuthFailed, Misconfigured, RetryAt, SourceError, Transient
from sources.rss.fetch import Fetcher
from sources.rss.guard import is_public
from sources.rss.source import Rss
from tests.platforms import Platforms
from tests.platforms.rss import DrippingHead
from tests.sources.keeper import Keeper
from tests.sources.many import post_in_feed

MakeRss = Callable[..., Rss]


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
        self, platforms: Platforms, make_rss: MakeRss, fault: str, error: type[SourceError], words: str
    ) -> None:
        post_in_feed(platforms, 3)
        platforms.rss.fail(fault)
        keeper = Keeper()
        with pytest.raises(error, match=words):
            keeper.poll(make_rss())
        assert keeper.cursor == {}
        assert len(keeper.poll(make_rss())) == 3

    def test_a_server_that_asks_us_to_wait(self, platforms: Platforms, make_rss: MakeRss) -> None:
        platforms.rss.fail("429", retry_after=90)
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_rss())
        assert timedelta(seconds=80) < caught.value.when - platforms.clock.now() <= timedelta(seconds=90)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_feed_that_moved_is_followed(self, platforms: Platforms, make_rss: MakeRss, status: int) -> None:
        post_in_feed(platforms, 2)
        assert len(Keeper().poll(make_rss(f"moved?status={status}&to=/rss/feed.xml"))) == 2

    @pytest.mark.parametrize("to", ["file:///etc/passwd", "gopher://127.0.0.1/"])
    def test_other_addresses_are_not_followed(self, make_rss: MakeRss, to: str) -> None:
        with pytest.raises(Misconfigured, match="must begin with http"):
            Keeper().poll(make_rss(f"moved?to={to}"))

    def test_a_circle_of_redirects_ends(self, platforms: Platforms, make_rss: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="from address to address"):
            Keeper().poll(make_rss("moved?to="))
        assert len(platforms.rss.requests) == 6

    def test_a_bomb_is_not_unpacked(self, make_rss: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="larger than 4 MB"):
            Keeper().poll(make_rss("bomb"))

    def test_an_endless_document_is_not_read_to_its_end(self, make_rss: MakeRss) -> None:
        with pytest.raises(Misconfigured, match="larger than 4 MB"):
            Keeper().poll(make_rss("endless"))

    def test_a_body_that_drips_is_cut_off_on_time(self, make_rss: MakeRss) -> None:
        begun = time.monotonic()
        with pytest.raises(Transient, match=r"did not send the feed within 0\.5 seconds"):
            Keeper().poll(make_rss("drip", timeout=0.5))
        assert time.monotonic() - begun < 3

    def test_a_head_that_drips_is_cut_off_on_time(self, make_rss: MakeRss) -> None:
        begun = time.monotonic()
        with DrippingHead() as url, pytest.raises(Transient, match=r"did not send the feed within 0\.5 seconds"):
            Keeper().poll(make_rss(url=url, timeout=0.5))
        assert time.monotonic() - begun < 3

    def test_a_feed_is_read_again_after_it_was_cut_off(self, platforms: Platforms, make_rss: MakeRss) -> None:
        post_in_feed(platforms, 2)
        source = make_rss(timeout=0.5)
        platforms.rss.fail("hang", seconds=2)
        with pytest.raises(Transient):
            Keeper().poll(source)
        assert len(Keeper().poll(source)) == 2

    def test_entities_that_multiply_are_not_expanded(self, platforms: Platforms, make_rss: MakeRss) -> None:
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "aurora air">{levels}]>'
        platforms.rss.documents["laughs"] = (
            f"{head}<rss version='2.0'><channel><item><title>aurora air &l9;</title></item></channel></rss>".encode()
        )
        posts = Keeper().poll(make_rss("documents/laughs"))
        assert all(len(post.text) < 1_000 for post in posts)

    def test_files_are_not_read_through_entities(self, platforms: Platforms, make_rss: MakeRss) -> None:
        head = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
        platforms.rss.documents["file"] = (
            f"{head}<rss version='2.0'><channel><item><title>aurora air &file;</title></item></channel></rss>".encode()
        )
        with open("/etc/hostname") as file:
            secret = file.read().strip()
        assert all(secret not in post.text for post in Keeper().poll(make_rss("documents/file")))


class TestAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
    def test_private_addresses_are_refused_however_they_are_written(self, make_rss: MakeRss, host: str) -> None:
        with pytest.raises(Misconfigured, match="allow_private = true"):
            Keeper().poll(make_rss(url=f"http://{host}:9/feed.xml", allow_private=False))

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
