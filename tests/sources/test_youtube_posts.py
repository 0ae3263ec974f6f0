"""The YouTube Data API's JSON as posts, invented and recorded."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.base import Author, Transient
from sources.youtube.posts import read_comments, read_threads

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "youtube"
SNIPPET = {
    "textDisplay": 'Tom &amp; I<br>at <a href="https://youtu.be/x?t=4">0:04</a> &amp;lt;3',
    "authorDisplayName": "@ann",
    "authorChannelId": {"value": "UC7"},
    "likeCount": 3,
    "publishedAt": "2026-11-01T10:00:00Z",
    "updatedAt": "2026-11-01T10:05:00Z",
}


def test_every_field_of_an_answer_is_read() -> None:
    answer = {"id": "Ugy1.x", "snippet": SNIPPET | {"parentId": "Ugy1"}}
    first = {"id": "Ugy1", "snippet": SNIPPET}
    thread = {"snippet": {"videoId": "v", "topLevelComment": first, "totalReplyCount": 1}}
    _, post = read_threads({"items": [thread | {"replies": {"comments": [answer]}}]}).posts
    assert post.text == "Tom & I\nat 0:04 &lt;3"
    assert (post.id, post.in_reply_to, post.thread_id) == ("Ugy1.x", "Ugy1", "Ugy1")
    assert post.author == Author("UC7", "ann", "@ann")
    assert post.created_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert (post.likes, post.edited, post.extra) == (3, True, {"video": "v"})


def test_an_author_without_a_channel_keeps_the_name() -> None:
    nobody = {"authorChannelId": None, "authorDisplayName": ""}
    named, unnamed = (
        read_comments({"items": [{"id": "Ugy1", "snippet": SNIPPET | change}]}).posts[0].author
        for change in ({"authorChannelId": None}, nobody)
    )
    assert (named, unnamed) == (Author("@ann", "ann", "@ann"), None)


def test_no_list_is_no_empty_list() -> None:
    with pytest.raises(Transient, match="without a list"):
        read_comments({"items": None})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SNIPPET, "id", "snippet", "value"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(st.fixed_dictionaries({"id": json_values, "snippet": json_values}), max_size=3))
def test_any_json_gives_a_post_or_a_reason_for_each_item(items: list[dict[str, Any]]) -> None:
    batch = read_comments({"items": items})
    assert len(batch.posts) + len(batch.unread) == len(items)


@pytest.mark.parametrize(("pattern", "read"), [("comment_threads_*", read_threads), ("comments_*", read_comments)])
def test_recorded_answers_are_read_whole(pattern: str, read: Any) -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings of ../shared/recorded are not here")
    files = sorted(RECORDED.glob(f"*/{pattern}.json"))
    assert files
    for path in files:
        body = json.loads(path.read_text())
        batch = read(body)
        assert batch.unread == []
        assert len(batch.posts) >= len(body["items"])
        assert all(post.author and post.text and "<" not in post.text for post in batch.posts)
