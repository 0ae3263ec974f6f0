"""The JSON API: the same desk for programs, with tokens, problems and idempotency keys."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import select
from werkzeug.test import TestResponse

from monitor import users
from monitor.brands import ensure_brand
from monitor.clock import utcnow
from monitor.models import Activity, Feed, Gap, Note
from monitor.queries.search import MOST_SEARCHED
from monitor.store import Store
from tests.factories import make_mention, make_user
from tests.web.counting import count_statements

Caller = Callable[..., TestResponse]


@pytest.fixture
def caller(app: Flask, store: Store) -> Callable[[str], Caller]:
    """A program that acts as a new user of the given name: `call(method, path, body, **headers)`."""

    def make(name: str, role: str = "agent") -> Caller:
        with store.write() as session:
            token = users.make_api_token(session, make_user(session, name, role), "test", utcnow())

        def call(method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
            given = {"Authorization": f"Bearer {token}"} | {
                key.replace("_", "-"): value for key, value in headers.items()
            }
            return app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=given)

        return call

    return make


@pytest.fixture
def ana(caller: Callable[[str], Caller]) -> Caller:  # type: ignore[override]
    return caller("Ana")


@pytest.fixture
def ben(caller: Callable[[str], Caller]) -> Caller:  # type: ignore[override]
    return caller("Ben")


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    """The body of an answer that must be a problem of this status."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return body


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer md_wrong", "Basic YTpi", "Bearer \u00e9"])
def test_strangers_are_told_how_to_get_a_token(app: Flask, header: str) -> None:
    answer = app.test_client().get("/api/v1/mentions", headers={"Authorization": header})
    assert "mentiondesk token add" in problem(answer, 401)["detail"]


def test_a_page_session_is_no_token_and_a_token_no_session(app: Flask, ana: Caller) -> None:
    assert ana("GET", "/mentions").status_code == 200
    assert app.test_client().get("/").status_code == 303


def test_mentions_come_most_pressing_first_in_pages(ana: Caller, store: Store) -> None:
    with store.write() as session:
        made = {
            make_mention(session, urgency=urgency).id: urgency
            for urgency in ("low", "urgent", "normal", "high", "urgent")
        }
    seen, cursor = [], ""
    while cursor is not None:
        page = ana("GET", f"/mentions?limit=2&cursor={cursor}").get_json()
        seen += [mention["urgency"] for mention in page["mentions"]]
        cursor = page["next"]
    assert seen == ["urgent", "urgent", "high", "normal", "low"]
    assert len(made) == len(seen)


def test_a_search_of_many_says_that_it_looked_at_the_newest_alone(ana: Caller, store: Store) -> None:
    with store.write() as session:
        for number in range(MOST_SEARCHED + 1):
            make_mention(session, f"words {number}")
    common, rare = (ana("GET", f"/mentions?limit=1&q={typed}").get_json() for typed in ("words", "words+7"))
    assert (common["bounded"], rare["bounded"]) == (True, False)
    assert rare["next"] is None


def test_filters_take_the_fields_of_a_mention(ana: Caller, store: Store) -> None:
    with store.write() as session:
        make_mention(session, "wifi is down", urgency="high", need="fault")
        make_mention(session, "thank you", urgency="low", sentiment="positive", need="praise", source="reddit")
        mine = make_mention(session, "mine").id
    ana("POST", f"/mentions/{mine}/claim")
    for query, texts in {
        "urgency=high": {"wifi is down"},
        "sentiment=positive": {"thank you"},
        "source=reddit&need=praise": {"thank you"},
        "assignee=me": {"mine"},
        "assignee=Ana": {"mine"},
        "assignee=none&q=wifi": {"wifi is down"},
        "brand=Aurora Air&status=open": {"wifi is down", "thank you", "mine"},
        "brand=Nobody": set(),
    }.items():
        found = ana("GET", f"/mentions?{query}").get_json()["mentions"]
        assert {mention["text"] for mention in found} == texts, query


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("urgency=soon", "urgency"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("cursor=zzz", "first page"),
        ("mood=bad", "mood"),
        ("assignee=Zed", "Zed"),
    ],
)
def test_a_query_that_cannot_be_is_explained(ana: Caller, query: str, named: str) -> None:
    assert named in problem(ana("GET", f"/mentions?{query}"), 400)["detail"]


def test_the_loser_of_a_claim_is_told_who_and_when(ana: Caller, ben: Caller, mention_id: int) -> None:
    won = ana("POST", f"/mentions/{mention_id}/claim").get_json()
    assert won["assignee"] == "Ana"
    lost = problem(ben("POST", f"/mentions/{mention_id}/claim"), 409)
    assert (lost["error"], lost["claimed_by"], lost["claimed_at"]) == ("claimed", "Ana", won["claimed_at"])
    assert problem(ben("POST", f"/mentions/{mention_id}/claim", {"take_over": True}), 400)
    taken = ben("POST", f"/mentions/{mention_id}/claim", {"take_over": True, "reason": "lunch"}).get_json()
    assert taken["assignee"] == "Ben"


def test_people_racing_for_a_mention_have_one_winner(caller: Callable[[str], Caller], mention_id: int) -> None:
    racers = [caller(f"Racer {number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda race: race("POST", f"/mentions/{mention_id}/claim"), racers))
    winners = [answer.get_json()["assignee"] for answer in answers if answer.status_code == 200]
    losers = [problem(answer, 409)["claimed_by"] for answer in answers if answer.status_code != 200]
    assert len(winners) == 1
    assert losers == winners * 7


def test_a_mention_from_claim_to_resolution(ana: Caller, mention_id: int) -> None:
    path = f"/mentions/{mention_id}"
    ana("POST", f"{path}/claim")
    assert ana("POST", f"{path}/notes", {"text": "called the bank"}).status_code == 201
    replied = ana("POST", f"{path}/replies", {"text": "Hi Dana, it is on its way back.", "url": "https://x.example/9"})
    assert replied.status_code == 201
    ana("POST", f"{path}/snooze", {"until": (utcnow() + timedelta(hours=1)).isoformat()})
    ana("POST", f"{path}/reopen")
    ana("POST", f"{path}/labels", {"urgency": "high", "abuse": 0})
    ana("POST", f"{path}/confirm")
    ana("POST", f"{path}/resolve", {"reason": "refunded"})
    found = ana("GET", path).get_json()
    assert (found["status"], found["urgency"], found["overdue"]) == ("resolved", "high", False)
    assert [note["text"] for note in found["notes"]] == ["called the bank"]
    assert [(reply["by"], reply["url"], reply["state"]) for reply in found["replies"]] == [
        ("Ana", "https://x.example/9", "logged")
    ]
    happened = [activity["happened"] for activity in found["timeline"]]
    assert happened == ["claimed", "noted", "replied", "snoozed", "reopened", "relabelled", "confirmed", "resolved"]


def test_a_write_sent_twice_happens_once(ana: Caller, ben: Caller, store: Store, mention_id: int) -> None:
    path = f"/mentions/{mention_id}/notes"
    first = ana("POST", path, {"text": "once"}, Idempotency_Key="k1")
    again = ana("POST", path, {"text": "once"}, Idempotency_Key="k1")
    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json())
    assert "another request" in problem(ana("POST", path, {"text": "other"}, Idempotency_Key="k1"), 422)["detail"]
    assert ben("POST", path, {"text": "twice"}, Idempotency_Key="k1").status_code == 201  # keys are each user's own
    with store.read() as session:
        assert sorted(session.scalars(select(Note.text))) == ["once", "twice"]


def test_a_refused_write_may_be_sent_again_with_the_same_key(ana: Caller, ben: Caller, mention_id: int) -> None:
    ben("POST", f"/mentions/{mention_id}/claim")
    path = f"/mentions/{mention_id}/claim"
    problem(ana("POST", path, Idempotency_Key="k"), 409)
    ben("POST", f"/mentions/{mention_id}/release")
    assert ana("POST", path, Idempotency_Key="k").status_code == 200


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("notes", {}, 400),
        ("notes", {"text": ""}, 400),
        ("notes", {"text": " \x00 "}, 400),
        ("notes", {"text": "a" * 20_001}, 400),
        ("notes", {"text": "a", "colour": "red"}, 400),
        ("notes", [], 400),
        ("notes", "text", 400),
        ("replies", {"text": "hi"}, 409),
        ("snooze", {"until": "2001-01-01T00:00:00Z"}, 400),
        ("snooze", {"until": "2101-01-01T00:00:00"}, 400),
        ("labels", {"urgency": "soon"}, 400),
        ("claim", {"take_over": "perhaps"}, 400),
        ("teleport", {}, 404),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    ana: Caller, store: Store, mention_id: int, call: str, body: Any, status: int
) -> None:
    problem(ana("POST", f"/mentions/{mention_id}/{call}", body), status)
    with store.read() as session:
        assert session.scalars(select(Activity).where(Activity.mention_id == mention_id)).all() == []


def test_a_body_that_is_no_json_is_refused(app: Flask, store: Store, mention_id: int) -> None:
    with store.write() as session:
        token = users.make_api_token(session, make_user(session), "test", utcnow())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = app.test_client().post(f"/api/v1/mentions/{mention_id}/claim", data=b"{", headers=headers)
    assert problem(answer, 400)["detail"] == "The body is not valid JSON."


@pytest.mark.parametrize("path", ["/mentions/999", "/mentions/0", "/mentions/99999999999999999999", "/nothing"])
def test_what_is_not_there_is_a_problem_too(ana: Caller, path: str) -> None:
    problem(ana("GET", path), 404)


def test_the_list_asks_the_database_as_often_for_many_as_for_few(ana: Caller, store: Store) -> None:
    def ask() -> int:
        with count_statements(store) as statements:
            assert ana("GET", "/mentions?limit=200").status_code == 200
        return len(statements)

    with store.write() as session:
        make_mention(session)
    few = ask()
    with store.write() as session:
        for _ in range(60):
            make_mention(session)
    assert ask() == few <= 3


def test_the_feeds_say_whether_the_desk_is_blind(ana: Caller, store: Store) -> None:
    now = utcnow()
    with store.write() as session:
        brand = ensure_brand(session, "Aurora Air", now)
        feed = Feed(brand_id=brand.id, name="x-search", source="x", next_poll_at=now, state="refused", state_since=now)
        feed.state_reason = "X refused our key (401)."
        session.add(feed)
        session.flush()
        session.add(Gap(feed_id=feed.id, reason="X reads back 7 days.", found_at=now))
        again = now + timedelta(hours=6)
        session.add(Gap(feed_id=feed.id, reason="X was away.", found_at=now, retry_at=again, tries=2))
    (told,) = ana("GET", "/feeds").get_json()["feeds"]
    assert (told["name"], told["state"], told["reason"]) == ("x-search", "refused", "X refused our key (401).")
    assert told["state_since"] == now.isoformat()
    given_up, tried_again = told["gaps"]
    assert (given_up["reason"], given_up["retry_at"], given_up["tries"]) == ("X reads back 7 days.", None, 0)
    assert (tried_again["retry_at"], tried_again["tries"]) == (again.isoformat(), 2)


def test_the_document_describes_every_call(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    paths = document["paths"]
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api."))
    assert set(paths) == {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in rules} - {"/api/v1/openapi.json"}
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
