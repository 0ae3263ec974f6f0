"""How the scripts of a page say times, to be compared with the server."""

from collections.abc import Sequence

from playwright.sync_api import Page

SAY = """async ([address, spans]) => {
    const { sayAge, sayAgo, sayDue } = await import(address);
    return spans.map((span) => [sayAge(span), sayAgo(span), sayDue(-span)]);
}"""


def say_spans(page: Page, spans: Sequence[int]) -> list[list[str]]:
    """For each number of seconds what the page says: an age, how long ago, and when due."""
    module = page.locator("script[type=module]").get_attribute("src")
    assert module
    said: list[list[str]] = page.evaluate(SAY, [module.replace("main.js", "times.js"), list(spans)])
    return said
