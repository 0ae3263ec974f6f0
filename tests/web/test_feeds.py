"""The feeds' page: what each sees, and the gaps that a lead may accept."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from monitor.brands import ensure_brand
from monitor.clock import utcnow
from monitor.models import Feed, Gap
from monitor.store import Store
from tests.web.forms import send


@pytest.fixture
def gap_id(store: Store) -> int:
    now = utcnow()
    with store.write() as session:
        brand = ensure_brand(session, "Aurora Air", now)
        feed = Feed(brand_id=brand.id, name="x-search", source="x", next_poll_at=now, state="refused", state_since=now)
        feed.state_reason = "X refused our key (401) <b>."
        session.add(feed)
        session.flush()
        gap = Gap(feed_id=feed.id, reason="X reads back 7 days.", found_at=now)
        session.add(gap)
        session.flush()
        return gap.id


def test_a_blind_feed_says_why(ana: FlaskClient, gap_id: int) -> None:
    shown = ana.get("/feeds").text
    assert "X refused our key (401) &lt;b&gt;." in shown
    assert "X reads back 7 days." in shown


def test_a_lead_accepts_a_gap_and_an_agent_cannot(
    ana: FlaskClient, enter: Callable[..., FlaskClient], gap_id: int
) -> None:
    lea = enter("Lea", "lead")
    assert "Accept this gap" not in ana.get("/feeds").text
    assert send(ana, f"/feeds/gaps/{gap_id}/accept").status_code == 409
    assert "Accept this gap" in lea.get("/feeds").text
    assert send(lea, f"/feeds/gaps/{gap_id}/accept").status_code == 303
    assert "X reads back 7 days." not in lea.get("/feeds").text
    assert send(lea, f"/feeds/gaps/{10**12}/accept").status_code == 404
