"""HTML as text: decoded once, broken where a reader sees a break, and never a reason to fail."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.markup import to_text

LONG = "https://news.example/a-very-long-address/that-goes-on"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("It&#x27;s &lt;b&gt; &amp;amp; more", "It's <b> &amp; more"),
        ("one<p>two</p><p>three", "one\n\ntwo\n\nthree"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a\n  b\t c", "a b c"),
        ("<pre><code>a\n  b</code></pre>", "a\nb"),
        ("<script>alert(1)</script>safe<style>p{}</style>", "safe"),
        (f'see <a href="{LONG}">{LONG[:30]}...</a>', f"see {LONG}"),
        (f'see <a href="{LONG}">our page...</a>', "see our page..."),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("</a></p></script>end", "end"),
        ("a&nbsp;b", "a b"),
        ("a<!-- b > c -->d<!DOCTYPE x>e<?php f ?>g", "adeg"),
        ("<![if !IE]>a<![endif]>b<![what[c]]>d", "abd"),
        ("", ""),
    ],
)
def test_it_reads_like_the_page(markup: str, text: str) -> None:
    assert to_text(markup) == text


@pytest.mark.parametrize(
    "part",
    ["<a ", "<!--", "<![", "<", "&", "<p", "</", "<a b='", "<script>", "<p>", "<a href=x>", "</p>", "<x y=z "],
)
def test_it_takes_no_longer_for_hostile_markup(part: str) -> None:
    begun = time.process_time()
    to_text(part * (200_000 // len(part)))
    to_text(part * (200_000 // len(part)) + ">")
    assert time.process_time() - begun < 5


PARTS = ("<![", "<!", "<!--", "-->", "]]>", "</", "<a", "<", ">", "[", "&", ";", "#x", "p", " ", '"', "=", "\n")


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join))
def test_nothing_makes_it_fail(markup: str) -> None:
    assert "\n\n\n" not in to_text(markup)
