"""Sending a page's forms as a browser does: with the token that the page carries."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true", "HX-Target": "mention"}


def token_of(browser: FlaskClient, page: str) -> str:
    """The token of the forms on a page."""
    return token_in(browser.get(page).text)


def token_in(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, f"no form on {html[:300]}"
    return found[1]


def send(browser: FlaskClient, address: str, page: str = "/account", **fields: Any) -> TestResponse:
    """POST the fields; `page` is where the token is read."""
    headers = fields.pop("headers", None)
    return browser.post(address, data={"csrf_token": token_of(browser, page), **fields}, headers=headers)


def spend_link(browser: FlaskClient, token: str) -> TestResponse:
    """Press the button of a sign-in link's page."""
    return send(browser, f"/sign-in/{token}", page=f"/sign-in/{token}")


def act(browser: FlaskClient, mention_id: int, action: str, **fields: Any) -> TestResponse:
    """Send one of the mention's forms."""
    return send(browser, f"/mentions/{mention_id}/{action}", page=f"/mentions/{mention_id}", **fields)
