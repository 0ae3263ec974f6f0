"""Pictures of the pages at four widths in two themes, to be looked at: `python -m tests.browser.screens OUT`.

With `--readme`, the pictures that the README shows are replaced as well.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page

from monitor.clock import utcnow
from monitor.demo import BRAND, demo_settings
from monitor.settings import Settings
from monitor.store import Store
from tests.browser.chromium import find_chromium, open_chromium
from tests.browser.serving import served
from tests.browser.showroom import FEEDS, PASSWORD, fill, open_empty
from web import create_app

SIZES = {"wide": (1280, 800), "phone": (390, 844), "desk": (1920, 1080), "small": (1100, 720)}
THEMES = ("light", "dark")
SHOWN = {"board-wide-light": "board.png", "mention-phone-dark": "phone.png"}  # in docs/screens, for the README


def main(out: Path) -> None:
    """Fill a desk, serve it, and photograph it; then an empty one."""
    out.mkdir(parents=True, exist_ok=True)
    path = find_chromium()
    if path is None:
        raise SystemExit("There is no Chromium here; install it or set MENTIONDESK_CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder, open_chromium(path) as browser:
        busy = demo_settings(Path(folder) / "busy", brand=({**BRAND, "feed": FEEDS},))
        empty = demo_settings(Path(folder) / "empty")
        photograph(browser, busy, out, tuple(name for name in STEPS if name != "empty"))
        photograph(browser, empty, out, ("empty",), filled=False)


def photograph(browser: Browser, settings: Settings, out: Path, wanted: tuple[str, ...], filled: bool = True) -> None:
    """Every wanted page of one desk, at each size and in each theme."""
    store = Store(settings.store_url)
    store.ensure()
    (fill if filled else open_empty)(store, settings, utcnow())
    with served(create_app(settings, store, secret_key="pictures")) as address:
        for size, theme in product(SIZES, THEMES):
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, base_url=address
            )
            page = context.new_page()
            for name in wanted:
                STEPS[name](page)
                page.screenshot(path=out / f"{name}-{size}-{theme}.png")
            context.close()
    store.close()


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Password").fill(PASSWORD)


def see_queue(page: Page) -> None:
    if page.url.endswith("/sign-in"):
        page.get_by_role("button", name="Sign in").click()
    page.goto("/")


def see_board(page: Page) -> None:
    page.goto("/")
    page.locator(".row a").nth(2).click()
    page.locator("article.mention").wait_for()


def see_mine(page: Page) -> None:
    page.goto("/?assignee=me")
    page.locator(".row a").first.click()
    page.locator("article.mention").wait_for()


def see_why(page: Page) -> None:
    page.goto("/?assignee=none")
    page.locator(".row a").nth(1).click()
    page.get_by_text("Why?", exact=True).click()


def see_strain(page: Page) -> None:
    page.goto("/?q=longname&assignee=none")
    page.locator(".row a").first.click()
    page.locator("article.mention").wait_for()


def see_claimed(page: Page) -> None:
    page.goto("/?q=amal_h")
    page.locator(".row a").first.click()
    page.get_by_text("Correct it").click()
    if "Claim it to reply" in page.locator("article").inner_text():
        page.get_by_role("button", name="Claim").click()
        page.get_by_text("Claimed.").wait_for()


def see_abusive(page: Page) -> None:
    page.goto("/?abuse=1")
    page.locator(".row a").first.click()
    page.locator("article.mention").wait_for()


def see_menu(page: Page) -> None:
    see_mine(page)
    page.get_by_title("More actions").click()


def see_filter(page: Page) -> None:
    page.goto("/?urgency=high&q=auroraair")
    page.get_by_title("Filters").click()


def see_thread(page: Page) -> None:
    page.goto("/?assignee=me")
    page.locator(".row a").last.click()
    page.locator("article .ours").wait_for()


def see_author(page: Page) -> None:
    page.goto("/?q=dana&status=all")
    page.locator(".row a").first.click()
    page.locator("a[href*='/authors/']").first.click()
    page.locator(".dealing").first.wait_for()


def see_many(page: Page) -> None:
    page.goto("/?assignee=none")
    for row in range(3):
        page.locator(".row input[type=checkbox]").nth(row).check()


def see_palette(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()


PLAIN = (
    "account",
    "feeds",
    "accuracy",
    "promises",
    "saved-replies",
    "approvals",
    "incidents",
    "handover",
    "escalations",
    "guidance",
    "abusive-lane",
)
"""Pages that are seen by going there."""

STEPS: dict[str, Callable[[Page], object]] = {
    "sign-in": sign_in,
    "queue": see_queue,
    "board": see_board,
    "mention": see_mine,
    "why": see_why,
    "strain": see_strain,
    "claimed": see_claimed,
    "abusive": see_abusive,
    "menu": see_menu,
    "filter": see_filter,
    "thread": see_thread,
    "author": see_author,
    "many": see_many,
    "palette": see_palette,
    **{name: partial(Page.goto, url=f"/{name}") for name in PLAIN},
    "empty": lambda page: (sign_in(page), see_queue(page)),
}


def renew_readme(out: Path) -> None:
    """Put the README's pictures where it looks for them."""
    shown = Path(__file__).parents[2] / "docs" / "screens"
    shown.mkdir(parents=True, exist_ok=True)
    for taken, name in SHOWN.items():
        shutil.copyfile(out / f"{taken}.png", shown / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    if "--readme" in sys.argv[2:]:
        renew_readme(Path(sys.argv[1]))
