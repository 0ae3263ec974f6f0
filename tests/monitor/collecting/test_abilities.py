"""What pages and `doctor` say of a source is what it declares."""

import pytest

from monitor.collecting.abilities import PRICED, WORDS, say_abilities
from monitor.translating import speaking
from monitor.translations import language
from sources.registry import SOURCES, source_class


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_described_by_what_it_declares(name: str) -> None:
    source, said = source_class(name), say_abilities(name)
    for capability, words in WORDS.items():
        assert (words in said) == (capability in source.capabilities)
    assert ("USD" in said) == bool(getattr(source, "prices", {}) or source.recheck_usd)


def test_prices_are_told() -> None:
    assert "takes 0.005 USD for a post, 0.001 USD for one of the own mentions" in say_abilities("x")
    assert say_abilities("x").endswith("; asking again costs 0.005 USD a post")


def test_prices_are_told_in_the_readers_language() -> None:
    assert {what for name in SOURCES for what in getattr(source_class(name), "prices", {})} <= set(PRICED)
    with speaking(language("de")):
        assert "0,005 USD für einen Beitrag" in say_abilities("x")


def test_a_source_that_is_not_installed_can_nothing() -> None:
    assert say_abilities("carrier-pigeon") == ""
