"""Many mentions at once, without scripts and with them; what was done, and taking it back."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Activity, Author, Correction, Mention, User
from monitor.store import Store
from tests.factories import make_mention
from tests.web.counting import count_statements
from tests.web.forms import act, send

FROM_A_SCRIPT = {"HX-Request": "true", "Accept": "application/x-ndjson"}


@pytest.fixture
def three(store: Store) -> list[int]:
    with store.write() as session:
        return [make_mention(session, name=name).id for name in ("Dana", "Eli", "Fay")]


def stand(store: Store, name: str) -> list[Any]:
    with store.read() as session:
        return list(session.scalars(select(getattr(Mention, name)).order_by(Mention.id)))


def test_every_row_can_be_selected_without_scripts(ana: FlaskClient, three: list[int]) -> None:
    html = ana.get("/").text
    boxes = re.findall(
        r'<input class="pick" type="checkbox" form="many" name="id" value="(\d+)" aria-label="([^"]+)"', html
    )
    assert sorted(boxes) == [
        (str(three[0]), "Select Dana"),
        (str(three[1]), "Select Eli"),
        (str(three[2]), "Select Fay"),
    ]
    assert '<form id="many" class="many" method="post" action="/many"' in html


def test_without_scripts_a_page_asks_what_and_the_queue_says_what_was_done(
    ana: FlaskClient, store: Store, three: list[int]
) -> None:
    asking = send(ana, "/many?need=billing", id=three[:2])
    assert "What is to be done with 2 mentions?" in asking.text
    key = re.search(r'name="key" value="([^"]+)"', asking.text)
    assert key
    for status in (303, 409):  # the second is the same form sent again
        answer = send(ana, "/many?need=billing", id=three[:2], do="claim", key=key[1])
        assert answer.status_code == status
    assert stand(store, "status") == ["open"] * 3
    html = ana.get("/?need=billing").text
    assert "2 mentions claimed." in html
    deed = re.search(r'name="deed" value="(\d+)"', html)
    assert deed
    assert send(ana, "/undo", deed=deed[1]).status_code == 303
    assert stand(store, "assignee_id") == [None] * 3
    assert "Taken back: 2 mentions are as they were." in ana.get("/").text


def test_what_cannot_be_done_is_named_with_who_and_when(
    ana: FlaskClient, ben: FlaskClient, store: Store, three: list[int]
) -> None:
    act(ben, three[0], "claim")
    with store.write() as session:
        gone = session.get_one(Mention, three[1])
        gone.status, gone.text, gone.author_id = "gone", "", None
    html = send(ana, "/many", id=[*three, 999], do="resolve:solved").text
    assert "1 mention resolved." in html
    assert "Ben holds this mention; take it over to resolve it." in html
    assert "Ben claimed this." in html
    assert "The author deleted this post" in html
    assert "There is no mention 999." in html
    assert stand(store, "status") == ["open", "gone", "resolved"]


def test_a_script_is_told_how_far_it_is_and_then_what_became_of_them(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        ids = [make_mention(session).id for _ in range(25)]
    answer = send(ana, "/many", id=ids, do="label:urgency=urgent", headers=FROM_A_SCRIPT)
    assert answer.mimetype == "application/x-ndjson"
    *steps, last = [json.loads(line) for line in answer.text.splitlines()]
    assert steps == [{"at": 10}, {"at": 20}]
    assert "25 mentions corrected." in last["html"]
    assert "<html" not in last["html"]
    assert stand(store, "urgency") == ["urgent"] * 25
    with store.read() as session:
        assert len(session.scalars(select(Correction)).all()) == 25


def test_a_mention_that_somebody_else_acted_on_is_left(
    ana: FlaskClient, ben: FlaskClient, store: Store, three: list[int]
) -> None:
    send(ana, "/many", id=three, do="snooze:hour")
    act(ben, three[1], "reopen")
    html = send(ana, "/undo", headers={"HX-Request": "true"}).text
    assert "Taken back: 2 mentions are as they were." in html
    assert "Left as it is." in html
    assert "Ben reopened it." in html
    assert stand(store, "status") == ["open"] * 3
    assert "There is nothing to take back." in send(ana, "/undo", headers={"HX-Request": "true"}).text


def test_only_ones_own_deeds_are_taken_back(ana: FlaskClient, ben: FlaskClient, store: Store, three: list[int]) -> None:
    send(ana, "/many", id=three, do="claim")
    assert send(ben, "/undo", deed=1).status_code == 404
    assert "There is nothing to take back." in send(ben, "/undo", headers={"HX-Request": "true"}).text
    assert None not in stand(store, "assignee_id")


@pytest.mark.parametrize(
    ("action", "fields", "name"),
    [
        ("resolve", {"outcome": "solved"}, "status"),
        ("snooze", {"until": "hour"}, "status"),
        ("labels", {"urgency": "low"}, "urgency"),
        ("claim", {}, "assignee_id"),
    ],
)
def test_what_is_done_on_a_page_is_taken_back_there(
    ana: FlaskClient, store: Store, mention_id: int, action: str, fields: dict[str, str], name: str
) -> None:
    before = stand(store, name)
    act(ana, mention_id, action, **fields)
    assert stand(store, name) != before
    undo = re.search(rf'action="/mentions/{mention_id}/(undo/\d+)"', ana.get(f"/mentions/{mention_id}").text)
    assert undo
    answer = act(ana, mention_id, undo[1], headers={"HX-Request": "true", "HX-Target": "mention"})
    assert "Taken back; it is as it was." in answer.text
    assert stand(store, name) == before


def test_the_notice_on_a_page_leads_back(ana: FlaskClient, mention_id: int) -> None:
    part = act(ana, mention_id, "resolve", headers={"HX-Request": "true", "HX-Target": "mention"}).text
    assert f'action="/mentions/{mention_id}/undo/1"' in part


def test_an_undo_that_comes_too_late_for_a_colleague_is_refused(
    ana: FlaskClient, ben: FlaskClient, mention_id: int
) -> None:
    act(ana, mention_id, "snooze", until="hour")
    act(ben, mention_id, "claim")
    answer = act(ana, mention_id, "undo/1")
    assert answer.status_code == 409
    assert "Somebody acted on it since" in answer.text


def test_muting_authors_and_conversations(ana: FlaskClient, store: Store, three: list[int]) -> None:
    send(ana, "/many", id=three[:1], do="mute_author", mute_reason="jokes", days="7")
    send(ana, "/many", id=three[1:2], do="mute_thread", mute_reason="off topic", days="1")
    assert stand(store, "hidden") == ["mute", "thread", None]
    assert "its conversation is muted" in ana.get(f"/mentions/{three[1]}").text
    send(ana, "/undo")
    send(ana, "/undo")
    assert stand(store, "hidden") == [None] * 3
    with store.read() as session:
        assert session.scalars(select(Author.muted_until)).all() == [None] * 3


def test_a_conversation_is_unmuted_by_hand(ana: FlaskClient, store: Store, three: list[int]) -> None:
    send(ana, "/many", id=three[:1], do="mute_thread", mute_reason="off topic", days="1")
    assert "Unmute the conversation" in ana.get(f"/mentions/{three[0]}").text
    assert act(ana, three[0], "unmute").status_code == 303
    assert stand(store, "hidden") == [None] * 3
    assert "Ana let the conversation be heard again." in ana.get(f"/mentions/{three[0]}").text


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "claim"},
        {"do": "claim", "id": "x"},
        {"do": "claim", "id": "99999999999999"},
        {"do": "dance", "id": "1"},
        {"do": "take_over", "id": "1"},
        {"do": "assign", "id": "1", "to": "99"},
        {"do": "label:mood=bad", "id": "1"},
        {"do": "label:urgency=soon", "id": "1"},
        {"do": "resolve:whatever", "id": "1"},
        {"do": "resolve:declined", "id": "1"},
        {"do": "snooze:at", "id": "1", "at": "soon"},
        {"do": "snooze:at", "id": "1", "at": "2001-01-01T10:00"},
        {"do": "mute_author", "id": "1", "days": "1"},
        {"do": "mute_thread", "id": "1", "mute_reason": "x", "days": "400"},
        {"do": "claim", "id": [str(number) for number in range(1, 502)]},
        {"id": [str(number) for number in range(1, 502)]},
        {},
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    ana: FlaskClient, store: Store, three: list[int], fields: dict[str, Any]
) -> None:
    answer = send(ana, "/many", **fields)
    assert answer.status_code == 400
    with store.read() as session:
        assert session.scalars(select(Activity).where(Activity.mention_id.is_not(None))).all() == []


def test_saying_what_was_left_asks_as_often_for_many_as_for_few(
    ana: FlaskClient, ben: FlaskClient, store: Store
) -> None:
    def ask(number: int) -> int:
        with store.write() as session:
            holder = session.query(User).filter_by(name="Ben").one()
            ids = [make_mention(session).id for _ in range(number)]
            for one in ids:
                desk.claim(session, one, holder, utcnow() - timedelta(minutes=1))
        with count_statements(store) as few:
            assert send(ana, "/many", id=ids, do="claim", headers={"HX-Request": "true"}).text.count("<li") == number
        return sum("activity" in one and "max(" in one and "JOIN" in one for one in few)

    assert ask(2) == ask(20)


def test_words_are_found_for_the_list_of_commands(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        found = make_mention(session, "the wifi <b>is</b> down", status="resolved").id
        make_mention(session, "wifi insult", abuse=True, status="resolved", posted_at=utcnow() - timedelta(days=9))
    answer = ana.get("/find?q=wifi")
    assert {one["words"] for one in answer.get_json()} == {
        "Dana R.: the wifi <b>is</b> down",
        "Dana R.: Abusive; open it to read.",
    }
    assert f"/mentions/{found}" in {one["href"] for one in answer.get_json()}
    assert ana.get("/find").get_json() == []


def test_strangers_do_nothing(client: FlaskClient, three: list[int], enter: Callable[..., FlaskClient]) -> None:
    for path in ("/many", "/undo", f"/mentions/{three[0]}/undo/1"):
        assert client.post(path).status_code in (303, 400)
    assert client.get("/many").status_code == client.get("/find?q=x").status_code == 303
