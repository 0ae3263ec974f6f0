"""Reddit's JSON as posts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.base import Author
from sources.reddit.posts import read_batch

COMMENT = {
    "id": "abc",
    "name": "t1_abc",
    "body": "It is late.",
    "author": "ann",
    "author_fullname": "t2_7",
    "created_utc": 1_700_000_000.0,
    "permalink": "/r/flights/comments/1/_/abc/",
    "parent_id": "t1_aaa",
    "link_id": "t3_1",
    "subreddit": "flights",
    "link_title": "Delays",
    "edited": 1_700_000_100.0,
    "score": 4,
}
SUBMISSION = {
    "id": "1",
    "title": "Delays",
    "selftext": "",
    "author": "ann",
    "created_utc": 1_700_000_000,
    "edited": False,
}


def read_one(kind: str, data: dict[str, Any]) -> Any:
    return read_batch([{"kind": kind, "data": data}])


def test_a_comment() -> None:
    (post,) = read_one("t1", COMMENT).posts
    assert (post.id, post.text, post.author) == ("t1_abc", "It is late.", Author("t2_7", "ann"))
    assert (post.in_reply_to, post.thread_id) == ("t1_aaa", "t3_1")
    assert post.url == "https://www.reddit.com/r/flights/comments/1/_/abc/"
    assert (post.likes, post.edited, post.extra) == (4, True, {"subreddit": "flights", "title": "Delays"})


def test_a_submission_is_its_title_and_its_text() -> None:
    assert read_one("t3", SUBMISSION).posts[0].text == "Delays"
    (post,) = read_one("t3", SUBMISSION | {"selftext": "Three hours."}).posts
    assert (post.id, post.thread_id, post.text) == ("t3_1", "t3_1", "Delays\n\nThree hours.")


@pytest.mark.parametrize(
    ("originals", "repost_of", "quote_of"),
    [([{"title": "Delays"}], "t3_9", None), ([{"title": "Strike"}], None, "t3_9"), ([], None, "t3_9")],
)
def test_a_crosspost_repeats_what_it_has_the_title_of(
    originals: list[dict[str, str]], repost_of: str | None, quote_of: str | None
) -> None:
    crosspost = SUBMISSION | {"crosspost_parent": "t3_9", "crosspost_parent_list": originals}
    (post,) = read_one("t3", crosspost).posts
    assert (post.repost_of, post.quote_of) == (repost_of, quote_of)


@pytest.mark.parametrize("name", [None, "[deleted]", "[removed]", ""])
def test_an_author_who_left_is_nobody(name: str | None) -> None:
    assert read_one("t1", COMMENT | {"author": name}).posts[0].author is None


@pytest.mark.parametrize("text", ["[deleted]", "[removed]"])
def test_erased_texts_are_gone_unless_somebody_wrote_them(text: str) -> None:
    assert read_one("t1", COMMENT | {"body": text, "author": None}).gone == ["t1_abc"]
    assert read_one("t1", COMMENT | {"body": text}).posts[0].text == text
    assert read_one("t3", SUBMISSION | {"removed_by_category": "moderator"}).gone == ["t3_1"]


def test_what_is_no_post_is_counted() -> None:
    batch = read_batch([{"kind": "more", "data": {}}, {"kind": "t1", "data": {}}, "x", {"kind": "t1", "data": COMMENT}])
    assert (len(batch.posts), len(batch.unread)) == (1, 3)


def test_only_paths_of_reddit_become_addresses() -> None:
    assert read_one("t1", COMMENT | {"permalink": "javascript:alert(1)"}).posts[0].url == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(COMMENT)), inner, max_size=4),
    max_leaves=12,
)
children = st.fixed_dictionaries({"kind": st.sampled_from(["t1", "t3", "t4"]), "data": json_values}) | json_values


@given(st.lists(children, max_size=3))
def test_any_json_gives_a_post_or_a_reason_for_each_item(items: list[Any]) -> None:
    batch = read_batch(items)
    assert len(batch.posts) + len(batch.gone) + len(batch.unread) == len(items)
