"""Many mentions at once, the list of commands, and correcting, as people do it in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Mention
from monitor.store import Store
from tests.factories import make_mention, make_user

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


@pytest.fixture
def ids(store: Store) -> list[int]:
    """Five, in the order of the queue."""
    with store.write() as session:
        now = utcnow()
        return [
            make_mention(session, f"words {n}", name=f"Dana {n}", posted_at=now - timedelta(hours=9 - n)).id
            for n in range(5)
        ]


def stand(store: Store, name: str) -> list[object]:
    with store.read() as session:
        return list(session.scalars(select(getattr(Mention, name)).order_by(Mention.id)))


def complaints(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_selecting_claiming_and_taking_back_by_keyboard(enter: Enter, store: Store, ids: list[int]) -> None:
    page = enter("Ana")
    keys = page.keyboard
    for key in ("j", "x", "Shift+J"):
        keys.press(key)
    expect(page.locator(".bar output")).to_have_text("2 selected")
    keys.press("c")
    expect(page.locator("#deed")).to_contain_text("2 mentions claimed.")
    expect(page.locator(f"#row-{ids[0]}")).to_contain_text("you")
    expect(page.locator(".bar")).to_be_hidden()
    assert [one is not None for one in stand(store, "assignee_id")] == [True, True, False, False, False]
    page.reload()
    expect(page.locator("#deed")).to_contain_text("2 mentions claimed.")
    keys.press("z")
    expect(page.locator("#deed")).to_contain_text("Taken back: 2 mentions are as they were.")
    assert stand(store, "assignee_id") == [None] * 5
    keys.press("Shift+X")
    expect(page.locator(".bar output")).to_have_text("5 selected")
    keys.press("Escape")
    expect(page.locator(".bar")).to_be_hidden()


def test_a_range_by_mouse_and_what_a_colleague_was_quicker_at(enter: Enter, store: Store, ids: list[int]) -> None:
    page = enter("Ana")
    page.route("**/events*", lambda route: route.abort())
    page.reload()
    page.get_by_label("Select Dana 0").click()
    page.get_by_label("Select Dana 2").click(modifiers=["Shift"])
    expect(page.locator(".bar output")).to_have_text("3 selected")
    with store.write() as session:
        desk.claim(session, ids[1], make_user(session, "Ben"), utcnow())
    page.locator(".bar").get_by_role("button", name="Resolve", exact=True).click()
    deed = page.locator("#deed")
    expect(deed).to_contain_text("2 mentions resolved.")
    expect(deed).to_contain_text("Ben holds this mention; take it over to resolve it.")
    expect(deed.get_by_role("link", name="Dana 1")).to_be_visible()
    expect(page.locator(".bar output")).to_have_text("1 selected")
    assert stand(store, "status") == ["resolved", "open", "resolved", "open", "open"]


def test_one_key_corrects_in_the_list_and_on_the_mention(enter: Enter, store: Store, ids: list[int]) -> None:
    page = enter("Ana")
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator(f"#row-{ids[0]}")).to_contain_text("urgent")
    page.locator(f"#row-{ids[1]} > a").click()
    expect(page.locator("article.mention")).to_be_visible()
    page.locator("#author").focus()
    page.keyboard.press("d")
    expect(page.locator(".palette li", has_text="praise")).to_be_visible()
    page.keyboard.type("1")
    expect(page.locator("article .judged")).to_contain_text("praise")
    assert stand(store, "urgency")[0] == "urgent"
    assert stand(store, "need")[:2] == ["billing", "praise"]


def test_the_list_of_commands_does_finds_and_gives_the_focus_back(enter: Enter, store: Store, ids: list[int]) -> None:
    with store.write() as session:
        make_mention(session, "the wifi is down", status="resolved")
    page = enter("Ana")
    row = page.locator(f"#row-{ids[0]} > a")
    row.click()
    expect(page.locator("article.mention")).to_be_visible()
    row.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Command, view or words")
    expect(field).to_be_focused()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("resol")
    expect(page.locator(".palette li").first).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_contain_text("resolve")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("wifi")
    page.get_by_role("option", name="Dana R.: the wifi is down").click()
    expect(page.locator("article.mention")).to_contain_text("the wifi is down")
    page.keyboard.press("v")
    page.keyboard.type("snoo")
    page.keyboard.press("Enter")
    expect(page.locator("#queue-title")).to_have_text("Snoozed")


def test_whoever_types_fast_types_into_the_list(enter: Enter, ids: list[int]) -> None:
    page = enter("Ana")
    page.route("**/palette*.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    for key in ("v", *"snoo", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#queue-title")).to_have_text("Snoozed")


def test_menus_of_the_bar_by_keyboard(enter: Enter, store: Store, ids: list[int]) -> None:
    page = enter("Ana")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="for 1 hour")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#deed")).to_contain_text("1 mention snoozed.")
    page.keyboard.press("j")
    page.keyboard.press("m")
    page.locator("[name=mute_reason]").fill("jokes")
    page.keyboard.press("Enter")  # chooses nothing by itself
    page.get_by_role("button", name="Mute the authors").click()
    expect(page.locator("#deed")).to_contain_text("1 author muted.")
    expect(page.locator("#rows .row")).to_have_count(3)
    assert stand(store, "assignee_id") == [None] * 5


@pytest.mark.parametrize("width", [1280, 320])
def test_the_same_without_javascript(enter: Enter, store: Store, ids: list[int], width: int) -> None:
    page = enter("Ana", width=width, scripts=False)
    page.get_by_label("Select Dana 0").check()
    page.get_by_label("Select Dana 1").check()
    page.get_by_role("button", name="With the selected…").click()
    expect(page.get_by_role("heading", name="What is to be done with 2 mentions?")).to_be_visible()
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("2 mentions resolved.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: 2 mentions are as they were.")).to_be_visible()
    assert stand(store, "status") == ["open"] * 5


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 2560)])
def test_axe_finds_nothing_and_nothing_runs_over(
    enter: Enter, store: Store, ids: list[int], theme: str, width: int
) -> None:
    page = enter("Ana", theme=theme, width=width)
    with store.write() as session:
        desk.claim(session, ids[0], make_user(session, "Ben"), utcnow())
    page.get_by_label("Select Dana 0").check()
    page.get_by_label("Select Dana 1").check()
    page.locator(".bar").get_by_role("button", name="Claim", exact=True).click()
    expect(page.locator("#deed")).to_contain_text("Ben claimed this")
    page.locator(".bar summary", has_text="Label").click()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = """() => [...document.querySelectorAll(".bar *, #deed *")].filter((one) => one.checkVisibility())
        .filter((one) => one.getBoundingClientRect().left < -1 || one.getBoundingClientRect().right > innerWidth + 1)
        .filter((one) => !one.closest(".unseen")).map((one) => one.outerHTML.slice(0, 90))"""
    assert page.evaluate(outside) == []
    page.keyboard.press("Escape")
    page.evaluate("document.getElementById('keys').showModal()")
    assert complaints(page) == []


def test_text_twice_as_large_stays_within_the_page(enter: Enter, store: Store, ids: list[int]) -> None:
    page = enter("Ana", width=1280)
    page.evaluate("document.documentElement.style.fontSize = '30px'")
    page.get_by_label("Select Dana 0").check()
    expect(page.locator(".bar output")).to_have_text("1 selected")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    clipped = """() => [...document.querySelectorAll(".bar button, .bar summary, .views a")]
        .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.outerHTML.slice(0, 90))"""
    assert page.evaluate(clipped) == []


def test_who_wants_less_motion_sees_none(enter: Enter, ids: list[int]) -> None:
    page = enter("Ana")
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator("#deed")).to_contain_text("1 mention corrected.")
    assert page.evaluate("document.getAnimations().length") == 0


def test_arabic_and_emoji_stand_as_they_are_written(enter: Enter, store: Store) -> None:
    arabic, emoji = "@auroraair رحلتي من لندن أُلغيت 🙏", "✈️ 👩‍👩‍👧‍👦 late again 🇳🇴"
    with store.write() as session:
        first = make_mention(session, arabic, name="أمل الحداد", urgency="urgent").id
        make_mention(session, emoji, name="Zoë 💫", urgency="high")
    page = enter("Ana")
    words = page.locator("#rows .words")
    expect(words.first).to_have_css("direction", "rtl")
    expect(words.nth(1)).to_have_css("direction", "ltr")
    expect(words.nth(1)).to_have_text(emoji)
    page.locator(f"#row-{first} > a").click()
    expect(page.locator("article .words")).to_have_css("direction", "rtl")
    page.get_by_label("Select أمل الحداد").check()
    page.keyboard.press("3")
    expect(page.locator("#deed")).to_contain_text("1 mention corrected.")
