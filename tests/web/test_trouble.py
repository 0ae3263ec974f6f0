"""When the store or the request is no good: one clear sentence, nothing lost."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.models import Feed, Part
from monitor.parts.heart import Heart
from monitor.parts.kinds import PartKind
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from tests.factories import make_mention
from tests.web.forms import HTMX, send, token_of
from web import assets, create_app


@pytest.fixture
def locked(store: Store, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Call it and another program holds the write lock, while this one waits for it only a moment."""
    event.listen(store.engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(tmp_path / "var" / "desk.db", isolation_level=None)

    def lock() -> None:
        store.engine.dispose()
        other.execute("BEGIN IMMEDIATE")

    yield lock
    other.close()


@pytest.mark.parametrize("headers", [None, HTMX])
def test_a_locked_database_is_one_sentence_and_the_text_is_kept(
    ana: FlaskClient, mention_id: int, locked: Callable[[], None], headers: dict[str, str] | None
) -> None:
    token = token_of(ana, f"/mentions/{mention_id}")
    locked()
    form = {"csrf_token": token, "note": "typed with care"}
    answer = ana.post(f"/mentions/{mention_id}/notes", data=form, headers=headers)
    assert answer.status_code == 503
    assert "The database is busy with another program" in answer.text
    assert "typed with care" in answer.text


def test_signing_in_while_the_database_is_locked(client: FlaskClient, locked: Callable[[], None]) -> None:
    token = token_of(client, "/sign-in")
    locked()
    answer = client.post("/sign-in", data={"csrf_token": token, "name": "Ana", "password": "x"})
    assert answer.status_code == 503
    assert "nothing was changed. Try again in a moment." in answer.text


def test_a_database_that_is_away_is_one_sentence(ana: FlaskClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE user RENAME TO nobody"))
    answer = ana.get("/")
    assert answer.status_code == 503
    assert "The database did not answer" in answer.text


@pytest.fixture
def running(store: Store) -> Iterator[Heart]:
    """A process that does everything."""
    heart = Heart(store, PartKind.RUN)
    heart.start()
    yield heart
    heart.stop()


@pytest.mark.usefixtures("running")
def test_health_of_a_good_desk(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "ok": True,
        "database": True,
        "reasons": [],
        "waiting_for_triage": 0,
        "set_aside": 0,
        "feeds": 0,
        "blind_feeds": [],
        "parts": {"run": 1},
    }


def test_health_tells_what_nobody_does(client: FlaskClient, running: Heart, store: Store) -> None:
    running.stop()
    nobody = client.get("/healthz").json
    assert nobody is not None
    assert [reason.split(":")[0] for reason in nobody["reasons"]] == [
        "Nothing polls, reminds or sends the digest",
        "Nothing judges or alerts",
    ]
    assert nobody["parts"] == {}


@pytest.mark.usefixtures("running")
def test_health_names_a_part_that_fell_silent(client: FlaskClient, store: Store) -> None:
    silent = {"kind": PartKind.WORKER, "host": "far", "machine": "far", "space": "", "pid": 7, "counts": {}}
    with store.write() as session:
        began = utcnow() - timedelta(minutes=3, seconds=20)
        session.add(Part(id="silent", started_at=began, until=began, **silent))
    body = client.get("/healthz").json
    assert body is not None
    assert body["reasons"] == ["The worker on far has been silent for 3 min."]


@pytest.fixture
def blind_feed(store: Store, settings: Settings) -> None:
    brand = settings.brands[0].model_dump(by_alias=True) | {"feed": [{"name": "x-search", "source": "sample"}]}
    with store.write() as session:
        sync_settings(session, Settings(brand=[brand]), utcnow())
        feed = session.query(Feed).one()
        feed.state, feed.state_reason, feed.state_since = FeedState.REFUSED, "X says 401 <b>", utcnow()
        make_mention(session, urgency=None)
        make_mention(session, urgency=None, triage_error="no words")


@pytest.mark.usefixtures("blind_feed")
def test_health_tells_who_is_blind_and_what_waits(client: FlaskClient) -> None:
    body = client.get("/healthz").json
    assert body is not None
    assert (body["ok"], body["waiting_for_triage"], body["set_aside"]) == (False, 1, 1)
    assert body["blind_feeds"] == ["x-search"]
    assert body["reasons"][0] == "The feed x-search is blind: the platform refuses our credentials."


def test_health_without_a_database(client: FlaskClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE feed"))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] is False


@pytest.mark.usefixtures("blind_feed")
def test_the_board_says_which_feed_is_blind(ana: FlaskClient) -> None:
    assert "x-search has been blind for 0 s: the platform refuses our credentials." in ana.get("/").text
    page = ana.get("/feeds").text
    assert "The platform refuses our credentials" in page
    assert "X says 401 &lt;b&gt;" in page


def test_too_much_text_is_one_sentence(ana: FlaskClient, mention_id: int) -> None:
    answer = send(ana, f"/mentions/{mention_id}/notes", note="x" * 600_000)
    assert answer.status_code == 400
    assert "That is 600,000 characters; the desk keeps up to 20,000." in answer.text
    answer = send(ana, f"/mentions/{mention_id}/notes", note="x" * 3_000_000)
    assert answer.status_code == 413
    assert "more text than the desk takes at once" in answer.text


def test_unknown_addresses_and_methods(client: FlaskClient) -> None:
    assert "There is nothing at this address." in client.get("/nowhere").text
    assert client.get("/nowhere").status_code == 404
    assert client.delete("/sign-in").status_code == 405


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for address in ("/sign-in", "/healthz", "/nowhere"):
        headers = client.get(address).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Answered-By"] == "mentiondesk"


def test_cookies_stay_out_of_reach_and_are_secure_behind_https(settings: Settings, store: Store) -> None:
    behind = create_app(settings.model_copy(update={"public_url": "https://desk.example"}), store, secret_key="k")
    cookie = behind.test_client().get("/sign-in", base_url="https://desk.example").headers["Set-Cookie"]
    for part in ("mentiondesk=", "HttpOnly", "SameSite=Lax", "Secure"):
        assert part in cookie


def test_the_demo_says_so_on_every_page(settings: Settings, store: Store) -> None:
    demo = create_app(settings.model_copy(update={"demo": True}), store, secret_key="k")
    assert "Demo: invented posts about an invented airline" in demo.test_client().get("/sign-in").text


def imported(name: str) -> set[str]:
    """A module and all that it needs at once; what is fetched when somebody wants it comes as `import()`."""
    text = Path(assets.__file__).with_name("static").joinpath(name).read_text()
    needs = re.findall(r'^import .*"\./([\w.]+)";$', text, re.MULTILINE)
    return {name}.union(*(imported(one) for one in needs))


def test_the_first_load_is_light_and_cached(app: Flask, ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        for _ in range(50):
            make_mention(session, "word " * 60)
    page = ana.get("/").text
    addresses = {part.split('"')[0] for part in page.split('"') if part.startswith("/assets/")}
    assert len(addresses) >= 5
    folder = min(addresses).rsplit("/", 1)[0]
    modules = {f"{folder}/{name}" for name in imported("main.js")}
    answers = [ana.get(address, headers={"Accept-Encoding": "gzip"}) for address in sorted(addresses | modules)]
    assert all(answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"] for answer in answers)
    assert len(page.encode()) + sum(len(answer.data) for answer in answers) < 100_000
