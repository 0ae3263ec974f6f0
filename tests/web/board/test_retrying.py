"""What is not judged stays in sight, and what could not be is tried again by hand; a lift is told apart."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from monitor.clock import utcnow
from monitor.judging.press import RANKS
from monitor.models import Activity, Mention
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import act, send


def set_aside(store: Store, text: str = "odd") -> int:
    trouble = "The model could not judge this: poisoned"
    with store.write() as session:
        return make_mention(session, text, urgency=None, triage_error=trouble).id


def waits(store: Store, mention_id: int) -> bool:
    with store.read() as session:
        return session.get_one(Mention, mention_id).triage_error is None


def test_one_is_tried_again_from_its_page(ana: FlaskClient, store: Store) -> None:
    mention_id = set_aside(store)
    assert "poisoned" in ana.get(f"/mentions/{mention_id}").text
    assert act(ana, mention_id, "retry").status_code == 303
    assert waits(store, mention_id)
    assert "Ana had it judged again." in ana.get(f"/mentions/{mention_id}").text
    assert act(ana, mention_id, "retry").status_code == 409


def test_all_are_tried_again_at_once(ana: FlaskClient, store: Store) -> None:
    ids = [set_aside(store, text) for text in ("first odd one", "second odd one")]
    page = ana.get("/?unjudged=failed").text
    assert "first odd one" in page
    assert "second odd one" in page
    assert send(ana, "/retry").status_code == 303
    assert all(waits(store, one) for one in ids)
    with store.read() as session:
        assert session.scalars(select(Activity.happened)).all().count("retried") == 2


def test_another_language_has_a_chip_a_view_and_a_label_by_hand(ana: FlaskClient, store: Store) -> None:
    now = utcnow()
    doubt = "Not judged: the post is in Spanish, the model reads English."
    reasons = {"words": [], "doubts": [doubt], "margin": ""}
    with store.write() as session:
        made = make_mention(session, "nadie responde", urgency=None, lang="es", judged_at=now, reasons=reasons)
    assert "not judged: Spanish" in ana.get("/?unjudged=language").text
    assert doubt in ana.get(f"/mentions/{made.id}").text
    act(ana, made.id, "labels", urgency="high")
    assert "nadie responde" not in ana.get("/?unjudged=language").text
    assert "nadie responde" in ana.get("/?urgency=high").text


def test_a_lift_is_shown_apart_and_found_by_its_urgency(ana: FlaskClient, store: Store) -> None:
    signal = {
        "name": "repeat",
        "evidence": "3 posts in 36 h, none answered",
        "rule": "from 3 within 7 d",
        "lifts": True,
    }
    with store.write() as session:
        posted = utcnow() - timedelta(hours=1)
        made = make_mention(
            session, "still no answer", posted_at=posted, lifted_to="high", signals=[signal], press_rank=RANKS["high"]
        )
    page = ana.get(f"/mentions/{made.id}").text
    assert "normal, lifted to high: 3 posts in 36 h, none answered" in page
    assert "from 3 within 7 d" in page
    assert "still no answer" in ana.get("/?urgency=high").text
    act(ana, made.id, "labels", urgency="normal")
    assert "Set by a person, so no signal lifts it." in ana.get(f"/mentions/{made.id}").text


def test_strangers_retry_nothing(client: FlaskClient, store: Store) -> None:
    mention_id = set_aside(store)
    assert client.post("/retry").status_code in (302, 303, 400, 401)
    assert not waits(store, mention_id)
