"""Which collected posts are mentions."""

import pytest

from monitor.collecting.relevance import ignore_reason
from monitor.settings import BrandSettings
from sources.base import Author
from tests.factories import make_post

BRAND = BrandSettings.model_validate(
    {
        "name": "Aurora Air",
        "handles": {"x": "@AuroraAir", "reddit": "u/aurora_air"},
        "must": ["flight"],
        "not": ["aurora borealis", "art"],
    }
)


@pytest.mark.parametrize(
    ("text", "source", "handle", "reason"),
    [
        ("my flight is late", "x", "dana", None),
        ("FLIGHT  late, what a start", "x", "dana", None),  # "art" within "start" is another word
        ("my flight is late", "x", "auroraair", "own"),
        ("my flight is late", "reddit", "Aurora_Air", "own"),
        ("my flight is late", "reddit", "auroraair", None),  # a namesake elsewhere
        ("my bag is late", "x", "dana", "must"),
        ("a flight under the Aurora\nBorealis", "x", "dana", "not"),
    ],
)
def test_a_post_is_a_mention_or_there_is_a_reason(text: str, source: str, handle: str, reason: str | None) -> None:
    post = make_post(text, source=source, author=Author("1", handle))
    assert ignore_reason(post, BRAND) == reason


@pytest.mark.parametrize(
    ("lang", "foreign"),
    [("en", False), ("en-GB", False), ("DE", False), ("fr", True), ("und", False), ("qme", False), (None, False)],
)
def test_a_language_is_only_ruled_out_where_the_platform_names_it(lang: str | None, foreign: bool) -> None:
    brand = BrandSettings.model_validate({"name": "Aurora Air", "languages": ["en", "de"]})
    assert (ignore_reason(make_post(lang=lang), brand) == "language") is foreign
    assert ignore_reason(make_post(lang=lang), BrandSettings(name="Aurora Air")) is None
