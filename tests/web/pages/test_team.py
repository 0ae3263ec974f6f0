"""The team's page: everybody sees it, leads let agents go, and nobody does so by one slip."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor.models import User
from monitor.store import Store
from tests.web.forms import send

Enter = Callable[..., FlaskClient]


@pytest.fixture
def lea(enter: Enter) -> FlaskClient:
    return enter("Lea", "lead")


def number_of(store: Store, name: str) -> int:
    with store.read() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def test_a_lead_lets_somebody_go_after_ticking_the_box(lea: FlaskClient, ben: FlaskClient, store: Store) -> None:
    address = f"/team/{number_of(store, 'Ben')}/leave"
    refused = send(lea, address, page="/team", to="")
    assert (refused.status_code, "Tick the box first" in refused.text) == (400, True)
    assert send(lea, address, page="/team", to="", sure="yes").status_code == 303
    assert "Ben has left." in lea.get("/team").text
    assert ben.get("/team").status_code == 303  # to the sign-in page
    again = send(lea, address, page="/team", to="", sure="yes")
    assert (again.status_code, "Ben has left already" in again.text) == (409, True)


def test_agents_see_the_team_and_let_nobody_go(lea: FlaskClient, ben: FlaskClient, store: Store) -> None:
    shown = ben.get("/team").text
    assert "Lea" in shown
    assert "Let go" not in shown
    refused = send(ben, f"/team/{number_of(store, 'Lea')}/leave", page="/team", sure="yes")
    assert (refused.status_code, "Only a lead or an admin lets people go." in refused.text) == (409, True)
    assert "Let go" in lea.get("/team").text
    assert lea.get("/team").text.count("/leave") == 1  # Ben, and not Lea herself


def test_nobody_is_let_go_to_a_number_that_is_no_colleague(lea: FlaskClient, ben: FlaskClient, store: Store) -> None:
    address = f"/team/{number_of(store, 'Ben')}/leave"
    assert send(lea, address, page="/team", to="999", sure="yes").status_code == 404
    assert ben.get("/team").status_code == 200
