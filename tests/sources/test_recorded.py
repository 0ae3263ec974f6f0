"""Recorded answers of the real platforms through our readers: nothing crashes, nothing is dropped without a reason.

The recordings are posts by real people: read where they lie, beside the project, and not part of it.
"""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.reddit.posts import read_batch as read_reddit
from sources.x.posts import read_batch as read_x
from tests.sources.test_x_posts import rename

RECORDED = Path(__file__).parents[3] / "shared" / "recorded"
TWEEPY = (
    "search_recent_tweets",
    "search_all_tweets",
    "get_users_mentions",
    "get_users_tweets",
    "get_tweets",
    "get_tweet",
)


@pytest.fixture(scope="module", autouse=True)
def _recordings() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings of ../shared/recorded are not here")


def read_academic() -> Iterator[dict[str, Any]]:
    """Pages whose `data` and `includes` lie in two files."""
    for path in sorted((RECORDED / "x" / "academictwitteR").glob("data_*.json")):
        includes = json.loads(path.with_name(path.name.replace("data_", "users_")).read_text())
        yield {"data": json.loads(path.read_text()), "includes": includes}


def read_twarc() -> Iterator[dict[str, Any]]:
    """Whole pages, one a line; those of other things than posts, and the one line that a stream cut short, left out."""
    for path in sorted((RECORDED / "x" / "twarc-csv").glob("*.jsonl")):
        for page in filter(None, map(parse, path.read_text().split("\n"))):
            data = page.get("data")
            if data and "text" in (data[0] if isinstance(data, list) else data):
                yield page


def read_tweepy() -> Iterator[dict[str, Any]]:
    """Bodies of tweepy's own cassettes, which are gzip in YAML."""
    for name in TWEEPY:
        for path in sorted((RECORDED / "x" / "tweepy-cassettes").glob(f"test_*client_{name}.yaml")):
            for each in yaml.safe_load(path.read_text())["interactions"]:
                body = each["response"].get("body") or each["response"]["content"]
                text = body["string"] if isinstance(body, dict) else body
                yield json.loads(gzip.decompress(text) if isinstance(text, bytes) else text)


def count_items(page: dict[str, Any]) -> int:
    data = page.get("data") or []
    return len(data) if isinstance(data, list) else 1


def read_cassettes() -> Iterator[Any]:
    """Every JSON body of praw's and prawcore's cassettes."""
    for path in sorted((RECORDED / "reddit").glob("*/*.json")):
        for each in json.loads(path.read_text())["interactions"]:
            body = each["response"]["body"]
            yield parse(
                gzip.decompress(base64.b64decode(packed)) if (packed := body.get("base64_string")) else body["string"]
            )


def parse(text: str | bytes) -> Any:
    """The JSON value, None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def find_things(value: Any) -> Iterator[dict[str, Any]]:
    """Comments and submissions wherever they are in an answer."""
    if isinstance(value, dict):
        if value.get("kind") in ("t1", "t3") and isinstance(value.get("data"), dict):
            yield value
        for each in value.values():
            yield from find_things(each)
    elif isinstance(value, list):
        for each in value:
            yield from find_things(each)


@pytest.mark.parametrize(
    ("read", "least"), [(read_academic, 1000), (read_twarc, 100), (read_tweepy, 10)], ids=["archive", "twarc", "tweepy"]
)
def test_every_recorded_post_of_x_is_read(read: Any, least: int) -> None:
    total = 0
    for page in read():
        batch = read_x(page)
        assert batch.unread == []
        assert len(batch.posts) == len(batch.ids) == count_items(page)
        assert not any("&amp;" in post.text for post in batch.posts)
        total += len(batch.posts)
    assert total >= least


def test_recorded_posts_of_x_read_alike_in_the_newer_words() -> None:
    for page in read_twarc():
        assert read_x(rename(page)).posts == read_x(page).posts


def test_recorded_authors_of_x_are_known() -> None:
    posts = [post for page in read_academic() for post in read_x(page).posts]
    named = [post for post in posts if post.author and post.author.handle != post.author.id]
    assert len(named) == len(posts)


def test_recorded_edits_of_x_keep_their_root() -> None:
    edited = [post for page in read_twarc() for post in read_x(page).posts if post.edited]
    assert edited
    assert all(post.root_id == post.extra["editions"][0] for post in edited)


def test_every_recorded_post_of_reddit_is_read() -> None:
    posts, gone = 0, 0
    for body in read_cassettes():
        things = list(find_things(body))
        batch = read_reddit(things)
        assert batch.unread == []
        assert len(batch.posts) + len(batch.gone) == len(things)
        posts, gone = posts + len(batch.posts), gone + len(batch.gone)
    assert posts >= 1000
    assert gone >= 1
