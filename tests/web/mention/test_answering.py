"""Help with answering, on the pages and through the API: saved replies, courtesy, similar, pins, praise, outcomes."""

import html as entities
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from monitor import desk, users
from monitor.clock import utcnow
from monitor.courtesy.settings import CourtesySettings
from monitor.models import Embedding, Mention, Outcome, User
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user
from tests.web.forms import HTMX, act, send

Named = Callable[[str], User]
REPLY = "Hi {author_name}, we look into it. {link:returns} {link:gone} ^{my_initials}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The invented brand, with a link, and without one of the rules of courtesy."""
    (brand,) = settings.brands
    given = {"links": {"returns": "https://aurora.example/returns"}, "courtesy": CourtesySettings(off=("thanks",))}
    return settings.model_copy(update={"brands": (brand.model_copy(update=given),)})


@pytest.fixture
def lena(enter: Callable[..., FlaskClient]) -> FlaskClient:
    return enter("Lena Lead", "lead")


def page(browser: FlaskClient, address: str, **how: object) -> str:
    return entities.unescape(browser.get(address, **how).text)


def save_reply(lead: FlaskClient, title: str = "Charged twice", text: str = REPLY, needs: str = "billing") -> None:
    assert send(lead, "/saved-replies/new", title=title, text=text, needs=needs, kind="reply").status_code == 303


def embed(store: Store, mention_id: int, *numbers: float) -> None:
    with store.write() as session:
        vector = np.array(numbers, np.float16).tobytes()
        session.add(Embedding(mention_id=mention_id, model="test", vector=vector))


def test_leads_keep_saved_replies_and_their_history(lena: FlaskClient, ana: FlaskClient) -> None:
    save_reply(lena)
    again = send(lena, "/saved-replies/new", title="charged TWICE", text="Typed with care")
    assert again.status_code == 400
    assert "There is a saved reply called charged TWICE already." in again.text
    assert "Typed with care" in again.text
    send(lena, "/saved-replies/1", title="Charged twice", text="Hello again", needs=["billing", "account"])
    shown = page(lena, "/saved-replies/1")
    assert "Hello again" in shown
    assert "we look into it" in shown  # as it was before
    send(lena, "/saved-replies/1/archive")
    assert "Charged twice" not in page(ana, "/saved-replies")
    assert "Charged twice" in page(ana, "/saved-replies?archived=1")
    refused = send(ana, "/saved-replies/1/restore")
    assert refused.status_code == 409
    send(lena, "/saved-replies/1/restore")
    assert "Charged twice" in page(ana, "/saved-replies")


def test_one_that_fits_is_put_into_the_draft_without_javascript(
    lena: FlaskClient, ana: FlaskClient, mention_id: int
) -> None:
    save_reply(lena)
    save_reply(lena, "Lost bag", "We search for it.", "delivery")
    act(ana, mention_id, "claim")
    offered = page(ana, f"/mentions/{mention_id}/saved-replies")
    assert "Hi Dana, we look into it. https://aurora.example/returns {link:gone} ^A" in offered
    assert "Lost bag" not in offered
    act(ana, mention_id, "draft", reply="Half a sentence")
    act(ana, mention_id, "saved-replies/1")
    shown = page(ana, f"/mentions/{mention_id}")
    assert "Half a sentence\n\nHi Dana, we look into it." in shown
    assert "{link:gone} was not filled in." in shown


def test_the_text_on_the_page_goes_before_it(lena: FlaskClient, ana: FlaskClient, mention_id: int) -> None:
    save_reply(lena, text="Bye, {author_name}")
    act(ana, mention_id, "claim")
    answer = act(ana, mention_id, "saved-replies/1", reply="Typed a moment ago", headers=HTMX)
    assert "Typed a moment ago\n\nBye, Dana</textarea>" in answer.text


def test_uses_and_how_they_went_are_counted(lena: FlaskClient, ana: FlaskClient, store: Store, mention_id: int) -> None:
    save_reply(lena)
    act(ana, mention_id, "claim")
    act(ana, mention_id, "saved-replies/1")
    assert "not used yet" in page(ana, "/saved-replies")  # it was not sent
    act(ana, mention_id, "replies", reply="Hi Dana, we look into it.")
    assert "used 1 time, 0 went well" in page(ana, "/saved-replies")
    act(ana, mention_id, "resolve", outcome="solved")
    assert "used 1 time, 1 went well" in page(ana, "/saved-replies")
    act(ana, mention_id, "reopen")
    assert "used 1 time, 0 went well" in page(ana, "/saved-replies")


def test_what_it_was_used_on_before_brings_it_up(
    lena: FlaskClient, ana: FlaskClient, store: Store, mention_id: int
) -> None:
    save_reply(lena, "Seats", "About seats.", "booking")
    embed(store, mention_id, 1, 0, 0.1)
    with store.write() as session:
        alike = make_mention(session, need="booking").id
    embed(store, alike, 1, 0, 0)
    assert "Seats" not in page(ana, f"/mentions/{mention_id}/saved-replies")
    act(ana, alike, "saved-replies/1")
    assert "like those it was used on, 1" in page(ana, f"/mentions/{mention_id}/saved-replies")


def test_the_courtesy_check_reads_along_and_can_be_switched_off(ana: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    html = entities.unescape(
        send(ana, f"/mentions/{mention_id}/courtesy", reply="We cannot refund <b>it</b>.", headers=HTMX).text
    )
    assert "It does not speak to Dana by name." in html
    assert "This no lacks understanding, the reason and what is possible instead." in html
    assert "thank" not in html
    act(ana, mention_id, "draft", reply="Dana, that card is charged once now.")
    assert "It speaks to Dana by name." in page(ana, f"/mentions/{mention_id}")


def test_similar_mentions_say_how_it_went(ana: FlaskClient, store: Store, mention_id: int, user_named: Named) -> None:
    now = utcnow()
    with store.write() as session:
        user = session.merge(user_named("Ana"))
        past = [make_mention(session, f"<i>twice</i> charged {number}") for number in range(3)]
        desk.claim(session, past[0].id, user, now)
        desk.log_reply(session, past[0].id, user, "One of them is a hold, Dana.", "", now)
        desk.resolve(session, past[0].id, user, now)
    embed(store, mention_id, 1, 0, 0)
    embed(store, past[0].id, 0.9, 0.1, 0)
    embed(store, past[1].id, 1, 0, 0)  # nobody dealt with it
    embed(store, past[2].id, -1, 0, 0)
    html = ana.get(f"/mentions/{mention_id}/similar").text
    assert "One of them is a hold, Dana." in html
    assert "&lt;i&gt;twice&lt;/i&gt; charged 0" in html
    assert "answered" in html
    assert "charged 1" not in html
    assert "charged 2" not in html


def test_a_pinned_note_is_on_the_authors_next_mention(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "notes", note="Deaf: <never> call.", pinned="on")
    with store.write() as session:
        author_id = session.get_one(Mention, mention_id).author_id
        later = make_mention(session, author_id=author_id).id
    assert "Deaf: &lt;never&gt; call." in ana.get(f"/mentions/{later}").text
    act(ana, later, "notes/1/unpin")
    assert "Deaf:" not in ana.get(f"/mentions/{later}").text
    act(ana, mention_id, "notes/1/pin")
    assert "Deaf:" in ana.get(f"/mentions/{later}").text


def test_praise_reaches_a_colleague(ana: FlaskClient, ben: FlaskClient, store: Store, user_named: Named) -> None:
    with store.write() as session:
        praise = make_mention(session, "Ben was lovely", need="praise", sentiment="positive").id
    assert "Pass the praise on" in page(ana, f"/mentions/{praise}")
    act(ana, praise, "praise", to=user_named("Ben").id, words="See this!")
    assert "Ana passed praise on to Ben: “See this!”." in page(ben, "/")
    assert act(ana, praise, "praise", to=0).status_code == 400


def test_a_named_colleague_finds_it_on_their_board(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "notes", note="@Ben the gate waits")
    assert "Ana wrote a note for Ben." in page(ben, "/")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"outcome": "solved"}, "Solved"),
        ({"outcome": "declined", "reason": "past <30> days"}, "Declined: past <30> days"),
        ({}, "No answer needed"),
    ],
)
def test_the_page_says_how_it_ended(ana: FlaskClient, mention_id: int, fields: dict[str, str], said: str) -> None:
    assert act(ana, mention_id, "resolve", **fields).status_code == 303
    assert said in page(ana, f"/mentions/{mention_id}")


def test_a_refused_outcome_keeps_what_was_typed(ana: FlaskClient, store: Store, mention_id: int) -> None:
    answer = act(ana, mention_id, "resolve", outcome="declined", reason=" ", duplicate_of="77")
    assert answer.status_code == 400
    assert "a short reason for declining" in answer.text
    assert 'value="77"' in answer.text
    with store.read() as session:
        assert session.get_one(Mention, mention_id).status == "open"
        assert session.query(Outcome).count() == 0


@pytest.fixture
def api(app: Flask, store: Store) -> Callable[..., object]:
    """Calls of a program that acts as the lead Kit: `api("GET", path)` answers with status and JSON."""
    with store.write() as session:
        token = users.make_api_token(session, make_user(session, "Kit", "lead"), "t", utcnow())

    def call(method: str, path: str, **body: object) -> tuple[int, dict[str, object]]:
        answer = app.test_client().open(
            f"/api/v1{path}", method=method, json=body or None, headers={"Authorization": f"Bearer {token}"}
        )
        return answer.status_code, answer.get_json()

    return call


def test_programs_can_do_the_same(api: Callable[..., tuple[int, dict]], store: Store, mention_id: int) -> None:  # type: ignore[type-arg]
    status, saved = api("POST", "/saved-replies", title="Twice", text="Hi {author_name}", needs=["billing"])
    assert (status, saved["needs"], saved["used"]) == (201, ["billing"], 0)
    assert api("POST", "/saved-replies", title="Twice", text="x")[0] == 400
    assert [one["title"] for one in api("GET", "/saved-replies")[1]["saved_replies"]] == ["Twice"]
    assert [one["id"] for one in api("GET", f"/mentions/{mention_id}/saved-replies")[1]["saved_replies"]] == [1]
    remarks = api("POST", f"/mentions/{mention_id}/courtesy", text="It was your fault.")[1]["remarks"]
    assert {"rule": "blame", "fine": False}.items() <= remarks[0].items()
    assert api("GET", f"/mentions/{mention_id}/similar") == (200, {"similar": []})
    noted = api("POST", f"/mentions/{mention_id}/notes", text="Deaf", pinned=True)[1]
    assert [(one["text"], one["pinned"]) for one in noted["pinned_notes"]] == [("Deaf", True)]
    assert api("POST", f"/mentions/{mention_id}/notes/1/unpin")[1]["pinned_notes"] == []
    assert api("POST", f"/mentions/{mention_id}/praise", to="nobody")[0] == 400
    assert api("POST", f"/mentions/{mention_id}/praise", to="Kit")[0] == 200
    assert api("POST", f"/mentions/{mention_id}/resolve", outcome="declined")[0] == 400
    closed = api("POST", f"/mentions/{mention_id}/resolve", outcome="declined", reason="too late")[1]
    assert (closed["status"], closed["outcomes"][0]["outcome"]) == ("resolved", "declined")
    exported = api("GET", "/outcomes?brand=Aurora%20Air")[1]
    assert exported["next"] == exported["outcomes"][0]["id"]
    assert {"mention_id": mention_id, "reason": "too late", "by": "Kit"}.items() <= exported["outcomes"][0].items()
    assert api("GET", f"/outcomes?after={exported['next']}") == (200, {"outcomes": [], "next": None})


def test_nothing_of_it_is_there_for_a_mention_that_is_not(ana: FlaskClient) -> None:
    for path in ("saved-replies", "similar"):
        assert ana.get(f"/mentions/999/{path}").status_code == 404
    assert send(ana, "/mentions/999/courtesy", reply="x").status_code == 404


def test_the_age_of_a_use_is_no_matter_of_time_zones(
    lena: FlaskClient, ana: FlaskClient, store: Store, mention_id: int, user_named: Named
) -> None:
    """An answer from before the saved reply was put in does not count as its use."""
    save_reply(lena)
    with store.write() as session:
        user, earlier = session.merge(user_named("Ana")), utcnow() - timedelta(minutes=5)
        desk.claim(session, mention_id, user, earlier)
        desk.log_reply(session, mention_id, user, "Hi", "", earlier)
    act(ana, mention_id, "saved-replies/1")
    assert "not used yet" in page(ana, "/saved-replies")
