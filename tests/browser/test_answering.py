"""Answering with help, at a real browser: a saved reply, the courtesy check, what was similar, and how it ended."""

from collections.abc import Callable

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from monitor import desk
from monitor.care import notes
from monitor.clock import utcnow
from monitor.models import Embedding, Mention, User
from monitor.saved_replies.commands import Draft, add
from monitor.store import Store
from tests.factories import make_mention

pytestmark = pytest.mark.browser
TEXT = "Hi {author_name}, thank you. The card was charged once; I'll write by 5pm. ^{my_initials}"


@pytest.fixture
def mention_id(store: Store) -> int:
    """A complaint by somebody of whom colleagues noted something, with a saved reply that fits."""
    now = utcnow()
    with store.write() as session:
        one = make_mention(session, posted_at=now)
        add(session, Draft("Charged twice", TEXT, needs=("billing",)), None, now)
        return one.id


def deal_with_another(store: Store) -> None:
    """A mention much like it that Ana answered and closed, and a note that she pinned to its author."""
    now = utcnow()
    with store.write() as session:
        me, first = session.query(User).one(), session.query(Mention).one()
        past = make_mention(session, "Two payments for one seat", author_id=first.author_id)
        desk.claim(session, past.id, me, now)
        desk.log_reply(session, past.id, me, "One of them was a hold.", "", now)
        desk.resolve(session, past.id, me, now)
        notes.add_note(session, past.id, me, "Deaf: never offer a call.", now, pinned=True)
        for one in (first, past):
            vector = np.array([1, 0.2, 0], np.float16).tobytes()
            session.add(Embedding(mention_id=one.id, model="test", vector=vector))


def test_an_answer_with_help(enter: Callable[..., Page], store: Store, mention_id: int) -> None:
    page = enter("Ana")
    deal_with_another(store)
    page.goto(f"/mentions/{mention_id}")
    expect(page.get_by_label("Pinned to this author")).to_contain_text("Deaf: never offer a call.")
    page.get_by_role("button", name="Claim").click()
    reply = page.get_by_label("What you answered")
    reply.fill("We cannot refund it.")
    expect(page.get_by_label("Courtesy check")).to_contain_text("It does not speak to Dana by name.")
    reply.fill("")
    page.locator(".saved-here summary").click()
    page.get_by_role("button", name="Put into the reply").click()
    expect(reply).to_have_value("Hi Dana, thank you. The card was charged once; I'll write by 5pm. ^A")
    expect(page.get_by_label("Courtesy check")).to_contain_text("It speaks to Dana by name.")
    page.get_by_text("Similar, and how it went").scroll_into_view_if_needed()
    expect(page.locator(".past")).to_contain_text("One of them was a hold.")
    page.get_by_title("Resolve with an outcome").click()
    page.get_by_role("button", name="Solved").click()
    expect(page.locator(".outcome")).to_contain_text("Solved")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_to_complain_of(
    enter: Callable[..., Page], store: Store, mention_id: int, theme: str, width: int
) -> None:
    page = enter("Ana", theme=theme, width=width)
    deal_with_another(store)
    with store.write() as session:
        desk.claim(session, mention_id, session.query(User).one(), utcnow())
        session.query(User).one().role = "lead"
    for path in (
        f"/mentions/{mention_id}",
        f"/mentions/{mention_id}/saved-replies",
        f"/mentions/{mention_id}/similar",
        "/saved-replies",
        "/saved-replies/1",
    ):
        page.goto(path)
        if path == f"/mentions/{mention_id}":
            page.get_by_label("What you answered").fill("We cannot refund it.")
            expect(page.get_by_label("Courtesy check")).to_contain_text("by name")
            page.get_by_title("Resolve with an outcome").click()
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] == [], path
