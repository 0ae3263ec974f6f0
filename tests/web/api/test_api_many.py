"""The API's way to do one thing to many mentions, and to take it back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from monitor import users
from monitor.clock import utcnow
from monitor.store import Store
from tests.factories import make_mention, make_user

Call = Callable[..., TestResponse]


@pytest.fixture
def caller(app: Flask, store: Store) -> Callable[[str], Call]:
    def make(name: str) -> Call:
        with store.write() as session:
            token = users.make_api_token(session, make_user(session, name), "test", utcnow())
        headers = {"Authorization": f"Bearer {token}"}
        return lambda path, body=None: app.test_client().post(f"/api/v1{path}", json=body, headers=headers)

    return make


@pytest.fixture
def ids(store: Store) -> list[int]:
    with store.write() as session:
        return [make_mention(session).id for _ in range(3)]


def test_done_refused_and_taken_back(caller: Callable[[str], Call], ids: list[int]) -> None:
    ana, ben = caller("Ana"), caller("Ben")
    ben(f"/mentions/{ids[1]}/claim")
    ana(f"/mentions/{ids[2]}/claim")
    told = ana("/mentions/many", {"mentions": [*ids, 999, ids[0]], "do": "claim"}).get_json()
    assert (told["done"], told["unchanged"]) == ([ids[0]], [ids[2]])
    held, missing = told["refused"]
    assert (held["id"], held["claimed_by"], held["detail"]) == (ids[1], "Ben", "Ben claimed this already.")
    assert missing == {"id": 999, "detail": "There is no mention 999."}
    assert ben(f"/deeds/{told['deed']}/undo").status_code == 404
    assert ana(f"/deeds/{told['deed']}/undo").get_json() == {"done": [ids[0]], "left": []}
    assert ana(f"/deeds/{told['deed']}/undo").status_code == 409


def test_what_was_done_since_is_said(caller: Callable[[str], Call], ids: list[int]) -> None:
    ana, ben = caller("Ana"), caller("Ben")
    asked = {"mentions": ids, "do": "label", "labels": {"urgency": "low", "abuse": 0}}
    deed = ana("/mentions/many", asked).get_json()["deed"]
    ben(f"/mentions/{ids[0]}/claim")
    undone = ana(f"/deeds/{deed}/undo").get_json()
    assert undone["done"] == ids[1:]
    assert [(one["id"], one["since"]["happened"], one["since"]["by"]) for one in undone["left"]] == [
        (ids[0], "claimed", "Ben")
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"do": "assign", "to": "Ben"},
        {"do": "resolve", "outcome": "declined", "reason": "past the 30 days"},
        {"do": "snooze", "until": (utcnow() + timedelta(days=3)).isoformat()},
        {"do": "mute_author", "reason": "jokes", "days": 1},
        {"do": "mute_thread", "reason": "off topic"},
    ],
    ids=lambda body: body["do"],
)
def test_everything_that_can_be_done(caller: Callable[[str], Call], ids: list[int], body: dict[str, Any]) -> None:
    ana, _ben = caller("Ana"), caller("Ben")
    told = ana("/mentions/many", {"mentions": ids, **body}).get_json()
    assert (told["done"], told["refused"]) == (ids, [])


@pytest.mark.parametrize(
    "body",
    [
        {"do": "claim", "mentions": []},
        {"do": "claim", "mentions": list(range(1, 502))},
        {"do": "dance", "mentions": [1]},
        {"do": "assign", "mentions": [1]},
        {"do": "assign", "mentions": [1], "to": "Zed"},
        {"do": "label", "mentions": [1]},
        {"do": "resolve", "mentions": [1], "outcome": "declined"},
        {"do": "snooze", "mentions": [1]},
        {"do": "snooze", "mentions": [1], "until": "2001-01-01T00:00:00Z"},
        {"do": "mute_author", "mentions": [1]},
    ],
)
def test_what_cannot_be_is_a_problem(caller: Callable[[str], Call], ids: list[int], body: dict[str, Any]) -> None:
    answer = caller("Ana")("/mentions/many", body)
    assert answer.status_code == 400
    assert answer.get_json()["detail"].endswith(".")
