"""A served board, and people at real browsers."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor import users
from monitor.clock import utcnow
from monitor.settings import Settings
from monitor.store import Store
from tests.browser.chromium import find_chromium, open_chromium
from tests.browser.serving import STREAMS, served
from tests.factories import make_user
from web import create_app

# Milliseconds; a machine that does other work at the same time may need many more seconds than this.
PATIENCE = 1_000 * float(os.environ.get("MENTIONDESK_TEST_PATIENCE", "8"))
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium here: install it or set MENTIONDESK_CHROMIUM")
    with open_chromium(path) as opened:
        yield opened


@pytest.fixture
def address(settings: Settings, store: Store) -> Iterator[str]:
    with served(create_app(settings, store, secret_key="a key for tests", streams=STREAMS)) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A new browser window on the served board; `width`, `theme` and whether scripts run may be said."""
    opened = []

    def visit(width: int = 1280, theme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context.new_page()

    yield visit
    for context in opened:
        context.close()


@pytest.fixture
def enter(visit: Callable[..., Page], store: Store) -> Callable[..., Page]:
    """A new window, signed in as a new user by a one-time link."""

    def enter(name: str, **window: object) -> Page:
        with store.write() as session:
            token = users.make_sign_in_link(session, make_user(session, name), utcnow())
        page = visit(**window)
        page.goto(f"/sign-in/{token}")
        page.get_by_role("button", name="Sign in").click()
        page.goto("/")
        return page

    return enter
