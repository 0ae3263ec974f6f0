"""The board in other languages: whose language is spoken, and catalogues that lack nothing."""

from flask.testing import FlaskClient

from monitor.translating import language_code
from tests.web.forms import send

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
