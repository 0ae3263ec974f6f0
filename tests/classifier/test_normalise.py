"""Normalisation: what the model reads, and the way back to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalise import normalise

MENTIONS = ["@united", "u/someone", "a@b.example", "http://t.co/x", "#WorstFlight", "word", "soooo", "!!!!!!", "10000"]
CHARACTERS = [
    " ",
    "\n",
    "&amp;",
    "&#128545;",
    "&lt;b&gt;",
    "&rsquo;",
    "😡",
    "👍🏽",
    "“",
    "’",
    "é",
    "e\u0301",
    "مرحبا",
    "中",
    "𝓱𝓲",
]
INVISIBLE = ["\u200b", "\ufe0f", "\ud800", "\x00"]
PIECES = st.sampled_from([*MENTIONS, *CHARACTERS, *INVISIBLE])
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=15).map("".join))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@AmericanAir thx &amp; bye", "@user thx & bye"),
        ("5 &amp;lt; 6", "5 < 6"),
        ("can&rsquo;t &#8220;wait&#8221;&nbsp;more", 'can\'t "wait" more'),
        ("see http://t.co/abc!! now", "see http!! now"),
        ("www.example.com/a?b=c", "http"),
        ("mail jo.do@example.com", "mail email"),
        ("@a @b @c @d hello", "@user @user hello"),
        ("u/someone told @me@mastodon.example", "@user told @user"),
        ("@me.bsky.social hi", "@user hi"),
        ("sooooo late!!!!!!", "soo late!!!"),
        ("refund 10000 now", "refund 10000 now"),
        ("#WorstFlightEver #not_ok", "#Worst Flight Ever #not ok"),
        ("😡😡😡 why", "pouting face why"),
        ("👍🏽", "thumbs up sign"),
        ("can\u200b’t\x00 log\u00adin", "can't login"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("𝓫𝓻𝓸𝓴𝓮𝓷", "broken"),
        ('"quoted by an export"', "quoted by an export"),
        ("two\n\n lines\t", "two lines"),
        ("", ""),
    ],
)
def test_what_the_model_reads(written: str, read: str) -> None:
    assert normalise(written).text == read


@given(TEXTS)
def test_the_result_is_fit_for_a_tokenizer(text: str) -> None:
    result = normalise(text).text
    result.encode("utf-8")  # no lone surrogate is left
    assert result == result.strip()
    assert "  " not in result
    assert not any(char in result for char in "\x00\u200b\ufe0f\n\t“”’")


@given(TEXTS)
def test_every_span_leads_into_the_original(text: str) -> None:
    result = normalise(text)
    for at in range(len(result.text)):
        start, end = result.original_span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(TEXTS)
def test_spans_keep_their_order(text: str) -> None:
    result = normalise(text)
    starts = [result.original_span(at, at + 1)[0] for at in range(len(result.text))]
    assert starts == sorted(starts)


@given(st.text(alphabet="abcdefg hijklm", max_size=60), TEXTS)
def test_a_plain_word_is_found_where_it_stands(plain: str, noise: str) -> None:
    text = f"{noise} zebra {plain}"
    result = normalise(text)
    at = result.text.rindex("zebra")
    start, end = result.original_span(at, at + 5)
    assert text[start:end] == "zebra"


def test_a_rewritten_stretch_counts_whole() -> None:
    text = "hm &amp; @united 😡😡 sooooo"
    result = normalise(text)
    spans = {}
    for word in result.text.split():
        start = result.text.index(word)
        spans[word] = text[slice(*result.original_span(start, start + len(word)))]
    assert spans == {"hm": "hm", "&": "&amp;", "@user": "@united", "pouting": "😡😡", "face": "😡😡", "soo": "sooooo"}


@pytest.mark.parametrize(
    "piece", ["www.!", "http://!", "@", "a@", "#", "&amp;", "&", "u/", "😡", "a\u200b", "@user ", "'\"", "\ud800"]
)
def test_no_text_makes_it_slow(piece: str) -> None:
    result = normalise(piece * (8000 // len(piece)))  # a quadratic rule would run into the suite's time limit
    assert len(result.text) <= 8000 * 20
