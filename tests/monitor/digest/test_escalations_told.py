"""The weekly account tells of escalations: how many, why, how soon they were taken on, how many went further."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.digest.account import Digest, compute_digest
from monitor.digest.page import digest_message, render_html, render_text
from monitor.digest.weeks import IsoWeek
from monitor.escalation import commands
from monitor.escalation.settings import GroupSettings
from monitor.escalation.watching import watch_escalations
from monitor.models import Brand
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user

WEEK = IsoWeek.parse("2026-W46")
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REASONS = ("Names a judge.", "names a judge", "Wants <b>the press</b>", "Threatens a colleague, the bitch")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The invented brand, with one group before the leads."""
    return settings.model_copy(update={"groups": (GroupSettings(name="legal", members=("Lou",), within=10 * MINUTE),)})


@pytest.fixture
def week(any_store: Store, settings: Settings) -> Store:
    """Four escalations: two taken on after 4 and 8 minutes, one gone on to the leads, and one settled at once."""
    with any_store.write() as session:
        ana, lou = make_user(session, "Ana"), make_user(session, "Lou")
        ids = [
            commands.escalate(session, make_mention(session).id, ana, "legal", reason, settings, MONDAY).id
            for reason in REASONS
        ]
        commands.take_on(session, ids[0], lou, settings, MONDAY + 4 * MINUTE)
        commands.take_on(session, ids[1], lou, settings, MONDAY + 8 * MINUTE)
        commands.settle(session, ids[3], ana, "No", MONDAY + MINUTE)
        watch_escalations(session, settings, MONDAY + 20 * MINUTE)
        elsewhere = make_mention(session, brand="Aurora Rail").id
        commands.escalate(session, elsewhere, ana, "lead", "x", settings, MONDAY)
        later = make_mention(session).id
        commands.escalate(session, later, ana, "lead", "x", settings, MONDAY + timedelta(days=7))
    return any_store


def account(store: Store, settings: Settings) -> Digest:
    with store.read() as session:
        brand = session.scalars(select(Brand).where(Brand.name == "Aurora Air")).one()
        return compute_digest(session, settings, brand, WEEK, MONDAY + timedelta(days=7))


def test_they_are_counted_with_their_reasons(week: Store, settings: Settings) -> None:
    assert account(week, settings).as_json()["escalations"] == {
        "escalated": 4,
        "taken": 2,
        "median_minutes": 6.0,
        "slowest_minutes": 8.0,
        "further": 1,
        "waiting": 1,
        "by_reason": {"Names a judge": 2, "Wants <b>the press</b>": 1, "Threatens a colleague, the b••••": 1},
    }


def test_page_text_and_chat_tell_of_them(week: Store, settings: Settings) -> None:
    said = account(week, settings)
    sentence = "4 escalated: 2 taken on, half of them within 6 min; 1 went on to the next group; 1 waits still."
    page, text = render_html([said], settings), render_text([said], settings)
    with week.read() as session:
        brand_id = session.scalars(select(Brand.id).where(Brand.name == "Aurora Air")).one()
        payload = {"brand_id": brand_id, "week": str(WEEK)}
        message = digest_message(session, payload, settings, MONDAY + timedelta(days=7))
    assert all(sentence in told for told in (page, text, "\n".join(message.lines)))
    assert "Wants &lt;b&gt;the press&lt;/b&gt;" in page
    assert "    2 × Names a judge" in text


def test_a_week_without_any_says_nothing_of_them(any_store: Store, settings: Settings) -> None:
    said = account(any_store, settings)
    assert "scalated" not in render_text([said], settings) + render_html([said], settings)
