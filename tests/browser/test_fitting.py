"""What a mention and the pages around it look like on the smallest phone, on wide screens and with large letters."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Feed, User
from monitor.store import Store
from tests.factories import make_mention

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]
RANT = "I have been waiting for an answer of yours for three days and nobody tells me anything at all. " * 3


@pytest.fixture
def mention_id(store: Store) -> int:
    """One by an author who wrote at length before."""
    with store.write() as session:
        earlier, later = make_mention(session, RANT), make_mention(session, RANT, urgency="urgent")
        later.author_id = earlier.author_id
        return later.id


@pytest.fixture
def blind_feed(store: Store) -> str:
    with store.write() as session:
        brand, now = make_mention(session).brand, utcnow()
        feed = Feed(brand_id=brand.id, name="x-search", source="x", next_poll_at=now, state="refused", state_since=now)
        session.add(feed)
        return feed.name


def speak_german(store: Store) -> None:
    with store.write() as session:
        session.query(User).one().language = "de"


def top(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return box["y"]


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("held", [False, True])
def test_on_a_phone_all_actions_stand_on_one_line(
    enter: Enter, store: Store, mention_id: int, width: int, held: bool
) -> None:
    page = enter("Ana", width=width)
    speak_german(store)
    if held:
        with store.write() as session:
            desk.claim(session, mention_id, session.query(User).one(), utcnow())
    page.goto(f"/mentions/{mention_id}")
    buttons = page.locator("#actions > form > button, #actions > details > summary")
    expect(buttons).to_have_count(3 if held else 4)
    assert len({top(button) for button in buttons.all()}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("width", "apart"), [(1920, True), (1280, False)])
def test_what_surrounds_a_mention_stands_beside_it_where_there_is_room(
    enter: Enter, mention_id: int, width: int, apart: bool
) -> None:
    page = enter("Ana", width=width)
    page.goto(f"/mentions/{mention_id}")
    assert (abs(top(page.locator(".read")) - top(page.locator(".beside"))) < 2) == apart


def test_a_reader_who_wants_large_letters_gets_them(enter: Enter, mention_id: int) -> None:
    """As WCAG 1.4.4 asks: twice as large, with nothing lost."""
    page = enter("Ana")
    for address in ("/", f"/mentions/{mention_id}", "/feeds"):
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "30px"
        assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_the_desk_says_once_that_it_is_blind(enter: Enter, blind_feed: str) -> None:
    for width in (390, 1280):
        page = enter(f"Ana {width}", width=width)
        for address in ("/", "/promises", "/feeds"):
            page.goto(address)
            said = page.get_by_text(f"{blind_feed} has been blind").filter(visible=True)
            expect(said).to_have_count(2 if (width, address) == (1280, "/feeds") else 1)


def test_the_chosen_view_is_in_sight_on_a_phone(enter: Enter, mention_id: int) -> None:
    page = enter("Ana", width=390)
    page.goto("/promises")
    box = page.locator(".views [aria-current]").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
