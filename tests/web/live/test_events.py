"""What open boards are told, and how a board that was away catches up."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.clock import utcnow
from monitor.models import Activity, User
from monitor.queries import mention_detail
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention
from tests.web.forms import HTMX, act, send
from web import create_app
from web.live import screens

Named = Callable[[str], User]


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    """A board that two can listen to."""
    return create_app(settings, store, secret_key="a key for tests", streams=2)


class Stream:
    """One that is open; it has a context of its own, as in a thread of the server."""

    def __init__(self, browser: FlaskClient, query: str = "", **headers: str) -> None:
        self.apart = copy_context()
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        self.answer = self.apart.run(browser.get, f"/events{query}", headers=given)
        self.written = iter(self.answer.response)

    def __next__(self) -> tuple[str, int, Any]:
        """Event, id and data of the next message."""
        message = self.apart.run(next, self.written)
        text = message.decode() if isinstance(message, bytes) else str(message)
        fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
        return fields["event"], int(fields["id"]), json.loads(fields["data"])

    def close(self) -> None:
        self.apart.run(self.answer.close)


@contextmanager
def listening(browser: FlaskClient, query: str = "", **headers: str) -> Iterator[Stream]:
    """A stream while the block runs."""
    stream = Stream(browser, query, **headers)
    assert stream.answer.content_type == "text/event-stream"
    try:
        yield stream
    finally:
        stream.close()


def ask(browser: FlaskClient, query: str) -> tuple[int, dict[str, Any]]:
    """What a board without a stream is answered: the position, and the messages by name."""
    body = browser.get(f"/events?poll=1&{query}").get_json()
    return body["position"], dict(body["messages"])


def arrive(store: Store, **fields: Any) -> int:
    with store.write() as session:
        mention = make_mention(session, **fields)
        record(session, Happened.COLLECTED, utcnow(), mention_id=mention.id)
        return mention.id


def test_a_claim_reaches_an_open_board(ana: FlaskClient, ben: FlaskClient, store: Store, mention_id: int) -> None:
    with listening(ben) as told:
        assert [next(told)[0], next(told)[0]] == ["present", "beat"]
        act(ana, mention_id, "claim")
        messages = [next(told)]
        while messages[-1][0] != "counts":
            messages.append(next(told))
    (_, position, changed), *_ = messages
    assert position > 0
    row = changed["rows"][str(mention_id)]
    assert f'id="row-{mention_id}"' in row
    assert ">Ana</bdi>" in row
    assert changed["fresh"] == []  # it was there before
    assert [user for _, mention, user in changed["lines"] if mention == mention_id] != []
    assert messages[-1][2]["unclaimed"] == "0"


def test_a_board_that_was_away_is_told_everything_since(
    ana: FlaskClient, ben: FlaskClient, store: Store, mention_id: int
) -> None:
    position, _ = ask(ben, "")
    act(ana, mention_id, "claim")
    new = arrive(store)
    later, messages = ask(ben, f"after={position}")
    assert set(messages["changed"]["rows"]) == {str(mention_id), str(new)}
    assert messages["changed"]["fresh"] == [new]
    assert messages["counts"]["open"] == "2"
    with listening(ben, f"?after={later}", Last_Event_ID=str(position)) as told:
        event, reached, changed = next(told)
    assert (event, reached, set(changed["rows"])) == ("changed", later, {str(mention_id), str(new)})
    assert "changed" not in ask(ben, f"after={later}")[1]


def test_only_what_belongs_to_the_shown_part_of_the_queue_is_announced(ana: FlaskClient, store: Store) -> None:
    position, _ = ask(ana, "")
    arrive(store, urgency="low")
    urgent = arrive(store, urgency="urgent")
    hidden = arrive(store, urgency="urgent", hidden="spam")
    assert ask(ana, f"after={position}&urgency=urgent")[1]["changed"]["fresh"] == [urgent]
    assert ask(ana, f"after={position}&hidden=1")[1]["changed"]["fresh"] == [hidden]
    assert ask(ana, f"after={position}&assignee=me")[1]["changed"]["fresh"] == []


def test_after_a_storm_a_board_asks_for_the_rows_it_shows(ana: FlaskClient, store: Store) -> None:
    position, _ = ask(ana, "")
    came = [arrive(store) for _ in range(screens.ROWS_AT_ONCE + 1)]
    changed = ask(ana, f"after={position}")[1]["changed"]
    assert (changed["rows"], changed["ask"], len(changed["fresh"])) == ({}, came, len(came))
    rows = ana.get(f"/events/rows?ids={came[0]},{came[1]},x,99999999999999999999").get_json()
    assert set(rows) == {str(came[0]), str(came[1])}


def test_no_more_boards_listen_than_the_server_can_bear(ana: FlaskClient, ben: FlaskClient) -> None:
    first, second, refused = Stream(ana), Stream(ben), Stream(ana)
    assert [one.answer.status_code for one in (first, second, refused)] == [200, 200, 204]
    assert refused.answer.data == b""
    first.close()
    third = Stream(ana)
    assert third.answer.status_code == 200
    for one in (second, third):
        one.close()


def test_strangers_are_told_nothing(client: FlaskClient) -> None:
    assert client.get("/events").status_code == 303
    assert client.get("/events?poll=1").status_code == 303
    assert client.get("/events/rows?ids=1").status_code == 303


def test_who_is_here(ana: FlaskClient, ben: FlaskClient, mention_id: int, user_named: Named) -> None:
    def say(browser: FlaskClient, mention: int, doing: str, left: int = 0) -> None:
        assert send(browser, "/presence", mention=mention, doing=doing, left=left).status_code == 204

    say(ana, mention_id, "reading")
    say(ben, mention_id, "writing")
    present = ask(ana, "")[1]["present"]
    assert present == {
        str(mention_id): [[user_named("Ben").id, "Ben", "writing"], [user_named("Ana").id, "Ana", "reading"]]
    }
    say(ben, 0, "reading", left=mention_id)
    assert [name for _, name, _ in ask(ana, "")[1]["present"][str(mention_id)]] == ["Ana"]
    say(ana, mention_id, "dancing")
    assert ask(ana, "")[1]["present"] == {}


def test_a_take_over_is_told_on_the_board_until_it_is_put_away(
    ana: FlaskClient, ben: FlaskClient, mention_id: int
) -> None:
    act(ana, mention_id, "claim")
    position, _ = ask(ana, "")
    act(ben, mention_id, "take-over", reason="Ana is off today")
    assert "memos" in ask(ana, f"after={position}")[1]
    assert "memos" not in ask(ben, f"after={position}")[1]
    for page in ("/", "/feeds", "/memos"):
        assert "Ben took this over from Ana: “Ana is off today”." in ana.get(page).text
    assert "Ana is off today" not in ben.get("/memos").text
    send(ben, "/memos/1")  # not his to put away
    assert "Ana is off today" in ana.get("/memos").text
    assert send(ana, "/memos/1").status_code == 303
    assert "Ana is off today" not in ana.get("/").text


def test_the_open_mention_says_what_others_did(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    act(ben, mention_id, "notes", note="They called.")
    html = ana.get(f"/mentions/{mention_id}/meanwhile?seen=0", headers=HTMX).text
    assert "Ben wrote a note." in html
    assert "And 1 more" not in html  # my own claim is no news to me
    for place in ('id="meanwhile"', 'id="actions"', 'id="timeline"'):
        assert place in html
    assert "Ben wrote a note." not in ana.get(f"/mentions/{mention_id}/meanwhile?seen=999999").text.split("<section")[0]


def test_the_next_one_is_claimed_and_opened(ana: FlaskClient, ben: FlaskClient, store: Store, mention_id: int) -> None:
    with store.write() as session:
        second = make_mention(session, urgency="normal", posted_at=utcnow() - timedelta(minutes=5)).id
    assert send(ana, "/next").location == f"/mentions/{mention_id}"
    answer = send(ben, "/next", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == f"/mentions/{second}"
    assert "Yours: the most pressing one" in answer.text
    nothing = send(ana, "/next", headers=HTMX)
    assert nothing.headers["HX-Retarget"] == "#told"
    assert "Nothing waits unclaimed." in nothing.text
    send(ana, "/next")
    assert "Nothing waits unclaimed." in ana.get("/").text


def test_giving_a_mention_to_a_colleague(
    ana: FlaskClient, ben: FlaskClient, mention_id: int, user_named: Named
) -> None:
    assert act(ana, mention_id, "assign").status_code == 400
    act(ana, mention_id, "assign", to=user_named("Ben").id, reason="You know trains")
    assert "Ana gave this to Ben: “You know trains”." in ben.get("/").text
    assert "Yours" in ben.get(f"/mentions/{mention_id}").text


def test_a_draft_outlives_signing_out_and_a_take_over(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    saved = act(ana, mention_id, "draft", reply="Half an hour of words", headers=HTMX)
    assert (saved.status_code, saved.text) == (200, "Draft saved")
    act(ben, mention_id, "take-over", reason="Ana is off")
    html = ana.get(f"/mentions/{mention_id}").text
    assert ">Half an hour of words</textarea>" in html
    assert "holds this mention. Your draft is kept; take it over to send it." in html
    assert "Half an hour of words" not in ben.get(f"/mentions/{mention_id}").text
    act(ana, mention_id, "take-over", reason="Back again")
    act(ana, mention_id, "replies", reply="Half an hour of words, sent")
    assert ">Half an hour of words</textarea>" not in ana.get(f"/mentions/{mention_id}").text


def test_a_draft_by_the_button_without_javascript(ana: FlaskClient, mention_id: int) -> None:
    answer = act(ana, mention_id, "draft", note="To be checked")
    assert answer.status_code == 303
    html = ana.get(answer.location).text
    assert "Draft saved. Only you see it." in html
    assert ">To be checked</textarea>" in html


def test_a_form_that_is_sent_twice_works_once(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    for _ in range(2):
        answer = act(ana, mention_id, "replies", reply="We refunded one.", key="k1")
        assert answer.status_code == 303
        act(ana, mention_id, "notes", note="Done.", key="k2")
    with store.read() as session:
        trail = [line.happened for line in desk_trail(session, mention_id)]
    assert (trail.count("replied"), trail.count("noted")) == (1, 1)
    late = act(ana, mention_id, "draft", reply="We refunded o", key="k1", headers=HTMX)
    assert late.text == ""  # a draft that was still on its way does not come back
    assert ">We refunded o</textarea>" not in ana.get(f"/mentions/{mention_id}").text


def desk_trail(session: Session, mention_id: int) -> Sequence[Activity]:
    detail = mention_detail(session, mention_id)
    assert detail is not None
    return detail.timeline


def test_a_refused_form_may_be_sent_again(ana: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    assert act(ana, mention_id, "replies", reply="Hi", url="nowhere", key="k").status_code == 400
    assert act(ana, mention_id, "replies", reply="Hi", key="k").status_code == 303


def test_a_reply_that_was_overtaken_shows_what_changed_and_keeps_the_text(
    ana: FlaskClient, store: Store, mention_id: int
) -> None:
    act(ana, mention_id, "claim")
    with store.read() as session:
        seen = desk_trail(session, mention_id)[-1].id
    with store.write() as session:
        record(session, Happened.EDITED, utcnow(), mention_id=mention_id)
    answer = act(ana, mention_id, "replies", reply="Careful words", seen=seen)
    assert answer.status_code == 409
    assert "Something happened here while you wrote" in answer.text
    assert "The author edited the post; the earlier text is kept." in answer.text
    assert ">Careful words</textarea>" in answer.text
    assert act(ana, mention_id, "replies", reply="Careful words", seen=seen + 1).status_code == 303


def test_a_lost_claim_says_what_happened_since(ana: FlaskClient, ben: FlaskClient, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    act(ben, mention_id, "take-over", reason="Ana is off")
    answer = act(ana, mention_id, "replies", reply="Careful words", seen=1)
    assert answer.status_code == 409
    assert "Ben took this over from Ana: “Ana is off”." in answer.text
