"""The board in German at a real browser: nothing wider than the smallest phone, and scripts that say the same words."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from monitor import desk
from monitor.clock import utcnow
from monitor.models import User
from monitor.store import Store
from monitor.translating import speaking
from monitor.translations import language
from tests.browser.times import say_spans
from tests.factories import make_mention
from web.words import times

pytestmark = pytest.mark.browser
SECONDS = [-200_000, -61, -1, 0, 5, 60, 3_600, 100_000, 2_000_000, 90_000_000]
PAGES = (
    "/",
    "/?status=all&urgency=high&q=card",
    "/mentions/1",
    "/mentions/2",
    "/authors/1",
    "/promises",
    "/approvals",
    "/incidents",
    "/escalations",
    "/handover",
    "/guidance",
    "/saved-replies",
    "/saved-replies/new",
    "/feeds",
    "/accuracy",
    "/account",
    "/team",
    "/nowhere",
)


@pytest.fixture
def german(enter: Callable[..., Page], store: Store) -> Callable[..., Page]:
    """A window whose person chose German, on a desk with work under way."""

    def german(width: int = 1280) -> Page:
        now = utcnow()
        with store.write() as session:
            first = make_mention(session, urgency="urgent", posted_at=now - timedelta(minutes=40)).id
            make_mention(
                session, "an insult", abuse=True, urgency="high", name="Donaudampfschifffahrtsgesellschaft " * 2
            )
        page = enter("Ana", width=width)
        with store.write() as session:
            me = session.query(User).one()
            me.language = "de"
            desk.claim(session, first, me, now)
            desk.log_reply(session, first, me, "We will call you back within 24 hours.", "", now)
            desk.add_note(session, first, me, "Eine Notiz.", now)
        return page

    return german


def test_no_page_is_wider_than_the_smallest_phone(german: Callable[..., Page]) -> None:
    page = german(width=320)
    wide = {}
    for address in PAGES:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
        wide[address] = page.evaluate("document.documentElement.scrollWidth")
    assert {address: width for address, width in wide.items() if width > 320} == {}


def test_scripts_say_times_as_the_server_does(german: Callable[..., Page]) -> None:
    page = german()
    page.goto("/")
    said = say_spans(page, SECONDS)
    now = utcnow()
    with speaking(language("de")):
        for seconds, (age, ago, due) in zip(SECONDS, said, strict=True):
            moment = now - timedelta(seconds=seconds)
            words = times.due_words(moment, False, now, ZoneInfo("UTC"))
            assert (age, ago) == (times.age(moment, now), times.ago(moment, now))
            assert words is None or not words.near or words.text == due


def test_scripts_count_in_the_language(german: Callable[..., Page]) -> None:
    page = german()
    page.goto("/")
    module = page.locator("script[type=module]").get_attribute("src")
    assert module
    said = page.evaluate(
        """async (address) => {
            const { _, ngettext } = await import(address);
            return [_("%(name)s is reading", { name: "Ben" }), ngettext("%(num)s selected", "%(num)s selected", 1200)];
        }""",
        module.replace("main.js", "words.js"),
    )
    assert said == ["Ben liest gerade", "1.200 ausgewählt"]
