"""The page of handing over: one press for all, a choice and a note for each, and everything kept when it is refused."""

import html as entities
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from monitor.models import Mention, User
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import act, send

Named = Callable[[str], User]


def read(browser: FlaskClient, address: str = "/handover") -> str:
    return entities.unescape(browser.get(address).text)


def claim_two(browser: FlaskClient, store: Store) -> list[int]:
    with store.write() as session:
        ids = [make_mention(session, f"Where is bag {number}?").id for number in range(2)]
    for mention_id in ids:
        act(browser, mention_id, "claim")
    return ids


def holders(store: Store) -> list[int | None]:
    with store.read() as session:
        return [one.assignee_id for one in session.query(Mention).order_by(Mention.id)]


def test_one_press_hands_all_over_and_the_receiver_reads_the_note(
    ana: FlaskClient, ben: FlaskClient, store: Store, user_named: Named
) -> None:
    first, _ = claim_two(ana, store)
    act(ana, first, "draft", reply="Hi Dana, we")
    assert "Hi Dana, we" in read(ana)
    him = user_named("Ben").id
    given: dict[str, Any] = {"to": him, "note": "Good night!", f"note-{first}": "She <b>flies</b> at 6", "key": "once"}
    assert send(ana, "/handover", **given).status_code == 303
    page = read(ana)
    assert send(ana, "/handover", **given).status_code == 303  # pressed twice
    assert "2 mentions handed over." in page
    assert "You have nothing to hand over." in page
    assert holders(store) == [him, him]
    board = ben.get("/").text
    assert "She &lt;b&gt;flies&lt;/b&gt; at 6" in board
    assert "Good night!" in board
    assert "Hi Dana, we</textarea>" in ben.get(f"/mentions/{first}").text
    assert "Take it back" in page
    send(ana, f"/handover/{first}/back")
    assert holders(store) == [user_named("Ana").id, him]


def test_each_goes_where_its_own_choice_says(
    ana: FlaskClient, ben: FlaskClient, store: Store, user_named: Named
) -> None:
    first, second = claim_two(ana, store)
    chosen: dict[str, Any] = {f"to-{first}": "queue", f"to-{second}": user_named("Ben").id}
    send(ana, "/handover", **chosen)
    assert holders(store) == [None, user_named("Ben").id]


def test_a_refusal_hands_nothing_over_and_keeps_what_was_typed(
    ana: FlaskClient, store: Store, user_named: Named
) -> None:
    first, second = claim_two(ana, store)
    me = user_named("Ana").id
    chosen: dict[str, Any] = {f"to-{first}": "queue", f"to-{second}": me, f"note-{first}": "Typed with care"}
    refused = send(ana, "/handover", **chosen)
    assert refused.status_code == 409
    assert "Typed with care" in refused.text
    assert holders(store) == [me, me]
    assert send(ana, "/handover", to="nobody").status_code == 409


def test_what_would_be_too_much_of_the_abusive_lane_stays_and_the_rest_goes(
    ana: FlaskClient, ben: FlaskClient, store: Store, user_named: Named
) -> None:
    me, him = user_named("Ana").id, user_named("Ben").id
    with store.write() as session:
        theirs = [make_mention(session, abuse=True).id for _ in range(8)]
        attacking, asking = make_mention(session, abuse=True).id, make_mention(session).id
    for mention_id in theirs:
        act(ben, mention_id, "claim")
    for mention_id in (attacking, asking):
        act(ana, mention_id, "claim")
    send(ana, "/handover", to=him)
    page = read(ana)
    assert "1 mention handed over. 1 stays with you. Ben had their share of abusive mentions today (8)" in page
    assert holders(store) == [him] * 8 + [me, him]
    send(ana, "/handover", to="queue")
    assert holders(store)[8] is None
