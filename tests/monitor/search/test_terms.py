"""What people type, taken apart, and found again in texts."""

import sys
import unicodedata

import pytest

from monitor.search import Term, find_spans, read_terms
from monitor.search.terms import fold, is_of_word


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("card charged", [Term(("card",)), Term(("charged",))]),
        ('"charged twice" refun*', [Term(("charged", "twice")), Term(("refun",), prefix=True)]),
        ('"charged twi"*', [Term(("charged", "twi"), prefix=True)]),
        ("@dana_r", [Term(("dana", "r"))]),
        ('"never closed', [Term(("never", "closed"))]),
        ("الرحلة हिन्दी", [Term(("الرحلة",)), Term(("हिन्दी",))]),
        ('% ** "" \\ :', []),
        ("", []),
    ],
)
def test_words_phrases_and_beginnings_are_read(typed: str, terms: list[Term]) -> None:
    assert read_terms(typed) == terms


def test_an_endless_query_is_cut_off() -> None:
    assert len(read_terms("a b " * 500)) == 16


def test_no_letter_folds_into_what_would_mean_something_in_a_query() -> None:
    letters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    folded = {piece for letter in letters if is_of_word(letter) for piece in fold(letter)}
    assert not folded & set("'\"\\")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("CARD", ["Card", "card"]),
        ("zoe", ["Zoë"]),
        ('"charged twice"', ["charged, twice"]),
        ("charg*", ["charged"]),
        ("harged", []),
        ("card zoe", ["Card", "card", "Zoë"]),
    ],
)
def test_what_was_found_is_marked_in_the_text_as_it_is_written(typed: str, found: list[str]) -> None:
    text = "Card charged, twice. My card! says Zoë"
    assert sorted(text[start:end] for start, end in find_spans(text, read_terms(typed))) == sorted(found)


def test_marks_fit_a_text_with_decomposed_letters() -> None:
    text = unicodedata.normalize("NFD", "Café crème")
    spans = find_spans(text, read_terms("crème"))
    assert [unicodedata.normalize("NFC", text[start:end]) for start, end in spans] == ["crème"]
