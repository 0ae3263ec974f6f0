"""Pictures of every page in many widths and two themes, to be looked at: `python -m tests.browser.screens OUT`."""

import argparse
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from functools import partial
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from monitor.clock import utcnow
from monitor.demo import BRAND, demo_settings
from monitor.digest.account import compute_digests
from monitor.digest.page import render_html
from monitor.digest.weeks import IsoWeek
from monitor.settings import Settings
from monitor.store import Store
from monitor.translating import speaking
from monitor.translations import OFFERED, language
from tests.browser.chromium import find_chromium, open_chromium
from tests.browser.serving import served
from tests.browser.showroom import FEEDS, fill, open_empty
from tests.browser.sights import SIGHTS, Sight, see_first_day
from web import create_app

SIZES = {
    "wide": (1280, 800),
    "phone": (390, 844),
    "desk": (1920, 1080),
    "small": (1100, 720),
    "smallest": (320, 640),
    "widest": (2560, 1440),
}
USUAL = ("wide", "phone", "desk", "small")
THEMES = ("light", "dark")
SHOWN = {"board-wide-light": "board.png", "mention-phone-dark": "phone.png"}  # in docs/screens, for the README


def main(wanted: Namespace) -> None:
    """Fill a desk, serve it, and photograph it; then an empty one."""
    wanted.out.mkdir(parents=True, exist_ok=True)
    path = find_chromium()
    if path is None:
        raise SystemExit("There is no Chromium here; install it or set MENTIONDESK_CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder, open_chromium(path) as browser:
        busy = demo_settings(Path(folder) / "busy", brand=({**BRAND, "feed": FEEDS},))
        empty = demo_settings(Path(folder) / "empty")
        sights = {name: see for name, see in SIGHTS.items() if name in ("sign-in", "queue", *wanted.only)}
        photograph(browser, busy, sights, wanted)
        if "empty" in wanted.only:
            photograph(browser, empty, {"empty": see_first_day}, wanted)


def photograph(browser: Browser, settings: Settings, sights: Mapping[str, Sight], wanted: Namespace) -> None:
    """Every sight of one desk, at each size and in each theme."""
    store = Store(settings.store_url)
    store.ensure()
    (open_empty if "empty" in sights else fill)(store, settings, utcnow())
    if "digest" in wanted.only and "empty" not in sights:
        sights = {**sights, "digest": partial(see_letter, html=render_digest(store, settings, wanted.language))}
    with served(create_app(settings, store, secret_key="pictures")) as address:
        for size, theme in product(wanted.sizes, wanted.themes):
            context = open_window(browser, address, size, theme, wanted.language)
            page = context.new_page()
            for name, see in sights.items():
                set_text_size(page, wanted.text)
                see(page)
                page.screenshot(path=wanted.out / f"{name}-{size}-{theme}.png", full_page=wanted.whole)
            context.close()
    store.close()


def open_window(browser: Browser, address: str, size: str, theme: str, language_code: str) -> BrowserContext:
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        base_url=address,
        locale=language_code,
    )


def set_text_size(page: Page, per_cent: int) -> None:
    """As in the settings of a browser, where somebody wants larger letters."""
    sizes = {"standard": 16 * per_cent // 100, "fixed": 13 * per_cent // 100}
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})


def see_letter(page: Page, html: str) -> None:
    """A mail, away from the desk's own rules of what a page may load."""
    page.goto("about:blank")
    page.set_content(html)


def render_digest(store: Store, settings: Settings, language_code: str) -> str:
    """The account of the week so far, as it is mailed."""
    now = utcnow()
    with store.read() as session, speaking(language(language_code)):
        return render_html(compute_digests(session, settings, IsoWeek.of(now.date()), now), settings)


def renew_readme(out: Path) -> None:
    """Put the README's pictures where it looks for them."""
    shown = Path(__file__).parents[2] / "docs" / "screens"
    shown.mkdir(parents=True, exist_ok=True)
    for taken, name in SHOWN.items():
        shutil.copyfile(out / f"{taken}.png", shown / name)


def read_arguments() -> Namespace:
    every = (*SIGHTS, "digest", "empty")
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of the pictures")
    parser.add_argument("--only", nargs="+", choices=every, default=every, metavar="SIGHT", help=", ".join(every))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=USUAL)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--language", choices=OFFERED, default="en")
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT", help="the reader's text size")
    parser.add_argument("--whole", action="store_true", help="the whole page, not only what fits the window")
    parser.add_argument("--readme", action="store_true", help="also replace the pictures that the README shows")
    return parser.parse_args()


if __name__ == "__main__":
    asked = read_arguments()
    main(asked)
    if asked.readme:
        renew_readme(asked.out)
