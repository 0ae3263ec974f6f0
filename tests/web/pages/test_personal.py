"""The page about an author's personal data: what there is, the file, and erasing; not for agents."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor import users
from monitor.clock import utcnow
from monitor.models import Activity, Author, Mention, User
from monitor.store import Store
from monitor.words import Happened
from tests.monitor.privacy.planting import HANDLE, SECRET, find_traces, plant
from tests.web.forms import send


@pytest.fixture
def lea(enter: Callable[..., FlaskClient]) -> FlaskClient:
    return enter("Lea", "lead")


@pytest.fixture
def author_id(store: Store) -> int:
    with store.write() as session:
        mention, _ = plant(session, utcnow())
        return mention.author_id or 0


def test_a_lead_sees_takes_and_erases_what_there_is(lea: FlaskClient, store: Store, author_id: int) -> None:
    page = f"/authors/{author_id}/data"
    assert page in lea.get(f"/authors/{author_id}").text
    shown = lea.get(page).text
    for said in ("Mentions: 1", "Notes: 2", "What goes:", "What stays:", f"@{HANDLE}"):
        assert said in shown
    file = send(lea, page, page=page)
    assert file.headers["Content-Disposition"] == f'attachment; filename="author-{author_id}.json"'
    assert SECRET in str(file.get_json()["held"]["mention"])
    refused = send(lea, f"/authors/{author_id}/erase", page=page)
    assert refused.status_code == 400
    assert "Tick the box first" in refused.text
    assert find_traces(store)
    done = send(lea, f"/authors/{author_id}/erase", page=page, sure="yes")
    assert done.status_code == 303
    assert "Erased, with 1 mention." in lea.get("/").text
    assert find_traces(store) == set()
    assert lea.get(page).status_code == 404
    with store.read() as session:
        lines = session.scalars(select(Activity).where(Activity.happened.in_([Happened.EXPORTED, Happened.ERASED])))
        assert {line.user.name for line in lines if line.user} == {"Lea"}


def test_an_emptied_mention_says_so(lea: FlaskClient, store: Store, author_id: int) -> None:
    send(lea, f"/authors/{author_id}/erase", page=f"/authors/{author_id}/data", sure="yes")
    with store.read() as session:
        mention_id = session.scalars(select(Mention.id).where(Mention.status == "gone")).one()
    shown = lea.get(f"/mentions/{mention_id}").text
    assert "This post is no longer kept" in shown
    assert "Lea erased the author" in shown


def test_agents_neither_see_nor_erase(ben: FlaskClient, store: Store, author_id: int) -> None:
    page = f"/authors/{author_id}/data"
    assert page not in ben.get(f"/authors/{author_id}").text
    for answer in (ben.get(page), send(ben, page), send(ben, f"/authors/{author_id}/erase", sure="yes")):
        assert answer.status_code == 409
        assert "Only a lead or an admin" in answer.text
    with store.read() as session:
        assert session.get(Author, author_id) is not None


def test_programs_of_leads_do_the_same(lea: FlaskClient, client: FlaskClient, store: Store, author_id: int) -> None:
    with store.write() as session:
        for name in ("Lea", "Ana"):
            user = session.scalars(select(User).where(User.name == name)).one()
            token = users.make_api_token(session, user, "test", utcnow())
            if name == "Lea":
                headers = {"Authorization": f"Bearer {token}"}
    refused = client.get(f"/api/v1/authors/{author_id}/data", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, refused.get_json()["detail"][:23]) == (409, "Only a lead or an admin")
    held = client.get(f"/api/v1/authors/{author_id}/data", headers=headers).get_json()
    assert held["person"]["handles"] == [HANDLE]
    done = client.post(f"/api/v1/authors/{author_id}/erase", headers=headers).get_json()
    assert done == {"mentions": 1, "conversations": 1, "named_by_us": 3, "named_by_others": 0}
    assert find_traces(store) == set()
