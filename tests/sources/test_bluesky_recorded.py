"""Recorded answers of the real Bluesky through our reader. They are posts by real people, read where they lie."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.bluesky.posts import URI, read_batch, read_thread

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "bluesky"


@pytest.fixture(scope="module", autouse=True)
def _recordings() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings of ../shared/recorded/bluesky are not here")


def read_bodies() -> Iterator[Any]:
    for path in sorted((RECORDED / "bskyr").glob("*.yml")):
        for each in yaml.safe_load(path.read_text())["http_interactions"]:
            yield parse(each["response"]["body"].get("string") or "")
    for path in sorted((RECORDED / "marshalx-testdata").glob("*.json")):
        yield json.loads(path.read_text())


def parse(text: str) -> Any:
    """The JSON value, None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def find_posts(value: Any) -> Iterator[dict[str, Any]]:
    """Views of posts and notifications of posts, wherever they are in an answer."""
    if isinstance(value, dict):
        if isinstance(value.get("record"), dict) and "indexedAt" in value and URI.fullmatch(str(value.get("uri"))):
            yield value
        for each in value.values():
            yield from find_posts(each)
    elif isinstance(value, list):
        for each in value:
            yield from find_posts(each)


def test_every_recorded_post_is_read() -> None:
    found = [view for body in read_bodies() for view in find_posts(body)]
    batch = read_batch(found)
    assert batch.unread == []
    assert len(batch.posts) == len(found) >= 100
    assert all(post.author and post.url and post.created_at.tzinfo for post in batch.posts)
    assert any(post.in_reply_to for post in batch.posts)
    assert any(post.quote_of for post in batch.posts)


def test_recorded_notifications_of_likes_are_no_posts() -> None:
    bodies = [body["notifications"] for body in read_bodies() if isinstance(body, dict) and "notifications" in body]
    batch = read_batch([each for body in bodies for each in body])
    assert len(batch.posts) + len(batch.unread) == sum(map(len, bodies)) > 0
    assert all("no post: at://" in reason for reason in batch.unread)


def test_every_recorded_thread_is_read() -> None:
    threads = [body["thread"] for body in read_bodies() if isinstance(body, dict) and "thread" in body]
    posts = [post for thread in threads for post in read_thread(thread)]
    assert len(posts) >= len(threads) > 0
