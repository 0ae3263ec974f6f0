"""The hard ones on the pages: guidance that applies, escalations, the abusive lane, a second person."""

import html as entities
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from monitor import users
from monitor.clock import utcnow
from monitor.models import Escalation, GuidanceEdition, Mention, SecondPerson
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork.team import ClaimSettings
from tests.factories import make_mention, make_user
from tests.web.forms import HTMX, act, send

Caller = Callable[..., TestResponse]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A desk with a group, two helplines and a small cap."""
    given = {"group": [{"name": "legal", "members": ["Lena Lawyer"]}], "helplines": {"UK": "Samaritans 116 123"}}
    checked = Settings(**given)
    changed = {"groups": checked.groups, "helplines": checked.helplines, "claims": ClaimSettings(most_abusive=1)}
    return settings.model_copy(update=changed)


@pytest.fixture
def lea(enter: Callable[..., FlaskClient]) -> FlaskClient:
    return enter("Lea", "lead")


def page(browser: FlaskClient, address: str) -> str:
    return entities.unescape(browser.get(address).text)


def post(store: Store, text: str, **fields: object) -> int:
    with store.write() as session:
        return make_mention(session, text, posted_at=utcnow() - timedelta(minutes=5), **fields).id


def test_self_harm_says_what_to_do_first_before_anything_else(ana: FlaskClient, store: Store) -> None:
    one = post(store, "your app makes me want to kill myself", urgency=None)  # not even judged yet
    shown = page(ana, f"/mentions/{one}")
    article = shown[shown.index('<article class="mention"') :]
    assert article.index("Somebody may harm themselves") < article.index('class="mention-head"')
    assert "Samaritans 116 123" in article
    assert "findahelpline.com" in article
    assert "<bdi>kill myself</bdi>" in article
    assert "Somebody may harm themselves" in entities.unescape(ana.get(f"/mentions/{one}", headers=HTMX).text)


def test_a_figure_of_speech_without_the_words_shows_nothing(ana: FlaskClient, mention_id: int) -> None:
    shown = page(ana, f"/mentions/{mention_id}")
    assert "Somebody may harm themselves" not in shown
    assert "What to do" not in shown


def test_guidance_stands_where_its_words_fired(ana: FlaskClient, store: Store) -> None:
    one = post(store, "my <b>solicitor</b> and the ombudsman will hear of it")
    shown = ana.get(f"/mentions/{one}").text
    assert "A lawyer, a court or the police: “solicitor”" in shown
    assert "A regulator or an ombudsman: “ombudsman”" in shown
    assert "Never stand in the way." in shown
    assert "The press" not in shown


def test_leads_change_guidance_and_every_version_is_kept(lea: FlaskClient, ana: FlaskClient, store: Store) -> None:
    assert send(ana, "/guidance/press", text="x", version="0").status_code == 409
    looked = send(lea, "/guidance/press", text="**Call** <script>alert(1)</script>", version="0", then="look")
    assert "<strong>Call</strong> &lt;script&gt;" in looked.text
    assert send(lea, "/guidance/press", text="Call *Marc*.", version="0").status_code == 303
    with store.read() as session:
        version = session.query(GuidanceEdition).one().id
    late = send(lea, "/guidance/press", text="My own words", version="0")
    assert late.status_code == 409
    assert "Lea changed this page meanwhile" in late.text
    assert "My own words</textarea>" in late.text
    send(lea, "/guidance/press", text="Call Ada.", version=str(version))
    shown = page(ana, "/guidance/press")
    assert "<p>Call Ada.</p>" in shown
    assert "Call *Marc*." in shown
    assert "<textarea" not in shown
    one = post(store, "I told a journalist")
    assert "<p>Call Ada.</p>" in page(ana, f"/mentions/{one}")
    assert ana.get("/guidance/nothing").status_code == 404


def test_an_escalation_is_seen_taken_on_and_settled_without_javascript(
    ana: FlaskClient, ben: FlaskClient, lea: FlaskClient, store: Store, mention_id: int
) -> None:
    refused = act(ana, mention_id, "escalations", to="lead", why=" ")
    assert refused.status_code == 400
    assert act(ana, mention_id, "escalations", to="lead", why="They name a <b>judge</b>").status_code == 303
    assert "escalated to lead" in page(ben, "/")
    assert "Escalations" in page(lea, "/")
    shown = lea.get("/escalations").text
    assert "They name a &lt;b&gt;judge&lt;/b&gt;" in shown
    assert "Ana escalated this to lead: “They name a <b>judge</b>”." in page(lea, "/")  # told on her board
    where = "escalations/1/take-on"
    assert "Only a lead, or a member of a group" in act(ben, mention_id, where).text
    assert "Somebody else has to take on" in act(ana, mention_id, where).text
    taken = send(lea, f"/mentions/{mention_id}/{where}?back=escalations", page="/escalations")
    assert taken.location == "/escalations"
    assert "Lea took the escalation on." in page(ana, "/")
    assert "with Lea" in page(ben, "/")
    act(lea, mention_id, "escalations/1/settle", answer="We refund")
    assert "We refund" in page(ana, f"/mentions/{mention_id}")
    assert "escalated" not in page(ben, "/?q=charged")
    with store.read() as session:
        assert session.get_one(Escalation, 1).closed_at is not None


def test_an_escalation_of_another_mention_is_not_found(ana: FlaskClient, lea: FlaskClient, store: Store) -> None:
    one, other = post(store, "one"), post(store, "other")
    act(ana, one, "escalations", to="legal", why="look")
    assert act(lea, other, "escalations/1/take-on").status_code == 404


def test_what_attacks_people_is_folded_on_the_list_and_on_the_page(ana: FlaskClient, store: Store) -> None:
    one = post(store, "you vile <i>worm</i>", abuse=True)
    rows, shown = ana.get("/?abuse=1").text, ana.get(f"/mentions/{one}").text
    assert "Show the words" in rows
    assert rows.index("Show the words") < rows.index("you vile &lt;i&gt;worm")
    assert shown.index("Show the words") < shown.index("you vile")
    assert "A post that attacks people" in shown


def test_the_cap_holds_for_claim_and_next_and_a_lead_lifts_it(
    ana: FlaskClient, lea: FlaskClient, store: Store, user_named: Callable[..., object]
) -> None:
    first, second = (post(store, "vile", abuse=True) for _ in range(2))
    act(ana, first, "claim")
    refused = act(ana, second, "claim")
    assert refused.status_code == 409
    assert "You have had your share of abusive mentions today (1)" in refused.text
    assert "your share of abusive mentions" in send(ana, "/next", page="/", headers=HTMX).text
    assert "1 of 1 today" in page(ana, "/?abuse=1")
    number = user_named("Ana").id  # type: ignore[attr-defined]
    assert send(ana, f"/abusive-lane/{number}/lift", reason="please").status_code == 409
    assert send(lea, f"/abusive-lane/{number}/lift", reason="she offered").status_code == 303
    assert "the cap is lifted" in page(ana, "/abusive-lane")
    assert act(ana, second, "claim").status_code == 303


def test_a_second_person_is_asked_and_both_see_it(ana: FlaskClient, ben: FlaskClient, store: Store) -> None:
    one = post(store, "vile", abuse=True)
    act(ana, one, "second", words="the last one was bad")
    assert "Ana asked for a second person on this." in page(ben, "/")
    assert "asked for a second person" in page(ben, f"/mentions/{one}")
    act(ben, one, "second/1/accept")
    assert "Ben stands by Ana on this." in page(ana, "/")
    for browser in (ana, ben):
        assert "No longer needed" in page(browser, f"/mentions/{one}")
    act(ana, one, "second/1/end")
    with store.read() as session:
        assert session.get_one(SecondPerson, 1).closed_at is not None


def test_we_will_not_answer_is_an_honest_end(ana: FlaskClient, store: Store, mention_id: int) -> None:
    assert act(ana, mention_id, "resolve", outcome="will_not_answer", reason="rude").status_code == 409
    one = post(store, "vile", abuse=True)
    assert "Resolve without an answer" in page(ana, f"/mentions/{one}")
    act(ana, one, "resolve", outcome="will_not_answer", reason="threats, no request")
    assert "We will not answer: threats, no request" in page(ana, f"/mentions/{one}")
    with store.read() as session:
        assert session.get_one(Mention, one).status == "resolved"


@pytest.fixture
def call(app: Flask, store: Store) -> Callable[..., Caller]:
    """A program that acts as somebody new."""

    def make(name: str, role: str = "agent") -> Caller:
        with store.write() as session:
            token = users.make_api_token(session, make_user(session, name, role), "test", utcnow())

        def call(method: str, path: str, body: object = None) -> TestResponse:
            headers = {"Authorization": f"Bearer {token}"}
            return app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=headers)

        return call

    return make


def test_the_api_escalates_takes_on_and_settles(call: Callable[..., Caller], store: Store, mention_id: int) -> None:
    agent, lead, where = call("Una"), call("Lee", "lead"), f"/mentions/{mention_id}"
    assert agent("POST", f"{where}/escalations", {"to": "press", "reason": "x"}).status_code == 400
    body = agent("POST", f"{where}/escalations", {"to": "legal", "reason": "They name a judge"}).get_json()
    assert (body["escalation"]["group"], body["escalation"]["by"]) == ("legal", "Una")
    assert agent("POST", f"{where}/escalations", {"reason": "again"}).status_code == 409
    (listed,) = agent("GET", "/mentions").get_json()["mentions"]
    assert listed["escalation"]["reason"] == "They name a judge"
    (waiting,) = lead("GET", "/escalations").get_json()["escalations"]
    assert (waiting["mention_id"], waiting["taken_by"]) == (mention_id, None)
    taken = lead("POST", f"{where}/escalations/{waiting['id']}/take-on").get_json()
    assert (taken["escalation"]["taken_by"], taken["escalation"]["further_at"]) == ("Lee", None)
    assert lead("POST", f"{where}/escalations/999/settle", {"answer": "no"}).status_code == 404
    lead("POST", f"{where}/escalations/{waiting['id']}/settle", {"answer": "We refund"})
    after = lead("GET", where).get_json()
    assert (after["escalation"], after["escalations"][0]["answer"]) == (None, "We refund")
    (settled,) = lead("GET", "/escalations?settled=true").get_json()["escalations"]
    assert settled["answer"] == "We refund"


def test_the_api_knows_guidance_shares_and_second_persons(call: Callable[..., Caller], store: Store) -> None:
    agent, lead = call("Una"), call("Lee", "lead")
    one = post(store, "you vile journalist", abuse=True)
    found = agent("GET", f"/mentions/{one}/guidance").get_json()["guidance"]
    assert [(page["kind"], page["words"]) for page in found] == [("abusive", []), ("press", ["journalist"])]
    assert agent("POST", "/guidance/press", {"text": "Call Ada.", "version": 0}).status_code == 409
    written = lead("POST", "/guidance/press", {"text": "Call Ada.", "version": 0}).get_json()
    pages = {page["kind"]: page for page in agent("GET", "/guidance").get_json()["guidance"]}
    assert (pages["press"]["text"], pages["press"]["version"]) == ("Call Ada.", written["version"])
    assert pages["press"]["by"] == "Lee"
    agent("POST", f"/mentions/{one}/claim", {})
    assert {"user": "Una", "taken": 1, "most": 1, "lifted": False} in agent("GET", "/abusive-lane").get_json()["shares"]
    refused = agent("POST", f"/mentions/{post(store, 'vile', abuse=True)}/claim", {})
    assert (refused.status_code, "your share of abusive mentions" in refused.get_json()["detail"]) == (409, True)
    assert "your share of abusive mentions" in agent("POST", "/mentions/next").get_json()["detail"]
    assert lead("POST", "/abusive-lane/lift", {"to": "Una", "reason": "she offered"}).get_json()["lifted"]
    agent("POST", f"/mentions/{one}/second", {"to": "Lee", "words": "please"})
    (alone,) = lead("GET", "/escalations").get_json()["seconds"]
    assert (alone["by"], alone["asked"], alone["words"]) == ("Una", "Lee", "please")
    accepted = lead("POST", f"/mentions/{one}/second/{alone['id']}/accept").get_json()
    assert accepted["second_person"]["accepted_by"] == "Lee"
    assert agent("GET", "/escalations").get_json()["seconds"][0]["accepted_by"] == "Lee"
    agent("POST", f"/mentions/{one}/second/{alone['id']}/end")
    assert agent("GET", "/escalations").get_json()["seconds"] == []
