"""Promises on pages and for programs: found with the reply, confirmed with one press, kept, broken, in a calendar."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from monitor import users
from monitor.clock import utcnow
from monitor.models import Promise, User
from monitor.promises.watching import watch_promises
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import HTMX, act, send


def promised(store: Store) -> list[Promise]:
    with store.read() as session:
        return list(session.scalars(select(Promise).order_by(Promise.id)))


def test_a_reply_proposes_and_one_press_confirms(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    answer = act(ana, mention_id, "replies", reply="So sorry <b>Dana</b>! I'll get back to you tomorrow.", headers=HTMX)
    page = answer.text
    assert "So sorry &lt;b&gt;Dana&lt;/b&gt;! <mark>I&#39;ll get back to you tomorrow</mark>." in page
    assert "“tomorrow”: when the desk closes that day" in page
    assert 'data-key="p" title="Confirm ( p )"' in page
    (one,) = promised(store)
    page = act(ana, mention_id, f"promises/{one.id}/confirm", headers=HTMX).text
    assert 'data-key="p" title="Kept ( p )"' in page
    assert "A promise?" not in page
    assert act(ana, mention_id, f"promises/{one.id}/keep").status_code == 303
    assert [one.state for one in promised(store)] == ["kept"]
    page = ana.get(f"/mentions/{mention_id}").text
    assert "Ana kept a promise." in page
    assert 'data-key="p"' not in page


def test_a_proposal_is_changed_or_put_away(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "claim")
    act(ana, mention_id, "replies", reply="We'll DM you. We'll refund you.")
    first, second = promised(store)
    assert act(ana, mention_id, f"promises/{first.id}/dismiss").status_code == 303
    tomorrow = utcnow() + timedelta(days=1)
    fields = {"promise": "refund 20 £", "due": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    assert act(ana, mention_id, f"promises/{second.id}/change", **fields).status_code == 303
    first, second = promised(store)
    assert (first.state, second.state, second.text) == ("dismissed", "open", "refund 20 £")
    refused = act(ana, mention_id, f"promises/{second.id}/change", promise="x", due="soon")
    assert refused.status_code == 400
    assert "Choose a day and a time" in refused.text
    refused = act(ana, mention_id, f"promises/{second.id}/dismiss")
    assert "a reason for putting a promise away" in refused.text


def test_one_is_added_by_hand_and_a_refusal_keeps_what_was_typed(
    ana: FlaskClient, store: Store, mention_id: int
) -> None:
    assert act(ana, mention_id, "promises", promise="call <her> by Friday").status_code == 303
    assert "call &lt;her&gt; by Friday" in ana.get(f"/mentions/{mention_id}").text
    refused = act(ana, mention_id, "promises", promise="call her", due="2020-01-01T00:00")
    assert refused.status_code == 400
    assert "still to come" in refused.text
    assert len(promised(store)) == 1


def test_a_promise_is_found_only_under_its_own_mention(ana: FlaskClient, store: Store, mention_id: int) -> None:
    act(ana, mention_id, "promises", promise="call her")
    with store.write() as session:
        other = make_mention(session).id
    (one,) = promised(store)
    assert act(ana, other, f"promises/{one.id}/keep").status_code == 404
    assert promised(store)[0].state == "open"


def test_the_page_shows_each_view_and_goes_back_to_it(
    ana: FlaskClient, ben: FlaskClient, store: Store, settings: Settings, mention_id: int
) -> None:
    act(ana, mention_id, "promises", promise="call her in 2 hours")
    assert "call her" in ana.get("/promises").text
    assert "You have nothing to keep." in ben.get("/promises?view=nonsense").text
    assert "call her" in ben.get("/promises?view=team").text
    with store.write() as session:
        watch_promises(session, settings, utcnow() + timedelta(hours=3))
    page = ben.get("/promises?view=broken").text
    assert "broken, was due" in page
    assert 'class="count late" title="1 broken promise"' in page
    (one,) = promised(store)
    done = send(ben, f"/mentions/{mention_id}/promises/{one.id}/keep?back=broken", page="/promises?view=broken")
    assert (done.status_code, done.location) == (303, "/promises?view=broken")
    assert "Promise kept." in ben.get("/promises?view=broken").text
    assert "call her" in ben.get("/promises?view=settled").text


def test_the_authors_page_shows_what_was_promised_to_them(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        mention = make_mention(session)
    act(ana, mention.id, "promises", promise="call <her>")
    page = ana.get(f"/authors/{mention.author_id}").text
    assert "Promised to them" in page
    assert "call &lt;her&gt;" in page


def test_the_calendar_is_open_to_whoever_knows_its_address(
    ana: FlaskClient, client: FlaskClient, mention_id: int
) -> None:
    act(ana, mention_id, "promises", promise="call her by Friday")
    page = send(ana, "/promises/calendar", page="/promises").text
    path = page.split('value="http://127.0.0.1:8080', 1)[1].split('"', 1)[0]
    assert path.startswith("/calendars/")
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert [str(event["summary"])[:8] for event in Calendar.from_ical(answer.data).walk("VEVENT")] == ["call her"]
    assert path not in ana.get("/promises").text
    assert client.get("/calendars/guessed.ics").status_code == 404
    assert send(ana, "/promises/calendar/end", page="/promises").status_code == 303
    assert client.get(path).status_code == 404


def test_programs_do_all_of_it(
    client: FlaskClient, ana: FlaskClient, store: Store, user_named: Callable[[str], User], mention_id: int
) -> None:
    with store.write() as session:
        token = users.make_api_token(session, session.get_one(User, user_named("Ana").id), "test", utcnow())
    headers = {"Authorization": f"Bearer {token}"}

    def call(path: str, **body: object) -> dict[str, object]:
        answer = client.post(f"/api/v1/mentions/{mention_id}/{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, object] = answer.get_json()
        return found

    call("claim")
    (one,) = call("replies", text="We'll DM you. Thanks!")["promises"]
    assert (one["state"], one["promised"], one["begins"], one["ends"], one["by"]) == (
        "proposed",
        "message",
        0,
        12,
        "Ana",
    )
    call(f"promises/{one['id']}/confirm")
    due = utcnow() + timedelta(hours=5)
    (one,) = call(f"promises/{one['id']}/change", text="DM her", due_at=due.isoformat())["promises"]
    assert (one["state"], one["text"], one["due_at"]) == ("open", "DM her", due.isoformat())
    assert [found["id"] for found in client.get("/api/v1/promises", headers=headers).get_json()["promises"]] == [
        one["id"]
    ]
    assert call(f"promises/{one['id']}/keep")["promises"][0]["state"] == "kept"
    added = call("promises", text="call her by Friday")["promises"][-1]
    assert call(f"promises/{added['id']}/dismiss", reason="solved")["promises"][-1]["state"] == "dismissed"
    wrong = client.post(f"/api/v1/mentions/{mention_id}/promises/999/keep", headers=headers)
    assert (wrong.status_code, wrong.content_type) == (404, "application/problem+json")
    assert client.get("/api/v1/promises?view=all", headers=headers).status_code == 400
