"""The catalogues: they hold every string in use, translated, with the same places, and no string goes past them."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages import Catalog, Message

from monitor.translating import SOURCE
from monitor.translations import OFFERED, read_catalogue
from tests.web.bare import bare_in_python, bare_in_script, bare_in_template
from web.translations.updating import strings_in_use

WEB = Path(__file__).parents[3] / "web"
LANGUAGES = [code for code in OFFERED if code != SOURCE]
PLACE = re.compile(r"%\(\w+\)s")
VIEWS = sorted(path for path in WEB.rglob("*.py") if WEB / "api" not in path.parents)
# What a module of views says to programs, to htmx or to the browser.
FOR_PROGRAMS = {"hooks.py", "limits.py", "extracting.py", "health.py", "families.py", "requests.py", "scraping.py"}
NO_WORDS = {
    "the domain",
    "reply url",
    "not abusive",
    "select next",
    "select previous",
    "select all",
    "choose need",
    "choose sentiment",
    "choose abuse",
    "noopener noreferrer nofollow",
    "English",
    "Deutsch",
}


@pytest.fixture(scope="module")
def in_use() -> Catalog:
    return strings_in_use()


def keys(catalogue: Catalog) -> Counter[tuple[str | None, str]]:
    return Counter((one.context, one.id if isinstance(one.id, str) else one.id[0]) for one in catalogue if one.id)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_holds_what_is_in_use_and_nothing_else(in_use: Catalog, code: str) -> None:
    """`python -m web.translations` brings it up to date."""
    known, wanted = keys(read_catalogue(code)), keys(in_use)
    assert {"missing": sorted(map(str, wanted - known)), "unused": sorted(map(str, known - wanted))} == {
        "missing": [],
        "unused": [],
    }


def said(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_untranslated_or_in_doubt(code: str) -> None:
    messages = [one for one in read_catalogue(code) if one.id]
    assert [one.id for one in messages if one.fuzzy or not all(said(one))] == []
    assert len(messages) > 1_000


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_places_of_its_string(code: str) -> None:
    wrong = [one.id for one in read_catalogue(code) if one.id and not fits(one)]
    assert wrong == []


def fits(message: Message) -> bool:
    """What the domain says may have more places than a translation needs: English puts an article there."""
    many = message.id if isinstance(message.id, str) else message.id[-1]
    places = set(PLACE.findall(many))
    found = [set(PLACE.findall(one)) for one in said(message)]
    if message.context == "the domain" or message.pluralizable:
        return all(one <= places for one in found)
    return found == [places]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_markup_of_its_string_and_fits_into_an_attribute(code: str) -> None:
    for one in read_catalogue(code):
        original = one.id if isinstance(one.id, str) else one.id[0]
        for words in said(one) if one.id else []:
            assert sorted(re.findall(r"</?\w+", words)) == sorted(re.findall(r"</?\w+", original)), original
            assert '"' not in words or "<" in words, original
            assert words[:1].isspace() == original[:1].isspace(), original


@pytest.mark.parametrize("path", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_a_template_says_nothing_past_the_catalogues(path: Path) -> None:
    assert bare_in_template(path.read_text()) == []


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(WEB)))
def test_a_view_says_nothing_past_the_catalogues(path: Path) -> None:
    bare = bare_in_python(path.read_text()) if path.name not in FOR_PROGRAMS else []
    assert [one for one in bare if one not in NO_WORDS and not one.startswith("label ")] == []


@pytest.mark.parametrize("path", sorted((WEB / "static").glob("*.js")), ids=lambda path: path.name)
def test_a_script_says_nothing_past_the_catalogues(path: Path) -> None:
    assert bare_in_script(path.read_text()) == []


def test_a_bare_string_is_found_wherever_it_stands() -> None:
    assert bare_in_template('<p title="Read it">Hello there {{ name }}</p>') == ["Read it", "Hello there"]
    assert bare_in_template('<p>{{ "Not yet known" if x else _("Known by now") }}</p>') == ["Not yet known"]
    assert bare_in_template("<p>{% trans %}Hello there{% endtrans %} <kbd>Enter</kbd></p>") == []
    assert bare_in_python('done = Notice("It is yours.")\nsaid = f"{who} took it over"') == [
        "It is yours.",
        "… took it over",
    ]
    assert bare_in_python('"""What it does."""\ndone = Notice(_("It is yours."))') == []
    assert bare_in_script('line.textContent = "Nothing was missed."; tell(_("Connected again."));') == [
        "Nothing was missed."
    ]
