"""A lead at a real browser: an author's personal data is taken and erased, and a colleague is let go."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Mention, User
from monitor.store import Store
from monitor.words import Role
from tests.browser.test_access import complaints
from tests.factories import make_mention
from tests.monitor.privacy.planting import HANDLE, SECRET, find_traces, plant

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


def promote(store: Store, name: str) -> int:
    """Make a lead of them; their id."""
    with store.write() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        user.role = Role.LEAD
        return user.id


@pytest.fixture
def author_id(store: Store) -> int:
    with store.write() as session:
        mention, _ = plant(session, utcnow())
        return mention.author_id or 0


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lead_takes_the_file_about_somebody_and_erases_them(
    enter: Enter, store: Store, author_id: int, tmp_path: Path, width: int
) -> None:
    page = enter("Lea", width=width)
    promote(store, "Lea")
    page.goto(f"/authors/{author_id}")
    page.get_by_role("link", name="Personal data").click()
    expect(page.get_by_text("Mentions: 1")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download everything").click()
    taken.value.save_as(tmp_path / "file.json")
    file = json.loads((tmp_path / "file.json").read_text())
    assert file["person"]["handles"] == [HANDLE]
    assert SECRET in str(file["held"]["mention"])
    page.get_by_role("button", name="Erase").click()  # the browser asks for the box to be ticked
    assert find_traces(store)
    page.get_by_label("Erase it for good").check()
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("Erased, with 1 mention.")).to_be_visible()
    assert find_traces(store) == set()
    page.goto(f"/authors/{author_id}")
    expect(page.get_by_role("alert")).to_be_visible()


def test_who_is_let_go_is_out_at_once_and_a_colleague_goes_on(enter: Enter, store: Store) -> None:
    lea, ben = enter("Lea"), enter("Ben")
    lea_id = promote(store, "Lea")
    with store.write() as session:
        mention_id = make_mention(session).id
        desk.claim(session, mention_id, session.scalars(select(User).where(User.name == "Ben")).one(), utcnow())
    lea.goto("/")
    lea.get_by_role("link", name="Team", exact=True).click()
    row = lea.locator(".shares li", has_text="Ben")
    expect(row).to_contain_text("holds 1 mention")
    row.get_by_text("Let go").click()
    row.get_by_label("What they hold and promised goes to").select_option(str(lea_id))
    row.get_by_label("Nobody can undo it.").check()
    row.get_by_role("button", name="Let Ben go").click()
    expect(lea.get_by_role("status").filter(has_text="Ben has left. 1 mention goes on without them.")).to_be_visible()
    expect(lea.locator(".shares li")).to_have_count(1)
    ben.reload()
    expect(ben).to_have_url(re.compile("/sign-in"))
    with store.read() as session:
        held = session.get_one(Mention, mention_id).assignee
        assert held
        assert held.name == "Lea"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_the_pages_of_people(
    enter: Enter, store: Store, author_id: int, theme: str, width: int
) -> None:
    page = enter("Lea", theme=theme, width=width)
    promote(store, "Lea")
    enter("Ben")
    for address in (f"/authors/{author_id}/data", "/team"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
