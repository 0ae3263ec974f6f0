"""Posts that other programs bring: signed, in time, counted, and stored by the rules of a feed."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from monitor.brands import sync_settings
from monitor.cli.context import Desk
from monitor.cli.doctor import examine_feeds
from monitor.clock import utcnow
from monitor.collecting.hooks import sign
from monitor.collecting.polling import due_feeds, poll_feed
from monitor.models import Feed, Mention, Poll
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from web import create_app

SECRET = "a shared secret"
ROW = {"id": "1", "text": "my bag is lost", "author": "dana", "created_at": "2026-11-18T09:31:00Z"}
Deliver = Callable[..., TestResponse]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two brands; the second has two webhooks."""
    first = {"name": "Aurora Air", "handles": {"webhook": "auroraair"}, "not": ["hiring"]}
    second = {"name": "Nordlicht", "feed": [{"name": name, "source": "webhook"} for name in ("one", "two")]}
    return Settings(brand=[first | {"feed": [{"name": "care-forum", "source": "webhook"}]}, second], home=tmp_path)


@pytest.fixture
def app(settings: Settings, any_store: Store, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("MENTIONDESK_CARE_FORUM_SECRET", SECRET)
    with any_store.write() as session:
        sync_settings(session, settings, utcnow())
    return create_app(settings, any_store, secret_key="a key for tests")


@pytest.fixture
def deliver(client: FlaskClient) -> Deliver:
    def send(body: Any, name: str = "care-forum", age: float = 0, secret: str = SECRET) -> TestResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = str(int((utcnow() - timedelta(seconds=age)).timestamp()))
        headers = {"X-Mentiondesk-Timestamp": at, "X-Mentiondesk-Signature": sign(secret.encode(), at, content)}
        return client.post(f"/hooks/{name}", data=content, headers=headers)

    return send


def stored(store: Store) -> list[Mention]:
    with store.read() as session:
        return list(session.scalars(select(Mention).order_by(Mention.id)))


@pytest.mark.parametrize("name", ["care-forum", "aurora air", "Aurora%20Air"])
def test_a_row_becomes_a_mention(deliver: Deliver, any_store: Store, name: str) -> None:
    answer = deliver(ROW, name)
    assert answer.status_code == 200
    assert answer.json == {
        "read": 1, "stored": 1, "duplicates": 0, "edited": 0, "ignored": 0, "rejected": 0, "troubles": [],
    }  # fmt: skip
    (mention,) = stored(any_store)
    assert (mention.source, mention.post_id, mention.text) == ("webhook", "1", "my bag is lost")


def test_every_row_is_counted_and_the_good_ones_are_stored(deliver: Deliver, any_store: Store) -> None:
    deliver(ROW)
    own, ruled_out = {**ROW, "id": "3", "author": "AuroraAir"}, {**ROW, "id": "4", "text": "we are hiring"}
    rows = [ROW, {**ROW, "id": "2"}, own, ruled_out, {"id": "5"}, "six", {**ROW, "id": "7", "likes": float("nan")}]
    answer = deliver(rows)
    assert answer.status_code == 200
    counts = {"read": 7, "stored": 2, "duplicates": 1, "edited": 0, "ignored": 2, "rejected": 2}
    troubles = [
        "row 5: This row has no text and no author and no created_at.",
        "row 6: This row is not an object with named fields.",
    ]
    assert answer.json == counts | {"troubles": troubles}
    assert [mention.post_id for mention in stored(any_store)] == ["1", "2", "7"]


def test_a_delivery_is_a_line_of_the_ledger_and_the_feed_is_never_polled(deliver: Deliver, any_store: Store) -> None:
    deliver([ROW, {**ROW, "id": "2"}])
    with any_store.read() as session:
        feed = session.scalars(select(Feed).where(Feed.name == "care-forum")).one()
        poll = session.scalars(select(Poll)).one()
        assert (feed.state, feed.failures) == (FeedState.READING, 0)
        assert feed.read_at
        assert (poll.feed_id, poll.read, poll.stored) == (feed.id, 2, 2)
        assert poll.finished_at
        assert due_feeds(session, utcnow() + timedelta(days=1)) == []


def test_a_webhook_that_is_polled_all_the_same_brings_nothing(
    settings: Settings, deliver: Deliver, any_store: Store
) -> None:
    with any_store.read() as session:
        feed_id = session.scalars(select(Feed.id).where(Feed.name == "care-forum")).one()
    polled = poll_feed(any_store, settings, feed_id, {})
    assert polled
    assert (polled.counts.stored, polled.state) == (0, FeedState.READING)


def test_an_edit_is_kept_as_one(deliver: Deliver, any_store: Store) -> None:
    deliver(ROW)
    answer = deliver({**ROW, "text": "my bag is found"})
    assert answer.json
    assert answer.json["edited"] == 1
    assert [mention.text for mention in stored(any_store)] == ["my bag is found"]


@pytest.mark.parametrize("age", [301, 3_000_000, -301])
def test_what_is_not_of_now_is_refused(deliver: Deliver, any_store: Store, age: float) -> None:
    answer = deliver(ROW, age=age)
    assert answer.status_code == 401
    assert "more than 5 minutes from our time" in answer.get_data(as_text=True)
    assert stored(any_store) == []


def test_an_old_delivery_under_a_new_time_is_refused(client: FlaskClient, any_store: Store) -> None:
    body, now = json.dumps(ROW).encode(), int(utcnow().timestamp())
    old = sign(SECRET.encode(), str(now - 1_000), body)
    headers = {"X-Mentiondesk-Timestamp": str(now), "X-Mentiondesk-Signature": old}
    assert client.post("/hooks/care-forum", data=body, headers=headers).status_code == 401
    assert stored(any_store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Mentiondesk-Timestamp": "now"},
        {"X-Mentiondesk-Timestamp": "²"},
        {"X-Mentiondesk-Timestamp": "9" * 30},
        {"X-Mentiondesk-Timestamp": "99999999999", "X-Mentiondesk-Signature": "sha256=é"},
        {"X-Mentiondesk-Timestamp": "1", "X-Mentiondesk-Signature": "sha256=" + "0" * 64},
    ],
)
def test_what_is_not_signed_is_refused(client: FlaskClient, any_store: Store, headers: dict[str, str]) -> None:
    answer = client.post("/hooks/care-forum", json=ROW, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert stored(any_store) == []


def test_another_secret_is_refused(deliver: Deliver) -> None:
    assert deliver(ROW, secret="another").status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"7", b'"a row"', b"null"])
def test_a_body_without_rows_is_refused(deliver: Deliver, body: bytes) -> None:
    assert deliver(body).status_code == 400


def test_where_no_row_is_any_good_the_status_says_so(deliver: Deliver) -> None:
    answer = deliver([{"id": "1"}])
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["rejected"] == 1
    assert answer.json["troubles"] == ["row 1: This row has no text and no author and no created_at."]


def test_no_rows_are_no_trouble(deliver: Deliver) -> None:
    assert deliver([]).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("none", 404, "There is no webhook named 'none'"),
        ("Nordlicht", 404, "There are 2 webhooks that 'Nordlicht' could mean"),
        ("one", 503, "needs MENTIONDESK_ONE_SECRET"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(deliver: Deliver, name: str, status: int, words: str) -> None:
    answer = deliver(ROW, name)
    assert answer.status_code == status
    assert answer.json
    assert words in answer.json["detail"]


def test_hostile_rows_do_no_harm(deliver: Deliver, any_store: Store) -> None:
    hostile = {**ROW, "text": "a\u0000b\ud800<script>", "source": "x" * 300, "deep": {"a": [float("inf")]}}
    answer = deliver([hostile, {**hostile, "source": "Forum", "url": "javascript:alert(1)", "author": "\ud800x"}])
    assert answer.json
    assert answer.json["troubles"] == ["row 1: source must be a name of at most 40 letters."]
    (mention,) = stored(any_store)
    assert (mention.text, mention.source, mention.url) == ("ab<script>", "forum", "")
    assert mention.extra == {"deep": {"a": [None]}}


def test_the_doctor_names_the_secret_that_is_missing(settings: Settings, app: Flask, any_store: Store) -> None:
    desk = Desk()
    desk.settings, desk.store = settings, any_store
    found = {each.what: each for each in examine_feeds(desk)}
    assert found["feed care-forum"].well
    assert found["feed one"].say == "The webhook one needs MENTIONDESK_ONE_SECRET."
