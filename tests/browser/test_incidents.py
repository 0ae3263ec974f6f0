"""Incidents and handing over at a real browser: without scripts from a proposal to its end; axe on their pages."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from monitor import desk, promises
from monitor.care.drafts import save_draft
from monitor.clock import utcnow
from monitor.incidents import commands
from monitor.models import IncidentMention, User
from monitor.settings import Settings
from monitor.store import Store
from tests.browser.test_access import complaints
from tests.factories import make_mention

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("MENTIONDESK_TEST_PICTURES")  # a folder, to look at the pages
TELL = ("Our bags stand on the belt in Oslo since noon", "belt 3 in Oslo is stuck again, 200 people wait", "bag? belt?")
WORDS = ["Hi {author_name}, the belt is being mended. ^{my_initials}", "Hello {author_name}: bags come by 6pm."]


def storm(store: Store, opened: bool) -> None:
    """A proposal with three mentions; opened, two are in it, and it says what is known."""
    with store.write() as session:
        ana, now = session.query(User).filter_by(name="Ana").one(), utcnow()
        names = ("Dana R.", "N" * 50, "أمل الحداد")
        ids = [
            make_mention(session, text, name=name, posted_at=now - timedelta(minutes=9)).id
            for text, name in zip(TELL, names, strict=True)
        ]
        incident = commands.open_new(session, ana, "belt, oslo, stuck", ids[:2], now)
        session.add(IncidentMention(incident_id=incident.id, mention_id=ids[2], state="proposed", since=now))
        if opened:
            known = "The handler mends it; bags by 18:00."
            commands.describe(session, incident.id, ana, now, title="Belt 3 in Oslo", status_text=known, answers=WORDS)
        else:
            session.query(IncidentMention).filter_by(incident_id=incident.id).update({"state": "proposed"})
            incident.state, incident.opened_at, incident.opened_by_id = "proposed", None, None


def test_from_a_proposal_to_its_end_without_scripts(enter: Callable[..., Page], store: Store) -> None:
    page = enter("Ana", scripts=False)
    storm(store, opened=False)
    page.goto("/incidents")
    page.get_by_role("link", name="belt, oslo, stuck").click()
    page.get_by_label("Name the trouble").fill("Belt 3 in Oslo")
    page.get_by_role("button", name="Open the incident").click()
    page.get_by_label("What we know and do").fill("Bags by 18:00.")
    page.get_by_label("A wording of the answer").fill("Hi {author_name}, it is being mended.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Hi Dana, it is being mended.")).to_be_visible()
    page.goto("/mentions/1")
    expect(page.get_by_text("Bags by 18:00.")).to_be_visible()
    page.goto("/incidents/1")
    page.get_by_role("button", name="Close and resolve all").click()
    expect(page.get_by_text("Closed, and 3 mentions with it.")).to_be_visible()
    page.get_by_role("button", name="Take the closing back").click()
    expect(page.get_by_text("Open again, and 3 mentions with it.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    enter: Callable[..., Page], store: Store, settings: Settings, theme: str, width: int
) -> None:
    enter("Ben")
    page = enter("Ana", theme=theme, width=width)
    storm(store, opened=True)
    storm(store, opened=False)
    with store.write() as session:
        ana, now = session.query(User).filter_by(name="Ana").one(), utcnow()
        desk.claim(session, 1, ana, now)
        promises.add(session, 1, ana, "call her by Friday", None, settings.brands[0], now)
        save_draft(session, 1, ana.id, {"reply": "Hi Dana, we"}, now)
    found = {}
    for address in ("/incidents", "/incidents/1", "/incidents/2", "/mentions/1", "/mentions/2", "/handover"):
        page.goto(address)
        found[address] = complaints(page)
        for menu in page.locator(".incident details, .mention details.why").all():
            menu.evaluate("one => { one.open = true }")
        found[f"{address}, open"] = complaints(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        if PICTURES:
            page.screenshot(
                path=Path(PICTURES) / f"{address[1:].replace('/', '-')}-{width}-{theme}.png", full_page=True
            )
    assert {address: troubles for address, troubles in found.items() if troubles} == {}
