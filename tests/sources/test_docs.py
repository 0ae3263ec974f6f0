"""docs/sources.md and the pages beside it: examples are valid, and every option and variable is named."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sources.base import Options
from sources.registry import SOURCES, source_class

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "sources.md", *sorted((DOCS / "sources").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
FEEDS = [
    feed
    for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    for brand in tomllib.loads("[[brand]]\n" + block)["brand"]
    for feed in brand["feed"]
]
PLATFORMS = sorted(set(SOURCES) - {"sample"})
OF_THE_FEED = {"name", "source", "every", "budget", "credentials"}  # read by the desk, not by the source


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed["name"])
def test_an_example_is_valid(feed: dict[str, Any]) -> None:
    options = {name: value for name, value in feed.items() if name not in OF_THE_FEED}
    assert source_class(feed["source"]).Options(**options)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_option_is_explained(platform: str) -> None:
    names = set(source_class(platform).Options.model_fields) | set(Options.model_fields)
    assert [name for name in sorted(names) if f"`{name}`" not in TEXT] == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_variable_is_named(platform: str) -> None:
    names = [f"MENTIONDESK_{platform}_{name}".upper() for name in source_class(platform).credentials]
    assert [name for name in names if f"`{name}`" not in TEXT] == []


def test_there_are_examples_for_each_platform() -> None:
    assert {feed["source"] for feed in FEEDS} == set(PLATFORMS)
