"""Incidents on pages: proposed, opened, described, answered, closed and taken back, without scripts."""

import html as entities
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor import users
from monitor.clock import utcnow
from monitor.incidents import commands
from monitor.models import Incident, IncidentMention, Mention, User
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import act, send


def read(browser: FlaskClient, address: str) -> str:
    return entities.unescape(browser.get(address).text)


@pytest.fixture
def opened(ana: FlaskClient, store: Store) -> int:
    """Incident 1 with two mentions; a third is proposed."""
    with store.write() as session:
        ids = [make_mention(session, f"Bag {number} is stuck", name=f"Bo{'xyz'[number]} Ek").id for number in range(3)]
        commands.open_new(session, session.query(User).one(), "Belt in Oslo", ids[:2], utcnow())
        session.add(IncidentMention(incident_id=1, mention_id=ids[2], state="proposed", since=utcnow()))
    return 1


def test_a_mention_is_put_into_a_new_incident_and_out_again(ana: FlaskClient, store: Store, mention_id: int) -> None:
    assert act(ana, mention_id, "incident", title="").status_code == 400
    assert act(ana, mention_id, "incident", title="<b>Belt</b>").status_code == 303
    page = ana.get(f"/mentions/{mention_id}").text
    assert "&lt;b&gt;Belt&lt;/b&gt;" in page
    assert "<b>Belt" not in page
    assert "put it into the incident “<b>Belt</b>”" in entities.unescape(page)
    assert "<b>Belt</b>" in read(ana, "/incidents")
    act(ana, mention_id, "incident", incident=1, then="leave")
    assert "One of many?" in read(ana, f"/mentions/{mention_id}")


def test_what_is_known_stands_on_every_mention_of_it(ana: FlaskClient, opened: int) -> None:
    words: dict[str, Any] = {"title": "Belt 3", "status_text": "Mended by 6.", "answer": ["Hi {author_name}!", ""]}
    assert send(ana, "/incidents/1/describe", **words).status_code == 303
    assert "Mended by 6." in read(ana, "/mentions/1")
    page = read(ana, "/incidents/1")
    assert "Hi Box!" in page
    assert "Hi Boy!" in page
    refused = send(ana, "/incidents/1/describe", title="", status_text="Typed with care", answer="And this")
    assert refused.status_code == 400
    assert "Typed with care" in refused.text
    assert "And this" in refused.text


def test_proposed_mentions_are_put_in_or_turned_down(ana: FlaskClient, opened: int, store: Store) -> None:
    assert "1 mention put in." in follow(ana, "mentions", mention=3, then="join")
    assert "2 mentions taken out." in follow(ana, "mentions", mention=[1, 3], then="leave")
    with store.read() as session:
        states = session.scalars(select(IncidentMention.state).order_by(IncidentMention.mention_id)).all()
    assert states == ["left", "joined", "left"]


def follow(browser: FlaskClient, deed: str, **fields: Any) -> str:
    assert send(browser, f"/incidents/1/{deed}", **fields).status_code == 303
    return read(browser, "/incidents/1")


def test_answers_that_were_given_elsewhere_are_logged_once(ana: FlaskClient, opened: int, store: Store) -> None:
    send(ana, "/incidents/1/describe", title="Belt", status_text="", answer="It is being mended.")
    given = {"mention": [1, 2], "then": "log", "url": "https://aurora.example/belt", "key": "once"}
    assert "Logged: 2." in follow(ana, "answers", **given)
    follow(ana, "answers", **given)
    assert "2 answered" in read(ana, "/incidents/1")
    refused = send(ana, "/incidents/1/answers", mention=1, then="send", url="https://aurora.example/belt")
    assert refused.status_code == 400
    assert "Not answered: 1." not in read(ana, "/incidents/1")


def test_closing_resolves_all_and_can_be_taken_back(ana: FlaskClient, opened: int, store: Store) -> None:
    page = follow(ana, "close", outcome="solved", reason="Belt mended", key="once")
    assert "Closed, and 2 mentions with it." in page
    assert "Take the closing back" in page
    assert "Belt in Oslo" in read(ana, "/incidents?view=over")
    assert send(ana, "/incidents/1/close", outcome="solved").status_code == 409
    assert "Open again, and 2 mentions with it." in follow(ana, "reopen")
    with store.read() as session:
        assert set(session.scalars(select(Mention.status))) == {"open"}


def test_a_proposal_is_named_or_dismissed(
    ana: FlaskClient, enter: Callable[..., FlaskClient], opened: int, store: Store
) -> None:
    with store.write() as session:
        session.get_one(Incident, 1).state = "proposed"
    assert "An incident?" in read(ana, "/incidents")
    assert "Incidents <span" in ana.get("/").text
    assert "Opened." in follow(ana, "open", title="Belt")
    assert send(enter("Ben"), "/incidents/1/dismiss").status_code == 409
    assert ana.get("/incidents/99").status_code == 404


def test_a_program_sees_to_which_a_mention_belongs(app: Flask, opened: int, store: Store) -> None:
    with store.write() as session:
        token = users.make_api_token(session, session.query(User).one(), "test", utcnow())
    headers, found = {"Authorization": f"Bearer {token}"}, []
    for mention_id in (1, 3):
        found += app.test_client().get(f"/api/v1/mentions/{mention_id}", headers=headers).get_json()["incidents"]
    named = {"id": 1, "title": "Belt in Oslo", "state": "open"}
    assert found == [{**named, "belongs": "joined"}, {**named, "belongs": "proposed"}]


def test_strangers_see_no_incidents(client: FlaskClient) -> None:
    assert client.get("/incidents").status_code == 303
