"""The desk as people use it, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from monitor import users
from monitor.activity import record
from monitor.clock import utcnow
from monitor.models import Mention, Reply
from monitor.queries.queue import PAGE_SIZE
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention, make_user

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


@pytest.fixture
def mention_id(store: Store) -> int:
    with store.write() as session:
        return make_mention(session, urgency="urgent", posted_at=utcnow() - timedelta(minutes=4)).id


def open_first(page: Page) -> None:
    page.locator("#rows .row a").first.click()
    expect(page.locator("article.mention")).to_be_visible()


def test_sign_in_claim_reply_resolve(visit: Callable[..., Page], store: Store, mention_id: int) -> None:
    with store.write() as session:
        users.set_password(make_user(session, "Ana"), "correct horse battery")
    page = visit()
    page.goto("/")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    open_first(page)
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("Claimed.")).to_be_visible()
    expect(page.locator(f"#row-{mention_id}")).to_contain_text("you")
    page.get_by_label("What you answered").fill("We refunded one of the two.")
    page.get_by_label("Address of the answer").fill("https://x.example/us/1")
    page.get_by_role("button", name="Log reply and resolve").click()
    expect(page.get_by_text("Reply logged; resolved.")).to_be_visible()
    expect(page.locator(f"#row-{mention_id}")).to_contain_text("resolved")
    assert page.url.endswith(f"/mentions/{mention_id}")
    with store.read() as session:
        assert session.get_one(Mention, mention_id).status == "resolved"
        assert session.query(Reply).one().url == "https://x.example/us/1"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_same_without_javascript(enter: Enter, store: Store, mention_id: int, width: int) -> None:
    page = enter("Ana", width=width, scripts=False)
    open_first(page)
    page.get_by_role("button", name="Claim").click()
    page.locator("textarea[name=reply]").fill("We refunded one of the two.")
    page.get_by_role("button", name="Log reply", exact=True).click()
    page.get_by_role("button", name="Resolve").first.click()
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
    with store.read() as session:
        assert session.get_one(Mention, mention_id).status == "resolved"


def test_two_claim_at_once_and_the_loser_is_told_who_won(enter: Enter, store: Store, mention_id: int) -> None:
    ana, ben = enter("Ana"), enter("Ben")
    ben.route("**/events*", lambda route: route.abort())  # so that he presses before his board is told
    ben.reload()
    for page in (ana, ben):
        open_first(page)
    ben.locator("textarea[name=note]").fill("half a thought")
    ana.get_by_role("button", name="Claim").click()
    expect(ana.get_by_text("Claimed.")).to_be_visible()
    ben.get_by_role("button", name="Claim").click()
    expect(ben.get_by_role("alert")).to_contain_text("Ana claimed this")
    expect(ben.locator("textarea[name=note]")).to_have_value("half a thought")
    expect(ben.locator(f"#row-{mention_id}")).to_contain_text("Ana")
    with store.read() as session:
        claimed = session.get_one(Mention, mention_id)
        assert claimed.assignee is not None
        assert claimed.assignee.name == "Ana"


SCRIPT = "<script>window.hit=1</script><img src=x onerror='window.hit=1'><a hx-get=/account hx-trigger=load>"


@pytest.mark.parametrize("width", [1280, 390])
def test_script_in_a_post_or_a_name_does_not_run(enter: Enter, store: Store, width: int) -> None:
    with store.write() as session:
        make_mention(session, SCRIPT, name=SCRIPT, handle="'\"><script>window.hit=1</script>")
    page = enter("Ana", width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    open_first(page)
    page.reload()
    assert SCRIPT in page.locator("article .words").inner_text()
    assert page.evaluate("window.hit") is None
    assert page.locator("article img, article .words a, article script").count() == 0
    assert not [url for url in asked if "/account" in url or url.endswith("/x")]


def test_nothing_is_asked_of_any_other_host(enter: Enter, mention_id: int, address: str) -> None:
    page = enter("Ana")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    open_first(page)
    page.goto("/feeds")
    assert complaints == []
    assert asked
    assert all(url.startswith((address, "data:")) for url in asked)


def test_new_mentions_wait_behind_a_line_until_asked_for(enter: Enter, store: Store, mention_id: int) -> None:
    page = enter("Ana")
    with store.write() as session:
        for _ in range(2):
            record(session, Happened.COLLECTED, utcnow(), mention_id=make_mention(session, urgency="urgent").id)
    expect(page.get_by_role("link", name="2 new")).to_be_visible(timeout=8_000)
    assert page.locator("#rows .row").count() == 1
    page.get_by_role("link", name="2 new").click()
    expect(page.locator("#rows .row")).to_have_count(3)
    expect(page.locator(".views a").first).to_contain_text("3")


def test_show_more_adds_the_next_page_below(enter: Enter, store: Store) -> None:
    with store.write() as session:
        for _ in range(60):
            make_mention(session)
    page = enter("Ana")
    expect(page.locator("#rows .row")).to_have_count(PAGE_SIZE)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#rows .row")).to_have_count(60)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


def test_taking_over_from_the_menu(enter: Enter, mention_id: int) -> None:
    ana, ben = enter("Ana"), enter("Ben")
    open_first(ana)
    ana.get_by_role("button", name="Claim").click()
    expect(ana.get_by_text("Yours", exact=True)).to_be_visible()
    open_first(ben)
    ben.locator("summary", has_text="Take over").click()
    ben.get_by_role("textbox", name="Why? Ana").fill("Ana is off today")
    ben.get_by_role("button", name="Take over").click()
    expect(ben.get_by_text("Ben took this over from Ana: “Ana is off today”.")).to_be_visible()
    expect(ben.get_by_text("Yours", exact=True)).to_be_visible()


def test_the_keyboard_alone_is_enough(enter: Enter, store: Store, mention_id: int) -> None:
    page = enter("Ana")
    keys = page.keyboard
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("article.mention")).to_be_visible()
    keys.press("c")
    expect(page.get_by_text("Claimed.")).to_be_visible()
    keys.press("r")
    keys.type("cecile is on it")
    expect(page.locator("textarea[name=reply]")).to_have_value("cecile is on it")
    keys.press("Tab")
    page.locator("#queue-title").click()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    keys.press("e")
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()


def test_a_draft_outlives_the_page_until_it_is_sent(enter: Enter, mention_id: int) -> None:
    page = enter("Ana")
    open_first(page)
    page.get_by_role("button", name="Claim").click()
    page.get_by_label("What you answered").fill("Half an hour of words")
    page.goto("/")
    open_first(page)
    expect(page.get_by_label("What you answered")).to_have_value("Half an hour of words")
    page.get_by_role("button", name="Log reply", exact=True).click()
    expect(page.get_by_text("Reply logged.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What you answered")).to_have_value("")


def test_what_was_done_can_be_undone(enter: Enter, store: Store, mention_id: int) -> None:
    page = enter("Ana")
    open_first(page)
    page.get_by_role("button", name="Resolve").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back; it is as it was.")).to_be_visible()
    with store.read() as session:
        assert session.get_one(Mention, mention_id).status == "open"


def test_on_a_phone_the_mention_takes_the_screen_and_gives_it_back(enter: Enter, mention_id: int) -> None:
    page = enter("Ana", width=390)
    open_first(page)
    expect(page.locator("#queue")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Queue", exact=True).click()
    expect(page.locator("#queue")).to_be_visible()
    page.go_back()
    expect(page.locator("article.mention")).to_be_visible()


def test_the_theme_is_kept_and_never_flashes(enter: Enter, mention_id: int) -> None:
    page = enter("Ana", theme="light")
    page.get_by_role("button", name="Light or dark").click()
    page.goto("/feeds", wait_until="commit")
    page.wait_for_function("document.body")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
