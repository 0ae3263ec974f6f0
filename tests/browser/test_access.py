"""Everybody can read and reach it: axe on every page, in both themes and at both widths."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from monitor import desk
from monitor.clock import utcnow
from monitor.models import User
from monitor.store import Store
from tests.browser.times import say_spans
from tests.factories import make_mention
from web.words import times

pytestmark = pytest.mark.browser
PAGES = (
    "/?status=all&q=card",
    "/feeds",
    "/accuracy",
    "/authors/1",
    "/",
    "/?q=nothing",
    "/account",
    "/team",
    "/nowhere",
    "/sign-in/x",
)
MARKED = {"words": [{"start": 3, "end": 7}], "doubts": ["Very short."]}


def complaints(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.fixture
def mentions(store: Store) -> list[int]:
    """One of every kind of row; the first may be worked on."""
    now = utcnow()
    with store.write() as session:
        kinds = [{"urgency": urgency} for urgency in ("urgent", "high", "normal", "low", None)]
        first, *others = [
            make_mention(session, posted_at=now - timedelta(minutes=30), reasons=MARKED, **kind).id for kind in kinds
        ]
        others += [make_mention(session, status=status).id for status in ("snoozed", "resolved", "gone")]
        others.append(make_mention(session, "an insult", abuse=True, scores={"urgency": {"high": 0.6, "low": 0.4}}).id)
        return [first, *others]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    enter: Callable[..., Page], store: Store, mentions: list[int], theme: str, width: int
) -> None:
    page = enter("Ana", theme=theme, width=width)
    with store.write() as session:
        me = session.query(User).one()
        desk.claim(session, mentions[0], me, utcnow())
        desk.log_reply(session, mentions[0], me, "On it.", "", utcnow())
        desk.add_note(session, mentions[0], me, "A note.", utcnow())
    found = {}
    for address in PAGES if width > 1000 else PAGES[:2]:
        page.goto(address)
        found[address] = complaints(page)
    for mention in (mentions[0], mentions[1], mentions[-1], mentions[-2]) if width > 1000 else mentions[:1]:
        page.goto(f"/mentions/{mention}")
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
        found[f"mention {mention}"] = complaints(page)
    page.context.clear_cookies()
    page.goto("/sign-in")
    found["sign-in"] = complaints(page)
    assert {address: said for address, said in found.items() if said} == {}


SECONDS = [
    -200_000,
    -86_400,
    -7_200,
    -3_599,
    -61,
    -60,
    -59,
    -1,
    0,
    5,
    59,
    60,
    150,
    3_599,
    3_600,
    100_000,
    900_000,
    2_000_000,
    90_000_000,
]


def test_the_page_and_the_server_say_times_alike(enter: Callable[..., Page]) -> None:
    page = enter("Ana")
    said = say_spans(page, SECONDS)
    now = utcnow()
    for seconds, (age, ago, due) in zip(SECONDS, said, strict=True):
        moment = now - timedelta(seconds=seconds)
        assert age == times.age(moment, now)
        assert ago == times.ago(moment, now)
        words = times.due_words(moment, False, now, ZoneInfo("UTC"))
        assert words is not None
        assert not words.near or due == words.text


@pytest.mark.parametrize(("width", "least"), [(1280, 32), (390, 44)])
def test_targets_are_large_enough(enter: Callable[..., Page], mentions: list[int], width: int, least: int) -> None:
    page = enter("Ana", width=width)
    page.goto(f"/mentions/{mentions[0]}")
    small = page.evaluate(
        """(least) => [...document.querySelectorAll("button, .button, summary, .views a, input, select, textarea")]
            .filter((one) => !["checkbox", "hidden"].includes(one.type))
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
            .map((one) => one.outerHTML.slice(0, 120))""",
        least,
    )
    assert small == []
