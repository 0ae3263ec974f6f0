"""Which texts name a brand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.matching import make_matcher


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("aurora air", "Is AURORA AIR late again?"),
        ("aurora air", "aurora\n  air"),
        ("Aurora Air", "aurora air's app"),
        ("auroraair", "#AuroraAir"),
        ("@auroraair", "hey @AuroraAir!"),
        ("@auroraair", "ask u/AuroraAir or /u/auroraair"),
        ("u/AuroraAir", "hey @auroraair"),
        ("o'neill air", "O’Neill Air"),
        ("c++", "I like C++."),
        ("straße", "STRASSE"),
        ("星巴克", "我爱星巴克咖啡"),
        ("تويتر", "والتويتر"),
        ("ｆｕｌｌ", "full"),
    ],
)
def test_named(term: str, text: str) -> None:
    assert make_matcher([term])(text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("aurora air", "aurora airlines"),
        ("aurora air", "my laurora air"),
        ("aurora air", "aurora, air"),
        ("@auroraair", "auroraair"),
        ("@auroraair", "write to help@auroraair.com"),
        ("@auroraair", "@auroraair_fan"),
        ("@auroraair", "youtu/auroraair"),
        (".*", "anything"),
        ("", "anything"),
        ("  ", "anything at all"),
    ],
)
def test_not_named(term: str, text: str) -> None:
    assert not make_matcher([term])(text)


def test_no_terms_name_nothing() -> None:
    assert not make_matcher([])("anything")


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=60))
def test_any_term_and_any_text_are_survived(terms: list[str], text: str) -> None:
    assert make_matcher(terms)(text) in (True, False)


@given(st.from_regex(r"[a-z]{2,8}( [a-z]{2,8})?", fullmatch=True))
def test_a_term_matches_itself_in_a_sentence(term: str) -> None:
    assert make_matcher([term])(f"So ({term.upper()}) it is.")
