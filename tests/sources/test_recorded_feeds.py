"""Recorded Hacker News answers and the corpus of feeds through our readers: all is read, or counted with its reason."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from sources.base import Transient
from sources.hackernews.posts import is_erased, read_batch, read_post, walk
from sources.rss.entries import read_batch as read_feed
from sources.rss.fetch import Document

RECORDED = Path(__file__).parents[3] / "shared" / "recorded"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
NO_FEED = {"rss_empty_document.xml"}  # of the corpus, what is neither RSS nor Atom


@pytest.fixture(scope="module", autouse=True)
def _recordings() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings of ../shared/recorded are not here")


def read_answers() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((RECORDED / "hackernews").glob("*/*.json")):
        for each in json.loads(path.read_text(encoding="utf-8")):
            yield each["url"], each["reply"]


def read_corpus() -> Iterator[tuple[str, bytes]]:
    for path in sorted((RECORDED / "rss").glob("*/*.xml")):
        yield path.name, path.read_bytes()


def as_document(body: bytes) -> Document:
    return Document("https://news.example/feed.xml", body, "application/xml")


def test_every_recorded_hit_of_hacker_news_is_read() -> None:
    total = 0
    for _, reply in read_answers():
        batch = read_batch(reply.get("hits", []))
        assert batch.unread == []
        assert len(batch.posts) == len(batch.times) == batch.size
        assert not any(mark in post.text for post in batch.posts for mark in ("&#x27;", "&#x2F;", "<p>", "</a>"))
        total += batch.size
    assert total >= 20


def test_every_recorded_tree_of_hacker_news_is_read() -> None:
    trees = [reply for url, reply in read_answers() if "/items/" in url]
    assert trees
    for tree in trees:
        found = [item for item in walk(tree) if not is_erased(item)]
        assert {post.thread_id for post in map(read_post, found)} == {str(tree.get("story_id") or tree["id"])}


def test_every_entry_of_the_corpus_is_read_or_counted() -> None:
    entries, posts, reasons, refused = 0, 0, Counter[str](), set()
    for name, body in read_corpus():
        try:
            batch = read_feed(as_document(body), NOW)
        except Transient:
            refused.add(name)
            continue
        entries += len(feedparser.parse(body).entries)
        posts += len(batch.posts)
        reasons.update(batch.unread.values())
        assert all(post.created_at <= NOW and post.author and post.id for post in batch.posts)
    assert refused <= NO_FEED
    assert posts + sum(reasons.values()) == entries
    assert set(reasons) <= {"an entry without title, text and link"}
    assert posts > 80


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_documents_of_the_corpus_break_nothing(seed: int) -> None:
    dice = random.Random(seed)
    for _, body in read_corpus():
        spoilt = bytearray(body)
        for _ in range(dice.randint(1, 8)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        cut = bytes(spoilt[: dice.randint(1, len(spoilt))])
        try:
            read_feed(as_document(cut), NOW)
        except Transient:
            continue
