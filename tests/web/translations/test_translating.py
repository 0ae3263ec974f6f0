"""The board in other languages: whose language is spoken, and catalogues that lack nothing."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Flask, url_for
from flask.testing import FlaskClient

from monitor import users
from monitor.clock import utcnow
from monitor.models import Promise, User
from monitor.store import Store
from monitor.translating import language_code, ngettext, say_number, speaking
from monitor.translations import language, read_catalogue
from tests.factories import NOON, make_mention
from tests.web.bare import read_page
from tests.web.forms import HTMX, act, send
from web.words.figures import language_name, ordinal, say_count, score
from web.words.times import date_time, exact_time

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_browser_gets_the_language_it_asks_for(client: FlaskClient) -> None:
    assert '<html lang="de">' in client.get("/sign-in", headers=GERMAN).text
    assert '<html lang="en">' in client.get("/sign-in", headers={"Accept-Language": "fi"}).text
    assert '<html lang="en">' in client.get("/sign-in").text


def test_what_a_person_chose_counts_more_than_what_the_browser_asks_for(ana: FlaskClient) -> None:
    send(ana, "/account/language", language="en")
    assert '<html lang="en">' in ana.get("/account", headers=GERMAN).text
    send(ana, "/account/language", language="de")
    assert '<html lang="de">' in ana.get("/account").text
    send(ana, "/account/language", language="tlh")
    assert '<html lang="en">' in ana.get("/account").text


def test_the_next_page_is_nobody_elses_language(ana: FlaskClient, ben: FlaskClient) -> None:
    send(ana, "/account/language", language="de")
    assert '<html lang="de">' in ana.get("/account").text
    assert language_code() == "en"
    assert '<html lang="en">' in ben.get("/account").text


def test_refusals_and_notices_are_said_in_the_readers_language(ana: FlaskClient, mention_id: int) -> None:
    send(ana, "/account/language", language="de")
    assert "Übernommen." in act(ana, mention_id, "claim", headers=HTMX).text
    assert "Bitte geben Sie an: eine Notiz." in act(ana, mention_id, "notes", note=" ", headers=HTMX).text
    assert "Unter dieser Adresse gibt es nichts." in ana.get("/nowhere").text


def test_the_api_and_what_it_stores_speak_english(ana: FlaskClient, store: Store, mention_id: int) -> None:
    with store.write() as session:
        token = users.make_api_token(session, session.query(User).one(), "test", utcnow())
    headers = {"Authorization": f"Bearer {token}", **GERMAN}
    refused = ana.post(f"/api/v1/mentions/{mention_id}/notes", json={"text": " "}, headers=headers)
    assert "Please give a note." in refused.text
    send(ana, "/account/language", language="de")
    act(ana, mention_id, "claim")
    act(ana, mention_id, "replies", reply="We will call you back by tomorrow evening, Dana.")
    with store.read() as session:
        assert "by the brand's clock" in session.query(Promise).one().rule
    assert "nach der Uhr der Marke" in ana.get(f"/mentions/{mention_id}").text


def test_numbers_and_dates_are_written_as_the_language_writes_them() -> None:
    with speaking(language("de")):
        assert say_number(1_204) == "1.204"
        assert say_number(0.5, 2) == "0,50"
        assert ngettext("%(num)s mention", "%(num)s mentions", 2_000) == "2.000 Erwähnungen"
        assert date_time(NOON, NOON, ZoneInfo("UTC")) == "18. Nov. 12:00"
        assert exact_time(NOON, ZoneInfo("UTC")) == "Mi, 18. Nov. 2026, 12:00:00 (UTC)"
        assert (score(0.914), ordinal(3), say_count(1_200)) == ("0,91", "3.", "1,2 Tsd.")
        assert language_name("es") == "Spanisch"
    assert say_number(1_204) == "1,204"


WRITTEN_BY_PEOPLE = {"We will not answer"}  # a heading of the guidance that the desk comes with
# Of which there is one on the desk of the test below.
VALUES = {"mention_id": 1, "author_id": 1, "saved_id": 1, "incident_id": 1, "kind": "press", "token": "x", "user_id": 1}
NO_PAGES = {"api", "assets", "calendar", "events", "health", "hooks"}


def pages_of(app: Flask) -> list[str]:
    """The address of every page, with something in each place of its rule."""
    with app.test_request_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        return sorted(
            url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments})
            for rule in rules
            if rule.endpoint.partition(".")[0] not in NO_PAGES
        )


def test_every_page_speaks_german_and_nothing_else(app: Flask, enter: Callable[..., FlaskClient], store: Store) -> None:
    lead = enter("Ana", "lead")
    fill_desk(lead, store)
    send(lead, "/account/language", language="de")
    english = {str(one.id) for one in read_catalogue("de") if isinstance(one.id, str) and one.string != one.id}
    left = {}
    for address in [
        *pages_of(app),
        "/?status=all",
        "/?urgency=high&q=card",
        "/incidents?over=1",
        "/saved-replies?archived=1",
    ]:
        answer = lead.get(address)
        assert answer.status_code < 500, address
        left[address] = [said for said in read_page(answer.text) if said in english and said not in WRITTEN_BY_PEOPLE]
    assert {address: said for address, said in left.items() if said} == {}
    assert len(left) > 25


def fill_desk(lead: FlaskClient, store: Store) -> None:
    """One of each, made in English."""
    with store.write() as session:
        for urgency in ("urgent", "high", "normal", "low", None):
            make_mention(session, urgency=urgency, reasons={"words": [], "doubts": ["There are no words to judge."]})
        make_mention(session, "You are all idiots", abuse=True)
        make_mention(session, need="praise", status="resolved")
    send(lead, "/saved-replies/new", title="Rückruf", text="Hi {author_name}", kind="reply")
    act(lead, 1, "claim")
    act(lead, 1, "notes", note="Eine Notiz")
    act(lead, 1, "replies", reply="We will call you back by tomorrow evening, Dana.")
    act(lead, 2, "snooze", until="hour")
    act(lead, 3, "resolve", outcome="solved")
    act(lead, 4, "labels", urgency="urgent")
    act(lead, 5, "incident", title="Belt in Oslo")
    send(lead, "/authors/2/mute", days=7, reason="Testet")
