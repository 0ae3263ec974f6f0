"""Behind web servers: who is believed about whom they speak for, and who is not."""

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from pydantic import ValidationError

from monitor.clock import utcnow
from monitor.networks import WebSettings
from monitor.settings import Settings
from monitor.store import Store
from monitor.users import make_sign_in_link
from tests.factories import make_user
from tests.web.forms import send, token_in
from web import create_app

SPOKEN = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "care.example"}


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    """A board behind the web server at 10.1.2.3, with a page that says how it sees its visitor."""
    data = {**settings.model_dump(by_alias=True), "web": {"proxies": ["10.1.0.0/16"]}}
    made = create_app(Settings.model_validate(data), store, secret_key="a key for tests")
    made.add_url_rule(
        "/seen", "assets.seen", lambda: f"{request.remote_addr} {url_for('auth.sign_in', _external=True)}"
    )
    return made


def seen(client: FlaskClient, peer: str, **headers: str) -> str:
    return client.get("/seen", headers=headers, environ_base={"REMOTE_ADDR": peer}).text


def test_a_web_server_that_is_named_is_believed(client: FlaskClient) -> None:
    assert seen(client, "10.1.2.3", **SPOKEN) == "203.0.113.9 https://care.example/sign-in"


def test_nobody_else_is(client: FlaskClient) -> None:
    assert seen(client, "10.2.2.3", **SPOKEN) == "10.2.2.3 http://localhost/sign-in"
    assert seen(client, "not an address", **SPOKEN) == "not an address http://localhost/sign-in"


def test_what_a_visitor_makes_up_stands_before_what_the_web_server_says(client: FlaskClient) -> None:
    assert seen(client, "10.1.2.3", **{"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}).startswith("203.0.113.9 ")


def test_tries_are_counted_by_visitor_not_by_web_server(app: Flask) -> None:
    def guess(visitor: str) -> int:
        browser = app.test_client()
        browser.environ_base.update({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": visitor})
        return send(browser, "/sign-in", page="/sign-in", name="Ana", password="guess").status_code

    assert [guess("203.0.113.9") for _ in range(11)] == [400] * 10 + [429]
    assert guess("203.0.113.10") == 400


@pytest.mark.parametrize(
    ("asked", "status"), [("https://care.example:8443", 303), ("https://care.example", 400), ("http://127.0.0.1", 400)]
)
def test_a_form_that_is_sent_to_another_address_is_told_where_the_board_is(
    settings: Settings, store: Store, asked: str, status: int
) -> None:
    data = {**settings.model_dump(by_alias=True), "public_url": "https://care.example:8443"}
    made = create_app(Settings.model_validate(data), store, secret_key="k")
    browser = made.test_client(use_cookies=asked.startswith("https:"))  # a browser sends secure ones only so
    with store.write() as session:
        token = make_sign_in_link(session, make_user(session, "Ana"), utcnow())
    page = f"/sign-in/{token}"
    form = browser.get(page, base_url=asked).text
    # The browser is at the board's own address whatever the web server in front passes on.
    sent = {"csrf_token": token_in(form)}
    answer = browser.post(page, data=sent, base_url=asked, headers={"Referer": f"https://care.example:8443{page}"})
    assert answer.status_code == status
    if status == 400:
        assert f"The board is at https://care.example:8443; what is sent to {asked} is not taken." in answer.text


def test_two_processes_count_together(app: Flask, settings: Settings, store: Store) -> None:
    other = create_app(settings, store, secret_key="a key for tests")

    def guess(of: Flask) -> int:
        return send(of.test_client(), "/sign-in", page="/sign-in", name="Ana", password="guess").status_code

    assert [guess(app if number % 2 else other) for number in range(11)] == [400] * 10 + [429]


def test_a_network_that_is_none_is_told() -> None:
    with pytest.raises(ValidationError, match="'everywhere' is not a network"):
        WebSettings(proxies=("everywhere",))  # type: ignore[arg-type]
