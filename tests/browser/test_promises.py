"""From a reply to a kept promise by keyboard, and without scripts; axe on the pages of promises."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from monitor import desk, promises
from monitor.clock import utcnow
from monitor.models import Promise, User
from monitor.promises.watching import watch_promises
from monitor.settings import Settings
from monitor.store import Store
from tests.browser.test_access import complaints
from tests.factories import make_mention

pytestmark = pytest.mark.browser
SAID = "So sorry that your card was charged twice, Dana! I'll get back to you by tomorrow noon."


@pytest.fixture
def hold(store: Store, settings: Settings) -> Callable[[], int]:
    """A mention that the only user holds and has answered."""

    def answer() -> int:
        with store.write() as session:
            me, mention = session.query(User).one(), make_mention(session, posted_at=utcnow() - timedelta(minutes=5))
            desk.claim(session, mention.id, me, utcnow())
            promises.log_reply(session, mention.id, me, SAID, "", settings.brand, utcnow())
            return mention.id

    return answer


def state(store: Store) -> str:
    with store.read() as session:
        return session.query(Promise).one().state


def test_one_key_confirms_and_one_key_keeps(enter: Callable[..., Page], hold: Callable[[], int], store: Store) -> None:
    page = enter("Ana")
    page.goto(f"/mentions/{hold()}")
    expect(page.locator(".promised mark")).to_have_text("I'll get back to you by tomorrow noon")
    page.keyboard.press("p")
    expect(page.get_by_text("Promised.", exact=True)).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text("Promise kept.", exact=True)).to_be_visible()
    assert state(store) == "kept"


def test_it_works_without_scripts(enter: Callable[..., Page], hold: Callable[[], int], store: Store) -> None:
    page = enter("Ana", scripts=False)
    page.goto(f"/mentions/{hold()}")
    page.get_by_role("button", name="Confirm").click()
    page.goto("/promises")
    page.get_by_role("button", name="Kept").click()
    expect(page.get_by_text("You have nothing to keep.")).to_be_visible()
    assert state(store) == "kept"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    enter: Callable[..., Page], hold: Callable[[], int], store: Store, settings: Settings, theme: str, width: int
) -> None:
    page = enter("Ana", theme=theme, width=width)
    broken, mention = hold(), hold()
    with store.write() as session:
        me = session.query(User).one()
        promises.confirm(session, session.query(Promise).filter_by(mention_id=broken).one().id, me, utcnow())
        watch_promises(session, settings, utcnow() + timedelta(days=3))
    found = {}
    for address in ("/promises?view=team", "/promises?view=settled", f"/mentions/{mention}", f"/mentions/{broken}"):
        page.goto(address)
        found[address] = complaints(page)
        for menu in page.locator(".promises details, .dealing details").all():
            menu.evaluate("one => { one.open = true }")
        found[f"{address}, open"] = complaints(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert {address: troubles for address, troubles in found.items() if troubles} == {}
