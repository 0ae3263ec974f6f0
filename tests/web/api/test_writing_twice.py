"""Every write of the API takes an Idempotency-Key, says so in its document, and is done once however often it comes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import desk, users
from monitor.abusive import seconds
from monitor.clock import utcnow
from monitor.deeds import keep
from monitor.escalation.commands import escalate
from monitor.incidents import commands as incidents
from monitor.models import Activity, Base, Incident, Note, Promise, Reply, User
from monitor.promises import add as promise
from monitor.settings import BrandSettings, Settings
from monitor.store import Store
from monitor.words import Did, IncidentState, ReplyState
from tests.factories import make_mention, make_user
from tests.platforms import Platforms
from tests.replying import Answering, make_environment, make_settings
from web import create_app
from web.api.blueprint import WRITING, describe

MENTION, API = "/mentions/{mention_id}", "/api/v1"
SOON = (utcnow() + timedelta(days=2)).isoformat()
Numbers = dict[str, int]


class Case:
    """A desk that Lea leads; every number that a path can ask for stands for something of its own."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        with answering.store.write() as session:
            make_user(session, "Ben")
            self.token = users.make_api_token(session, session.get_one(User, answering.lea.id), "test", utcnow())

    def prepare(self, make: "Make") -> Numbers:
        mention_id = self.answering.collect("bluesky")
        with self.answering.store.write() as session:
            lea, now = session.get_one(User, self.answering.lea.id), utcnow()
            desk.take_over(session, mention_id, lea, "for the test", now)
            return {"mention_id": mention_id, **make(session, mention_id, lea)}


Make = Callable[[Session, int, User], Numbers]


def nothing(_session: Session, _mention_id: int, _lea: User) -> Numbers:
    return {}


def note(session: Session, mention_id: int, lea: User) -> Numbers:
    return {"note_id": desk.add_note(session, mention_id, lea, "Deaf: never call.", utcnow()).id}


def pinned(session: Session, mention_id: int, lea: User) -> Numbers:
    found = note(session, mention_id, lea)
    kept = session.get_one(Note, found["note_id"])
    kept.author_id = desk.get(session, mention_id).author_id
    return found


def reply(state: ReplyState) -> Make:
    def make(session: Session, mention_id: int, lea: User) -> Numbers:
        ana = session.query(User).filter_by(name="Ana").one()
        writer = ana if state == ReplyState.ASKED else lea
        row = Reply(mention_id=mention_id, user_id=writer.id, text=f"Hi {state}", state=state, created_at=utcnow())
        session.add(row)
        session.flush()
        return {"reply_id": row.id}

    return make


def promised(state: str) -> Make:
    def make(session: Session, mention_id: int, lea: User) -> Numbers:
        due, brand = utcnow() + timedelta(days=1), BrandSettings(name="Aurora Air")
        found: Promise = promise(session, mention_id, lea, "call her", due, brand, utcnow())
        found.state = state
        return {"promise_id": found.id}

    return make


def resolved(session: Session, mention_id: int, lea: User) -> Numbers:
    desk.resolve(session, mention_id, lea, utcnow())
    return {}


def deed(session: Session, mention_id: int, lea: User) -> Numbers:
    return {"deed_id": keep(session, Did.RELEASE, mention_id, lea, desk.release, utcnow()) or 0}


def released(session: Session, mention_id: int, lea: User) -> Numbers:
    desk.release(session, mention_id, lea, utcnow())
    return {}


def judged(session: Session, mention_id: int, _lea: User) -> Numbers:
    desk.get(session, mention_id).urgency = "high"
    return {}


def failed(session: Session, mention_id: int, _lea: User) -> Numbers:
    mention = desk.get(session, mention_id)
    mention.triage_error, mention.urgency = "The model could not judge this.", None
    return {}


def waiting(session: Session, _mention_id: int, _lea: User) -> Numbers:
    make_mention(session)
    make_mention(session)
    return {}


def incident(state: str) -> Make:
    def make(session: Session, mention_id: int, lea: User) -> Numbers:
        opened = incidents.open_new(session, lea, "Belt in Oslo", [mention_id], utcnow())
        incidents.describe(session, opened.id, lea, utcnow(), answers=[f"Hi, it is mended ({opened.id})."])
        session.get_one(Incident, opened.id).state = state
        return {"incident_id": opened.id}

    return make


def of_mention(numbers: Numbers) -> dict[str, Any]:
    return {"title": "Belt in Oslo", "mentions": [numbers["mention_id"]]}


def escalated(session: Session, mention_id: int, _lea: User) -> Numbers:
    ana = session.query(User).filter_by(name="Ana").one()
    given = (mention_id, ana, "lead", "they name a judge", Settings(), utcnow())
    return {"escalation_id": escalate(session, *given).id}


def alone(session: Session, mention_id: int, _lea: User) -> Numbers:
    ana = session.query(User).filter_by(name="Ana").one()
    return {"second_id": seconds.ask(session, mention_id, ana, None, "", utcnow()).id}


def page(_session: Session, _mention_id: int, _lea: User) -> dict[str, Any]:
    return {"kind": "press"}


def author(session: Session, mention_id: int, _lea: User) -> Numbers:
    return {"author_id": desk.get(session, mention_id).author_id or 0}


Body = Mapping[str, Any] | Callable[[Numbers], Mapping[str, Any]] | None
OPEN, SENT = IncidentState.OPEN, {"text": "Hi Dana, we are looking for it now."}
EXAMPLES: dict[str, tuple[Make, Body]] = {
    "/authors/{author_id}/erase": (author, None),
    "/deeds/{deed_id}/undo": (deed, None),
    "/mentions/many": (nothing, lambda numbers: {"mentions": [numbers["mention_id"]], "do": "resolve"}),
    "/mentions/next": (waiting, None),
    "/mentions/retry": (failed, None),
    f"{MENTION}/assign": (nothing, {"to": "Ben", "reason": "he knows her"}),
    f"{MENTION}/claim": (released, {}),
    f"{MENTION}/confirm": (judged, None),
    f"{MENTION}/courtesy": (nothing, {"text": "Hi Dana"}),
    f"{MENTION}/draft": (nothing, {"reply": "Hi Da"}),
    f"{MENTION}/labels": (nothing, {"urgency": "urgent"}),
    f"{MENTION}/notes": (nothing, {"text": "She called."}),
    f"{MENTION}/notes/{{note_id}}/pin": (note, None),
    f"{MENTION}/notes/{{note_id}}/unpin": (pinned, None),
    f"{MENTION}/praise": (nothing, {"to": "Ben", "words": "Well done"}),
    f"{MENTION}/promises": (nothing, {"text": "call her by Friday"}),
    f"{MENTION}/promises/{{promise_id}}/change": (promised("open"), {"text": "write to her", "due_at": SOON}),
    f"{MENTION}/promises/{{promise_id}}/confirm": (promised("proposed"), None),
    f"{MENTION}/promises/{{promise_id}}/dismiss": (promised("open"), {"reason": "she called us"}),
    f"{MENTION}/promises/{{promise_id}}/keep": (promised("open"), None),
    f"{MENTION}/release": (nothing, None),
    f"{MENTION}/reopen": (resolved, None),
    f"{MENTION}/replies": (nothing, {"text": "Hi Dana, I'll call you by Friday."}),
    f"{MENTION}/replies/send": (nothing, SENT),
    f"{MENTION}/replies/{{reply_id}}/again": (reply(ReplyState.FAILED), SENT),
    f"{MENTION}/replies/{{reply_id}}/approve": (reply(ReplyState.ASKED), {}),
    f"{MENTION}/replies/{{reply_id}}/refuse": (reply(ReplyState.ASKED), {"reason": "too short"}),
    f"{MENTION}/replies/{{reply_id}}/settle": (reply(ReplyState.UNKNOWN), {"there": False}),
    f"{MENTION}/replies/{{reply_id}}/withdraw": (reply(ReplyState.QUEUED), None),
    f"{MENTION}/resolve": (nothing, {"outcome": "solved"}),
    f"{MENTION}/retry": (failed, None),
    f"{MENTION}/snooze": (nothing, {"until": SOON}),
    "/saved-replies": (nothing, {"title": "Charged twice", "text": "One is a hold."}),
    f"{MENTION}/escalations": (nothing, {"to": "lead", "reason": "they name a judge"}),
    f"{MENTION}/escalations/{{escalation_id}}/take-on": (escalated, None),
    f"{MENTION}/escalations/{{escalation_id}}/settle": (escalated, {"answer": "We refund."}),
    f"{MENTION}/second": (nothing, {}),
    f"{MENTION}/second/{{second_id}}/accept": (alone, None),
    f"{MENTION}/second/{{second_id}}/end": (alone, None),
    "/guidance/{kind}": (page, {"text": "Call Ada.", "version": 0}),
    "/abusive-lane/lift": (nothing, {"to": "Ben", "reason": "he offered"}),
    "/handover": (nothing, lambda made: {"items": [{"mention": made["mention_id"], "to": "Ben"}]}),
    "/incidents": (nothing, of_mention),
    "/incidents/{incident_id}/open": (incident("proposed"), {"title": "Belt 3"}),
    "/incidents/{incident_id}/dismiss": (incident("proposed"), None),
    "/incidents/{incident_id}/describe": (incident(OPEN), {"status_text": "It is being mended."}),
    "/incidents/{incident_id}/mentions": (incident(OPEN), lambda made: {"remove": [made["mention_id"]]}),
    "/incidents/{incident_id}/answers": (incident(OPEN), lambda made: {"mentions": [made["mention_id"]]}),
    "/incidents/{incident_id}/close": (incident(OPEN), {"outcome": "solved"}),
    "/incidents/{incident_id}/reopen": (incident("closed"), None),
}


@pytest.fixture
def case(store: Store, platforms: Platforms, monkeypatch: pytest.MonkeyPatch) -> Case:
    for name, value in make_environment(platforms).items():
        monkeypatch.setenv(name, value)
    return Case(Answering(store, platforms, make_settings(platforms), utcnow()))


@pytest.fixture
def app(case: Case) -> Flask:
    return create_app(case.answering.settings, case.answering.store, secret_key="a key for tests")


def writes_of(app: Flask) -> dict[str, dict[str, Any]]:
    """The writes that the document names, by path."""
    with app.app_context():
        paths = describe()["paths"]
    return {
        path.removeprefix(API): one
        for path, methods in paths.items()
        for name, one in methods.items()
        if name in WRITING
    }


def count_rows(store: Store) -> dict[str, int]:
    """Of every table but the one that keeps what was answered."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "idempotency_key"]
    with store.read() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_the_document_names_the_key_for_every_write(app: Flask) -> None:
    lacking = [path for path, one in writes_of(app).items() if "Idempotency-Key" not in str(one.get("parameters"))]
    assert lacking == []


def test_every_write_is_done_once(app: Flask, case: Case) -> None:
    """A write without an example here fails: give it one above."""
    assert set(writes_of(app)) == set(EXAMPLES)
    troubles = {
        path: trouble for path, example in EXAMPLES.items() if (trouble := try_twice(app, case, path, *example))
    }
    assert troubles == {}


def try_twice(app: Flask, case: Case, path: str, make: Make, body: Body) -> str:
    """What is wrong with a write that comes twice; empty where nothing is."""
    numbers, store = case.prepare(make), case.answering.store
    given = body(numbers) if callable(body) else body

    def call() -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {case.token}", "Idempotency-Key": f"once {path}"}
        answer = app.test_client().post(API + path.format(**numbers), json=given, headers=headers)
        return answer.status_code, answer.get_json()

    before, first, between = count_rows(store), call(), count_rows(store)
    second, after = call(), count_rows(store)
    if first[0] not in (200, 201):
        return f"the example fails: {first}"
    if first != second:
        return f"answered anew: {second[0]}"
    if between != after:
        return f"done again: {[name for name in after if after[name] != between[name]]}"
    if before == between and not path.endswith("/courtesy"):  # which only looks
        return "the example changes nothing, so that doing it again could not be seen"
    return ""


def test_a_key_is_for_one_write_only(app: Flask, case: Case, store: Store) -> None:
    numbers = case.prepare(nothing)
    headers = {"Authorization": f"Bearer {case.token}", "Idempotency-Key": "mine"}
    path, client = f"{API}{MENTION}/notes".format(**numbers), app.test_client()
    assert client.post(path, json={"text": "One"}, headers=headers).status_code == 201
    assert client.post(path, json={"text": "Two"}, headers=headers).status_code == 422
    with store.read() as session:
        assert session.query(Note).count() == 1
        assert session.query(Activity).filter_by(happened="noted").count() == 1
