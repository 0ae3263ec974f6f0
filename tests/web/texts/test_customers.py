"""Hostile text becomes inert, readable HTML."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.texts.customers import customer_words, direction, excerpt


class Reader(HTMLParser):
    """What a browser would make of it: tags and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(str(html))  # Markup would escape what the parser joins
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("text", "source", "links"),
    [
        ("see https://a.example/b?c=1&d=2.", "x", ["https://a.example/b?c=1&d=2"]),
        ("(https://a.example/wiki_(x))", "x", ["https://a.example/wiki_(x))"]),
        ("(see https://a.example)", "x", ["https://a.example"]),
        ("@dana, thanks @tiggs_.", "x", ["https://x.com/dana", "https://x.com/tiggs_"]),
        ("https://... http://", "x", []),
        ("@dana.bsky.example!", "bluesky", ["https://bsky.app/profile/dana.bsky.example"]),
        ("@ana@social.example", "mastodon", ["https://social.example/@ana"]),
        (
            "ask u/someone in r/flights",
            "reddit",
            ["https://www.reddit.com/u/someone", "https://www.reddit.com/r/flights"],
        ),
        ("#delay mail me@home.example", "x", ["https://x.com/hashtag/delay"]),
        ("@dana #delay", "hackernews", []),
        ("javascript:alert(1) data:text/html,x", "x", []),
    ],
)
def test_what_can_be_followed(text: str, source: str, links: list[str]) -> None:
    assert Reader(customer_words(text, source)).links == links


def test_links_tell_the_other_site_nothing_and_open_beside_the_desk() -> None:
    html = customer_words("https://a.example", "x")
    assert 'rel="ugc nofollow noopener noreferrer"' in html
    assert 'target="_blank"' in html


def test_carried_words_are_marked_also_inside_a_link() -> None:
    html = customer_words("@dana charged twice", "x", [{"start": 1, "end": 13}, {"start": 14, "end": 19}])
    assert html.count("<mark>") == 3
    assert "<mark>dana</mark></a><mark> charged</mark> <mark>twice</mark>" in html


@pytest.mark.parametrize(
    "words",
    [
        None,
        "twice",
        [{"start": 5}],
        [{"start": "0", "end": 3}],
        [{"start": -4, "end": 3}],
        [{"start": 90, "end": 95}],
        [{"start": 3, "end": 3}],
        [None, 7, []],
    ],
)
def test_offsets_that_do_not_fit_mark_nothing(words: Any) -> None:
    assert customer_words("charged twice", "x", words) == "charged twice"


hostile = st.text(alphabet=st.sampled_from("<>&\"'/@#abu:.hps() \n\u202e\u05d0"), max_size=80)
spans = st.lists(st.fixed_dictionaries({"start": st.integers(-5, 90), "end": st.integers(-5, 90)}), max_size=5)


@given(hostile, st.sampled_from(["x", "reddit", "mastodon", "bluesky", "rss"]), spans)
def test_no_text_becomes_a_tag_and_none_is_lost(text: str, source: str, words: list[dict[str, int]]) -> None:
    read = Reader(customer_words(text, source, words))
    assert read.words == text
    assert set(read.tags) <= {"a", "mark"}
    assert all(link.startswith(("http://", "https://")) for link in read.links)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@auroraair رحلتي أُلغيت", "rtl"),
        ("https://a.example/b שלום", "rtl"),
        ("my flight אל על is late", "ltr"),
        ("?!", "auto"),
    ],
)
def test_the_direction_is_that_of_most_letters(text: str, said: str) -> None:
    assert direction(text) == said


def test_the_queues_excerpt_is_one_bounded_line() -> None:
    assert excerpt("two\n\n  lines") == "two lines"
    assert len(excerpt("word " * 100_000)) <= 280
