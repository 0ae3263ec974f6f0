"""The hard ones at a real browser: what to do first, an escalation from one person to another, the abusive lane."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from monitor.abusive import seconds
from monitor.clock import utcnow
from monitor.escalation.commands import escalate
from monitor.models import User
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention

pytestmark = pytest.mark.browser


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a helpline, and a group after which the leads come."""
    given = Settings(group=[{"name": "legal", "members": ["Lou"]}], helplines={"UK": "Samaritans, 116 123"})
    return settings.model_copy(update={"groups": given.groups, "helplines": given.helplines})


@pytest.fixture
def hard(store: Store) -> dict[str, int]:
    """One that speaks of self-harm, one that attacks people, one that names a lawyer."""
    posted = utcnow() - timedelta(minutes=5)
    with store.write() as session:
        return {
            "first": make_mention(session, "nobody answers, I want to kill myself", posted_at=posted).id,
            "vile": make_mention(session, "you vile worm, where is my bag", abuse=True, posted_at=posted).id,
            "lawyer": make_mention(session, "my solicitor will write to you", posted_at=posted).id,
        }


def test_an_escalation_goes_from_one_person_to_another(enter: Callable[..., Page], hard: dict[str, int]) -> None:
    ana, lou = enter("Ana"), enter("Lou")
    ana.goto(f"/mentions/{hard['lawyer']}")
    ana.get_by_title("More actions").click()
    ana.get_by_label("Escalate to").select_option("legal")
    ana.get_by_label("Why? They will read it").fill("They name a date")
    ana.get_by_role("button", name="Escalate", exact=True).click()
    expect(ana.locator(".notice")).to_contain_text("Escalated.")
    expect(ana.locator(f"#row-{hard['lawyer']} .before-whom")).to_have_text("escalated to legal")
    expect(lou.locator("#memos")).to_contain_text("Ana escalated this to legal: “They name a date”.")  # at once
    lou.goto("/escalations")
    lou.get_by_role("button", name="I take this on").click()
    expect(lou.locator(".notice")).to_contain_text("It is yours to decide")
    expect(ana.locator("#memos")).to_contain_text("Lou took the escalation on.")
    lou.get_by_text("Settle", exact=True).click()
    lou.get_by_label("What was decided? They will read it").fill("We refund")
    lou.get_by_role("button", name="Settle it").click()
    expect(lou.get_by_text("Nothing is escalated.")).to_be_visible()
    expect(ana.locator("#memos")).to_contain_text("Lou settled the escalation: “We refund”.")


def test_what_to_do_first_is_above_everything_and_the_words_unfold_by_key(
    enter: Callable[..., Page], hard: dict[str, int]
) -> None:
    page = enter("Ana")
    page.goto(f"/mentions/{hard['first']}")
    first, head = page.locator(".first").bounding_box(), page.locator(".mention-head").bounding_box()
    assert first
    assert head
    assert first["y"] + first["height"] <= head["y"]
    expect(page.locator(".first")).to_contain_text("Samaritans, 116 123")
    page.goto("/?abuse=1")
    words = page.get_by_text("you vile worm")
    expect(words).to_be_hidden()
    heights = page.evaluate("[...document.querySelectorAll('.row > a')].map((row) => row.offsetHeight)")
    assert len(set(heights)) == 1
    page.get_by_text("Show the words").focus()
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    expect(page.locator("article.mention")).to_have_count(0)  # it unfolds, and opens nothing


def test_without_scripts_one_ends_it_honestly(enter: Callable[..., Page], hard: dict[str, int]) -> None:
    page = enter("Ana", scripts=False)
    page.goto(f"/mentions/{hard['vile']}")
    page.locator("summary", has_text="We will not answer").click()
    page.get_by_label("Why", exact=True).fill("threats, no request")
    page.get_by_role("button", name="Resolve without an answer").click()
    expect(page.locator(".outcome")).to_contain_text("We will not answer: threats, no request")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_to_complain_of(
    enter: Callable[..., Page], settings: Settings, store: Store, hard: dict[str, int], theme: str, width: int
) -> None:
    page = enter("Ana", theme=theme, width=width)
    enter("Ben")
    with store.write() as session:
        ana, ben = session.query(User).order_by(User.id).all()
        ana.role = "lead"
        escalate(session, hard["lawyer"], ben, "legal", "They name a date", settings, utcnow())
        seconds.ask(session, hard["vile"], ben, None, "", utcnow())
    pages = ["/escalations", "/abusive-lane", "/guidance", "/guidance/press", "/?abuse=1"]
    found = {}
    for address in [*pages, *(f"/mentions/{one}" for one in hard.values())]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        said = Axe().run(page).response["violations"]
        found[address] = [f"{one['id']}: {node['html'][:160]}" for one in said for node in one["nodes"]]
    assert {address: said for address, said in found.items() if said} == {}
