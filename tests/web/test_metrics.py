"""What Prometheus reads: the desk's numbers, this process's pages, and nothing about a person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, select

from monitor import users
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.models import Feed, Gap, Mention, Notification
from monitor.parts.heart import Heart
from monitor.parts.kinds import PartKind
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user
from web import create_app

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(client: FlaskClient, **given: Any) -> Samples:
    answer = client.get("/metrics", **given)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"mentiondesk_{name}", frozenset(labels.items())]


@pytest.fixture
def worker(store: Store) -> Iterator[Heart]:
    """A process that has judged."""
    heart = Heart(store, PartKind.RUN)
    heart.counts.update(judged=64, judging_ms=1_500)
    heart.start()
    yield heart
    heart.stop()


def test_what_waits_is_counted(client: FlaskClient, settings: Settings, store: Store) -> None:
    now = utcnow()
    brand = settings.brands[0].model_dump(by_alias=True) | {"feed": [{"name": "sample", "source": "sample"}]}
    with store.write() as session:
        sync_settings(session, Settings(brand=[brand]), now - timedelta(seconds=90))
        make_mention(session, urgency="urgent", posted_at=now - timedelta(hours=2))
        make_mention(session, urgency="high", posted_at=now, assignee_id=make_user(session, "Ana").id)
        make_mention(session, urgency=None, posted_at=now)
        session.add(Gap(feed_id=session.scalars(select(Feed.id)).one(), reason="too far back", found_at=now))
        sent = {"channel": "duty", "kind": "urgent", "payload": {}, "next_attempt_at": now, "created_at": now}
        session.add(Notification(key="1", error="Slack is away.", **sent))
    samples = scrape(client)
    assert value(samples, "mentions_unanswered", urgency="urgent") == 1
    assert value(samples, "mentions_unanswered", urgency="high") == 1
    assert value(samples, "mentions_overdue") == 1
    assert value(samples, "mentions_unjudged") == 1
    assert 7_190 < value(samples, "oldest_unclaimed_seconds") < 7_400
    assert value(samples, "feeds", state="new") == 1
    assert 89 < value(samples, "poll_lateness_seconds") < 300
    assert value(samples, "gaps_open") == 1
    assert (value(samples, "alerts", state="waiting"), value(samples, "alerts", state="failing")) == (1, 1)


def test_an_empty_desk_is_quiet_and_says_that_nobody_works(client: FlaskClient) -> None:
    samples = scrape(client)
    assert value(samples, "mentions_overdue") == 0
    assert value(samples, "oldest_unclaimed_seconds") == 0
    assert value(samples, "planning") == 0
    assert value(samples, "parts", kind="worker") == 0


def test_workers_tell_through_the_store_what_they_judged(client: FlaskClient, worker: Heart) -> None:
    samples = scrape(client)
    place = {"host": worker.place.host, "pid": str(worker.place.pid)}
    assert value(samples, "judged_total", **place) == 64
    assert value(samples, "judging_seconds_total", **place) == 1.5
    assert value(samples, "parts", kind="run") == 1
    assert value(samples, "planning") == 1


def test_pages_are_counted_by_their_names(ana: FlaskClient, mention_id: int) -> None:
    ana.get(f"/mentions/{mention_id}")
    ana.get("/no/such/page")
    ana.open("/sign-in", method="MADEUP")
    samples = scrape(ana)
    pages = {dict(labels).get("page") for name, labels in samples if name == "mentiondesk_requests_total"}
    assert "none" in pages
    assert not any("/" in str(page) for page in pages)
    methods = {dict(labels).get("method") for name, labels in samples if name == "mentiondesk_requests_total"}
    assert methods <= {"GET", "POST", "other"}
    assert value(samples, "request_seconds_count", page="auth.link") == 2


def test_no_label_tells_of_a_person(ana: FlaskClient, store: Store, mention_id: int) -> None:
    with store.read() as session:
        mention = session.scalars(select(Mention)).one()
    said = ana.get("/metrics").text
    for private in ("Ana", mention.text, "dana", "Dana"):
        assert private not in said


def test_a_scrape_asks_the_store_a_fixed_number_of_times(client: FlaskClient, store: Store) -> None:
    def count() -> int:
        asked: list[str] = []
        event.listen(store.engine, "before_cursor_execute", note := lambda *given: asked.append(given[2]))
        scrape(client)
        event.remove(store.engine, "before_cursor_execute", note)
        return len(asked)

    before = count()
    with store.write() as session:
        for _ in range(30):
            make_mention(session, urgency="urgent")
    assert count() == before <= 12


@pytest.fixture
def closed(settings: Settings, store: Store) -> Flask:
    """A board whose metrics nobody reads without a token."""
    return create_app(
        Settings.model_validate({**settings.model_dump(by_alias=True), "web": {"metrics": []}}), store, secret_key="k"
    )


def test_strangers_need_a_token(closed: Flask, store: Store) -> None:
    browser = closed.test_client()
    refused = browser.get("/metrics")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "mentiondesk token add" in refused.text
    assert browser.get("/metrics", headers={"Authorization": "Bearer md_wrong"}).status_code == 401
    with store.write() as session:
        token = users.make_api_token(session, make_user(session, "Monitor"), "prometheus", utcnow())
    assert browser.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_who_comes_through_a_web_server_is_not_from_this_machine(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 401
