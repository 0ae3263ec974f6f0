"""The feeds' page: what each sees, and the gaps that a lead may accept."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from monitor import users
from monitor.brands import ensure_brand, sync_settings
from monitor.clock import utcnow
from monitor.models import Feed, Gap, Poll
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_user
from tests.web.forms import send, spend_link
from web import create_app


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


def test_money_is_shown_with_what_the_month_comes_to(store: Store, settings: Settings) -> None:
    feed = {"name": "x-search", "source": "x", "query": "aurora", "budget": "20 USD/month"}
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
    configured = Settings.model_validate({"brand": [brand], "home": settings.home})
    with store.write() as session:
        sync_settings(session, configured, utcnow())
        feed_id = session.scalars(select(Feed.id)).one()
        session.add(Poll(feed_id=feed_id, started_at=utcnow(), usd=3))
        token = users.make_sign_in_link(session, make_user(session), utcnow())
    browser = create_app(configured, store, secret_key="a key for tests").test_client()
    spend_link(browser, token)
    assert "3.00 of 20.00 USD spent this month; about" in browser.get("/feeds").text
