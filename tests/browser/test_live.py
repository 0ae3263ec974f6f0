"""Boards that are open at the same time: told at once, exact, and never moving what somebody reads."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from monitor.activity import record
from monitor.clock import utcnow
from monitor.models import Mention, Reply
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


def arrive(store: Store, **fields: object) -> int:
    with store.write() as session:
        mention = make_mention(session, **{"urgency": "urgent", "posted_at": utcnow(), **fields})  # type: ignore[arg-type]
        record(session, Happened.COLLECTED, utcnow(), mention_id=mention.id)
        return mention.id


@pytest.fixture
def mention_id(store: Store) -> int:
    return arrive(store, posted_at=utcnow() - timedelta(minutes=4))


def open_first(page: Page) -> None:
    page.locator("#rows .row a").first.click()
    expect(page.locator("article.mention")).to_be_visible()


def claim(page: Page) -> None:
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("Yours", exact=True)).to_be_visible()


def cut(context: BrowserContext) -> None:
    """The line is down: nothing reaches the desk any more."""
    context.set_offline(True)


def test_a_claim_shows_on_every_board_in_its_place(enter: Enter, store: Store, mention_id: int) -> None:
    arrive(store, urgency="low")
    ana, ben = enter("Ana"), enter("Ben")
    row = ben.locator(f"#row-{mention_id}")
    expect(row).to_contain_text("unclaimed")
    before = row.bounding_box()
    ben.locator("#rows .row a").last.focus()
    open_first(ana)
    expect(row).to_contain_text("Ana is reading")
    claim(ana)
    expect(row).to_contain_text("Ana")
    expect(row).not_to_contain_text("unclaimed")
    expect(ben.locator("[data-count=unclaimed]")).to_have_text("1")
    assert row.bounding_box() == before
    assert ben.evaluate("document.activeElement.closest('li')?.id") == ben.locator("#rows .row").last.get_attribute(
        "id"
    )


def test_who_writes_is_seen_by_who_reads(enter: Enter, mention_id: int) -> None:
    ana, ben = enter("Ana"), enter("Ben")
    open_first(ana)
    claim(ana)
    open_first(ben)
    ana.get_by_label("What you answered").fill("Hi Dana")
    expect(ben.locator("#present")).to_have_text("Ana is writing")
    expect(ana.locator("#present")).to_have_text("Ben is reading")
    ben.goto("/feeds")
    expect(ana.locator("#present")).to_be_hidden()


def test_a_take_over_is_told_at_once_and_the_words_are_kept(enter: Enter, mention_id: int) -> None:
    ana, ben = enter("Ana"), enter("Ben")
    open_first(ana)
    claim(ana)
    ana.get_by_label("What you answered").fill("Half an hour of words")
    open_first(ben)
    ben.locator("summary", has_text="Take over").click()
    ben.get_by_label("Why? Ana").fill("Ana is off today")
    ben.get_by_role("button", name="Take over").click()
    said = "Ben took this over from Ana: “Ana is off today”."
    expect(ana.locator("#memos")).to_contain_text(said)
    expect(ana.locator("#meanwhile")).to_contain_text(said)
    expect(ana.get_by_label("What you answered")).to_have_value("Half an hour of words")
    ana.get_by_role("button", name="Log reply", exact=True).click()
    expect(ana.get_by_role("alert")).to_contain_text("Ben holds this mention")
    expect(ana.get_by_label("What you answered")).to_have_value("Half an hour of words")
    ana.get_by_role("button", name="Put away").click()
    expect(ana.locator(".memo")).to_have_count(0)


def test_a_board_that_was_offline_says_so_and_catches_up(enter: Enter, store: Store, mention_id: int) -> None:
    ana, ben = enter("Ana"), enter("Ben")
    expect(ben.locator(f"#row-{mention_id}")).to_contain_text("unclaimed")
    ben.evaluate("window.stayed = true")
    cut(ben.context)
    ben.evaluate("window.dispatchEvent(new Event('pagehide')); document.dispatchEvent(new Event('visibilitychange'))")
    expect(ben.locator("#offline")).to_be_visible()
    open_first(ana)
    claim(ana)
    arrive(store)
    ben.context.set_offline(False)
    expect(ben.get_by_role("link", name="1 new")).to_be_visible()
    expect(ben.locator(f"#row-{mention_id}")).to_contain_text("Ana")
    expect(ben.locator("#offline")).to_be_hidden()
    assert ben.evaluate("window.stayed")


def test_without_a_stream_the_board_asks_every_few_seconds(enter: Enter, store: Store, mention_id: int) -> None:
    def refuse_streams(route: Route) -> None:
        if "poll=1" in route.request.url:
            route.continue_()
        else:
            route.fulfill(status=204)

    page = enter("Ana")
    page.route("**/events?*", refuse_streams)
    page.reload()
    arrive(store)
    expect(page.get_by_role("link", name="1 new")).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()


def test_what_a_web_server_says_in_the_desks_place_replaces_nothing(
    enter: Enter, mention_id: int, address: str
) -> None:
    page = enter("Ana")
    open_first(page)
    page.get_by_label("A note for colleagues").fill("she is called Lena")
    page.route("**/notes", lambda route: route.fulfill(status=502, body="<html><h1>502 Bad Gateway</h1></html>"))
    page.get_by_role("button", name="Keep note").click()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.get_by_text("Bad Gateway")).to_have_count(0)
    expect(page.get_by_label("A note for colleagues")).to_have_value("she is called Lena")
    page.unroute("**/notes")
    page.get_by_role("button", name="Keep note").click()
    expect(page.locator("article.mention")).to_contain_text("she is called Lena")


def test_a_crash_loses_no_words(enter: Enter, visit: Callable[..., Page], store: Store, mention_id: int) -> None:
    page = enter("Ana")
    open_first(page)
    claim(page)
    page.get_by_label("What you answered").fill("Half an hour of words")
    expect(page.locator(".reply .draft-state")).to_have_text("Draft saved")
    page.get_by_label("What you answered").fill("Half an hour of words, and the last second")
    crashed = page.context.new_page()
    page.close(run_before_unload=False)
    crashed.goto(f"/mentions/{mention_id}")
    expect(crashed.get_by_label("What you answered")).to_have_value("Half an hour of words, and the last second")


def test_the_draft_is_there_in_another_browser(enter: Enter, browser: object, store: Store, mention_id: int) -> None:
    page = enter("Ana")
    open_first(page)
    claim(page)
    page.get_by_label("What you answered").fill("Half an hour of words")
    expect(page.locator(".reply .draft-state")).to_have_text("Draft saved")
    kept = page.context.cookies()
    other = page.context.browser.new_context()  # type: ignore[union-attr]
    other.add_cookies(kept)  # type: ignore[arg-type]
    elsewhere = other.new_page()
    elsewhere.goto(page.url)
    expect(elsewhere.get_by_label("What you answered")).to_have_value("Half an hour of words")
    other.close()


def test_five_press_next_and_nobody_gets_the_same(enter: Enter, store: Store) -> None:
    for _ in range(5):
        arrive(store)
    pages = [enter(name) for name in ("Ana", "Ben", "Cy", "Dee", "Eli")]
    for page in pages:
        page.evaluate("document.querySelector('[data-key=n]').click()")
    given = []
    for page in pages:
        expect(page.get_by_text("Yours", exact=True)).to_be_visible()
        given.append(page.locator("[data-mention]").get_attribute("data-mention"))
    assert len(set(given)) == 5
    with store.read() as session:
        assert session.query(Mention).filter(Mention.assignee_id.is_(None)).count() == 0


def test_a_reply_sent_twice_without_javascript_is_logged_once(enter: Enter, store: Store, mention_id: int) -> None:
    page = enter("Ana", scripts=False)
    open_first(page)
    page.get_by_role("button", name="Claim").click()
    page.locator("textarea[name=reply]").fill("We refunded one of the two.")
    page.get_by_role("button", name="Log reply", exact=True).dblclick()
    expect(page.get_by_text("Reply logged.")).to_be_visible()
    expect(page.locator(".turn", has_text="We refunded one of the two.")).to_have_count(1)
    with store.read() as session:
        assert session.query(Reply).count() == 1
