"""What the pictures show, and how a person at a browser comes to see it."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page

from tests.browser.showroom import PASSWORD

Sight = Callable[[Page], object]


def see_sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("[name=name]").fill("Ana")
    page.locator("[name=password]").fill(PASSWORD)


def see_queue(page: Page) -> None:
    if page.url.endswith("/sign-in"):
        page.locator("form button").click()
    page.goto("/")


def see_first_day(page: Page) -> None:
    see_sign_in(page)
    see_queue(page)


def open_row(page: Page, address: str, number: int = 0) -> None:
    """The mention of one row of a queue."""
    page.goto(address)
    page.locator(".row a").nth(number).click()
    page.locator("article.mention").wait_for()


def see_why(page: Page) -> None:
    open_row(page, "/?assignee=none", 1)
    page.locator(".asides > .why > summary").first.click()


def see_claimed(page: Page) -> None:
    open_row(page, "/?q=amal_h")
    claim = page.locator("button[data-key=c]")
    if claim.count():
        claim.click()
        page.locator("article textarea[name=reply]").wait_for()
    page.locator("article .labels").first.evaluate("form => { form.closest('details').open = true; }")


def see_preview(page: Page) -> None:
    see_claimed(page)
    words = "We are sorry. Your seats to Oslo are held: please go to desk 14. https://aurora.example/oslo"
    page.locator("textarea[name=reply]").fill(words)
    page.locator("article .preview > summary, article details:has(#reply-preview) > summary").last.click()
    page.locator("#reply-preview .turns").wait_for()
    page.locator("#reply-preview").scroll_into_view_if_needed()


def see_menu(page: Page) -> None:
    open_row(page, "/?assignee=me")
    page.locator("#actions > .menu > summary").last.click()


def see_filter(page: Page) -> None:
    page.goto("/?urgency=high&q=auroraair")
    page.locator(".filters summary").click()


def see_thread(page: Page) -> None:
    page.goto("/?assignee=me")
    page.locator(".row a").last.click()
    page.locator("article .ours").first.wait_for()


def see_author(page: Page) -> None:
    open_row(page, "/?q=dana&status=all")
    page.locator("a[href*='/authors/']").first.click()
    page.locator(".dealing").first.wait_for()


def see_personal(page: Page) -> None:
    see_author(page)
    page.locator("a[href$='/data']").click()
    page.locator("input[name=sure]").wait_for()


def see_incident(page: Page) -> None:
    page.goto("/incidents")
    page.locator("main a[href*='/incidents/']").first.click()
    page.locator(".members").first.wait_for()


def see_many(page: Page) -> None:
    page.goto("/?assignee=none")
    for row in range(3):
        page.locator(".row input[type=checkbox]").nth(row).check()


def see_palette(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()


def see_keys(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


PLAIN = (
    "account",
    "feeds",
    "accuracy",
    "promises",
    "saved-replies",
    "saved-replies/new",
    "approvals",
    "incidents",
    "handover",
    "escalations",
    "guidance",
    "abusive-lane",
    "team",
    "nowhere",
)
"""Pages that are seen by going there."""

SIGHTS: dict[str, Sight] = {
    "sign-in": see_sign_in,
    "queue": see_queue,
    "board": partial(open_row, address="/", number=2),
    "mention": partial(open_row, address="/?assignee=me"),
    "why": see_why,
    "strain": partial(open_row, address="/?q=longname&assignee=none"),
    "abusive": partial(open_row, address="/?abuse=1"),
    "search": partial(Page.goto, url="/?q=booking&status=all"),
    "menu": see_menu,
    "filter": see_filter,
    "thread": see_thread,
    "author": see_author,
    "personal": see_personal,
    "incident": see_incident,
    "many": see_many,
    "palette": see_palette,
    "keys": see_keys,
    **{name.replace("/", "-"): partial(Page.goto, url=f"/{name}") for name in PLAIN},
    "claimed": see_claimed,
    "preview": see_preview,
}
"""By name, in this order: the first signs in, and what changes the desk comes last."""
