"""X's JSON as posts, in both vocabularies."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.base import Author
from sources.x.posts import first_id, read_batch, shift_id, time_of

USERS = [{"id": "7", "username": "ann", "name": "Ann &amp; Co", "public_metrics": {"followers_count": 12}}]
FULL = {
    "id": "1576994789110992896",
    "text": "short &amp; cut…",
    "note_tweet": {"text": "long &amp; whole &lt;3"},
    "author_id": "7",
    "conversation_id": "1576994700000000000",
    "created_at": "2022-10-03T17:57:11.000Z",
    "edit_history_tweet_ids": ["1576994746135764992", "1576994789110992896"],
    "referenced_tweets": [{"type": "replied_to", "id": "15"}, {"type": "quoted", "id": "16"}],
    "public_metrics": {"like_count": 3, "retweet_count": 2},
    "lang": "en",
}


def rename(value: Any) -> Any:
    """The same answer in X's newer words."""
    if isinstance(value, dict):
        return {key.replace("tweet", "post"): rename(each) for key, each in value.items()}
    return [rename(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("words", [lambda body: body, rename], ids=["tweet", "post"])
def test_every_field_is_read_in_both_vocabularies(words: Any) -> None:
    (post,) = read_batch(words({"data": [FULL], "includes": {"users": USERS}})).posts
    assert (post.id, post.root_id, post.edited) == ("1576994789110992896", "1576994746135764992", True)
    assert post.text == "long & whole <3"
    assert post.author == Author("7", "ann", "Ann & Co", 12)
    assert post.created_at == datetime(2022, 10, 3, 17, 57, 11, tzinfo=UTC)
    assert (post.in_reply_to, post.thread_id, post.quote_of) == ("15", "1576994700000000000", "16")
    assert post.url == "https://x.com/ann/status/1576994789110992896"
    assert (post.likes, post.lang) == (3, "en")


@pytest.mark.parametrize("words", [lambda body: body, rename], ids=["tweet", "post"])
def test_a_retweet_is_read_whole_where_its_original_is_sent(words: Any) -> None:
    retweet = {"id": "20", "text": "RT @bob: It is a long…", "referenced_tweets": [{"type": "retweeted", "id": "15"}]}
    original = {"id": "15", "text": "It is a long &amp; winding road."}
    with_it = words({"data": [retweet], "includes": {"tweets": [original]}})
    assert read_batch(with_it).posts[0].text == "RT @bob: It is a long & winding road."
    assert read_batch(words({"data": [retweet]})).posts[0].text == "RT @bob: It is a long…"


@pytest.mark.parametrize("words", [lambda body: body, rename], ids=["tweet", "post"])
def test_retweets_and_quotes_name_the_root_of_their_original(words: Any) -> None:
    retweet, quote = (
        {"id": id, "text": "…", "referenced_tweets": [{"type": kind, "id": "16"}]}
        for id, kind in (("20", "retweeted"), ("21", "quoted"))
    )
    original = {"id": "16", "text": "It is long.", "edit_history_tweet_ids": ["15", "16"]}
    sent_along = read_batch(words({"data": [retweet, quote], "includes": {"tweets": [original]}})).posts
    assert [(post.repost_of, post.quote_of) for post in sent_along] == [("15", None), (None, "15")]
    alone = read_batch(words({"data": [retweet, quote]})).posts
    assert [(post.repost_of, post.quote_of) for post in alone] == [("16", None), (None, "16")]


def test_escapes_are_undone_once() -> None:
    (post,) = read_batch({"data": [{"id": "20", "text": "write &amp;amp; for &amp;"}]}).posts
    assert post.text == "write &amp; for &"


def test_an_author_who_is_not_sent_along_keeps_the_id() -> None:
    (post,) = read_batch({"data": [{"id": "20", "text": "", "author_id": "9"}]}).posts
    assert post.author == Author("9", "9")
    assert post.url == "https://x.com/i/status/20"


def test_the_time_comes_from_the_id_where_it_is_not_sent() -> None:
    (post,) = read_batch({"data": [{"id": FULL["id"], "text": "x"}]}).posts
    assert post.created_at.replace(microsecond=0) == datetime(2022, 10, 3, 17, 57, 11, tzinfo=UTC)


def test_odd_items_are_counted_and_the_rest_is_read() -> None:
    odd = [{"text": "no id"}, {"id": "x"}, {"id": "21", "created_at": "yesterday"}, {"id": "22", "text": None}]
    batch = read_batch({"data": [*odd, {"id": "23", "text": "good"}]})
    assert [post.id for post in batch.posts] == ["22", "23"]
    assert len(batch.unread) == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL, "users", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(list(FULL)), json_values, max_size=8), max_size=3), json_values)
def test_any_json_gives_a_post_or_a_reason_for_each_item(items: list[dict[str, Any]], includes: Any) -> None:
    batch = read_batch({"data": items, "includes": includes})
    assert len(batch.posts) + len(batch.unread) == len([item for item in items if isinstance(item, dict)])


@given(st.integers(1_300_000_000_000, 2_800_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC)))
def test_ids_and_times_agree(moment: datetime) -> None:
    assert abs(time_of(first_id(moment)) - moment) <= timedelta(milliseconds=1)
    minute = timedelta(minutes=1)
    assert abs(time_of(shift_id(first_id(moment), -minute)) - (moment - minute)) <= timedelta(milliseconds=1)


def test_an_id_that_is_no_snowflake_counts_for_no_time() -> None:
    batch = read_batch({"data": [{"id": "9" * 40}, {"id": "1"}]})
    assert batch.ids == [1]
