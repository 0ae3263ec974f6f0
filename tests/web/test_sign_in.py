"""Getting in: passwords, links that work once, limits, and pages that stay closed."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from monitor import users
from monitor.clock import utcnow
from monitor.models import User
from monitor.store import Store
from tests.factories import make_user
from tests.web.forms import send, spend_link

PASSWORD = "correct horse battery"


@pytest.fixture
def token(store: Store) -> str:
    """A sign-in link of a user called Ana, who has a password."""
    with store.write() as session:
        user = make_user(session, "Ana")
        users.set_password(user, PASSWORD)
        return users.make_sign_in_link(session, user, utcnow())


OPEN = {"auth.sign_in", "auth.link", "assets.send", "health.healthz"}
OPEN |= {
    "hooks.deliver",
    "calendar.read",
    "metrics.metrics",
}  # what is delivered is signed; a calendar's address is its secret


def test_every_page_and_action_is_closed_to_strangers(app: Flask, client: FlaskClient) -> None:
    closed = [
        rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN and not rule.rule.startswith("/api/")
    ]
    assert len(closed) > 12
    for rule in closed:
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = client.open(re.sub(r"<[^>]+>", "1", rule.rule), method=method)
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/sign-in"), rule


def test_htmx_is_told_to_go_to_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get("/mentions/1", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/mentions/1"


def test_password_opens_the_page_that_was_wanted(client: FlaskClient, token: str) -> None:
    wanted = client.get("/feeds").location
    answer = send(client, wanted, page=wanted, name="ana", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/feeds")
    assert client.get("/feeds").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\n/evil"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, token: str, elsewhere: str) -> None:
    address = f"/sign-in?{urlencode({'next': elsewhere})}"
    assert send(client, address, page="/sign-in", name="Ana", password=PASSWORD).location == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("Ana", "wrong password"), ("Nobody", PASSWORD), ("", ""), ("A" * 9000, "x")]
)
def test_wrong_password_says_so_and_nothing_more(client: FlaskClient, token: str, name: str, password: str) -> None:
    answer = send(client, "/sign-in", page="/sign-in", name=name, password=password)
    assert answer.status_code == 400
    assert "That name and password do not go together." in answer.text
    assert client.get("/").status_code == 303


def test_guessing_is_slowed_down_with_a_plain_sentence(client: FlaskClient, token: str) -> None:
    answers = [send(client, "/sign-in", page="/sign-in", name="Ana", password="guess") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert "Too many tries to sign in." in answers[-1].text
    assert send(client, "/sign-in", page="/sign-in", name="Ben", password="guess").status_code == 400


def test_looking_at_a_link_does_not_spend_it(client: FlaskClient, token: str) -> None:
    for _ in range(3):
        assert "This link signs you in once." in client.get(f"/sign-in/{token}").text
    assert spend_link(client, token).location == "/"
    assert client.get("/").status_code == 200


def test_a_link_works_once(app: Flask, client: FlaskClient, token: str) -> None:
    spend_link(client, token)
    other = app.test_client()
    answer = send(other, f"/sign-in/{token}", page="/sign-in")
    assert answer.status_code == 400
    assert "This sign-in link was used already." in answer.text


def test_an_old_link_is_no_good(client: FlaskClient, store: Store) -> None:
    with store.write() as session:
        token = users.make_sign_in_link(session, make_user(session, "Late"), utcnow() - timedelta(days=2))
    answer = spend_link(client, token)
    assert answer.status_code == 400
    assert "only good for a day" in answer.text


def test_a_made_up_link_is_no_good(client: FlaskClient) -> None:
    assert "not one of ours" in spend_link(client, "made-up").text


def test_a_first_link_leads_to_setting_a_password(ana: FlaskClient, app: Flask) -> None:
    assert "set a password for next time" in ana.get("/").text
    assert "set a password for next time" not in ana.get("/").text
    assert "Set a password for next time" in ana.get("/account").text
    assert send(ana, "/account", password=PASSWORD).status_code == 303
    assert "Password set." in ana.get("/account").text
    other = app.test_client()
    assert send(other, "/sign-in", page="/sign-in", name="Ana", password=PASSWORD).status_code == 303


def test_a_short_password_is_refused(ana: FlaskClient) -> None:
    answer = send(ana, "/account", password="short")
    assert answer.status_code == 400
    assert "at least 10 characters" in answer.text


def test_changing_a_password_needs_the_present_one_and_ends_other_sessions(
    app: Flask, client: FlaskClient, token: str
) -> None:
    spend_link(client, token)
    other = app.test_client()
    send(other, "/sign-in", page="/sign-in", name="Ana", password=PASSWORD)
    assert send(client, "/account", current="not it", password="a new password").status_code == 400
    assert send(client, "/account", current=PASSWORD, password="a new password").status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_signing_out_closes_the_desk(ana: FlaskClient) -> None:
    assert send(ana, "/sign-out").location == "/sign-in"
    assert ana.get("/").status_code == 303


def test_who_has_left_is_out_at_once(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        session.query(User).update({"active": False})
    assert ana.get("/").status_code == 303


def test_a_post_without_the_token_is_refused(ana: FlaskClient, mention_id: int) -> None:
    answer = ana.post(f"/mentions/{mention_id}/notes", data={"note": "typed with care"})
    assert answer.status_code == 400
    assert "session that has ended" in answer.text
    assert "typed with care" in answer.text
