"""Recorded answers of real Mastodon servers through our reader. Posts by real people are read where they lie."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.mastodon.posts import read_batch

FOLDER = Path(__file__).parents[3] / "shared" / "recorded" / "mastodon" / "cassettes"


@pytest.fixture(scope="module", autouse=True)
def _recordings() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the recordings of ../shared/recorded/mastodon are not here")


def read_bodies() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for each in yaml.safe_load(path.read_text())["interactions"]:
            yield parse(each["response"]["body"].get("string") or "")


def parse(text: str | bytes) -> Any:
    """The JSON value, None where it is none, as in streams."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def find_statuses(value: Any) -> Iterator[dict[str, Any]]:
    """Statuses wherever they are in an answer, but for deleted ones, which come back as their author typed them."""
    if isinstance(value, dict):
        if "spoiler_text" in value and "account" in value and "reblogs_count" in value and "text" not in value:
            yield value
        for each in value.values():
            yield from find_statuses(each)
    elif isinstance(value, list):
        for each in value:
            yield from find_statuses(each)


def test_every_recorded_status_is_read() -> None:
    found = [status for body in read_bodies() for status in find_statuses(body)]
    batch, _ = read_batch(found, "mastodon.example")
    assert batch.unread == []
    assert len(batch.posts) == len(found) >= 200
    assert not any("<p>" in post.text or "&amp;" in post.text for post in batch.posts)
    assert any(post.edited for post in batch.posts)
    assert any(post.quote_of for post in batch.posts)
    assert any(post.repost_of for post in batch.posts)


def test_every_recorded_notification_is_read() -> None:
    lists = [body for body in read_bodies() if isinstance(body, list) and body and "type" in body[0]]
    mentions = [each for body in lists for each in body if each["type"] == "mention"]
    batch, last = read_batch(mentions, "mastodon.example")
    assert batch.unread == []
    assert len(mentions) >= 10
    assert len(batch.posts) == sum(each["status"] is not None for each in mentions)
    assert last == mentions[-1]["id"]
