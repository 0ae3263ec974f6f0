"""The words that carried the urgency, from made-up pulls of tokens."""

import numpy as np
import pytest

from classifier.decide import Scale
from classifier.labels import URGENCIES
from classifier.normalise import normalise
from classifier.reasons import MOST_WORDS, name_heaviest, weigh_words

AS_IT_IS = Scale(1.0, (0.0,) * len(URGENCIES))
CALM, ALARMED = [3.0, 1.0, -1.0, -2.0], [-3.0, -1.0, 2.0, 3.0]


def weigh(text: str, alarming: set[str]) -> list[str]:
    """The words named for a text whose tokens are its words, the alarming ones pulling up and the others down."""
    normalised = normalise(text)
    words = normalised.text.split()
    offsets, at = [(0, 0)], 0
    for word in words:
        at = normalised.text.index(word, at)
        offsets.append((at, at + len(word)))
    pull = [CALM, *(ALARMED if word in alarming else CALM for word in words)]
    found = weigh_words(text, normalised, np.array(offsets), np.array(pull), AS_IT_IS, URGENCIES.index("high"))
    return [word.text for word in name_heaviest(found)]


def test_what_pulls_up_is_named() -> None:
    assert weigh("our plane is burning", {"burning"}) == ["burning"]


def test_what_holds_a_sentence_together_is_not() -> None:
    assert weigh("the plane is burning", {"the", "is", "burning"}) == ["burning"]


def test_words_that_were_rewritten_are_named_as_written() -> None:
    assert weigh("soooooo &amp; BURNINGGGG 😡", {"BURNINGG", "pouting", "face"}) == ["😡", "BURNINGGGG"]


def test_there_are_never_more_than_a_reader_takes_in() -> None:
    alarming = {f"alarm{number}" for number in range(20)}
    assert len(weigh(" ".join(sorted(alarming)) + " calm", alarming)) == MOST_WORDS


@pytest.mark.parametrize("text", ["", "!!!", "the of and", "calm words only"])
def test_nothing_to_name(text: str) -> None:
    assert weigh(text, set()) == []
