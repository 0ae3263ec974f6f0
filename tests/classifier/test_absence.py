"""The words of a pressing text, weighed by judging it without each of them."""

import pytest

from classifier.absence import weigh_by_absence
from classifier.decide import Floats
from classifier.engine import OnnxClassifier
from classifier.judgement import Explaining, Judgement, Word
from classifier.labels import URGENCIES
from classifier.margin import cut_words

PRESSING = [
    "@aurora third day without internet and nobody answers",
    "app keeps crashing since the update, fix it please",
    "you lost my bag again",
]


def reach(judgement: Judgement, urgency: str | None) -> float:
    return sum(judgement.scores["urgency"][label] for label in URGENCIES[URGENCIES.index(str(urgency)) :])


@pytest.mark.parametrize("text", PRESSING)
def test_a_weight_is_what_the_words_absence_takes_away(classifier: OnnxClassifier, text: str) -> None:
    (judgement,), (why,) = classifier.judge([text]), classifier.explain([text])
    assert why.words
    for word in why.words:
        assert text[word.start : word.end] == word.text
        (left,) = classifier.judge([cut_words(text, [word])])
        assert word.weight == pytest.approx(reach(judgement, judgement.urgency) - reach(left, judgement.urgency))
    assert [word.weight for word in why.words] == sorted((word.weight for word in why.words), reverse=True)


def test_more_is_found_to_turn_a_judgement_than_by_estimates(classifier: OnnxClassifier) -> None:
    turned = 0
    for text, why in zip(PRESSING, classifier.explain(PRESSING), strict=True):
        _, said, names = why.margin.partition(" without ")
        if said:
            named = [word for word in why.words if f"“{word.text}”" in names]
            (left,) = classifier.judge([cut_words(text, sorted(named, key=lambda word: word.start))])
            assert f"it would be {left.urgency} " in why.margin
            turned += 1
    assert turned >= sum(" without " in judgement.margin for judgement in classifier.judge(PRESSING))
    assert turned


@pytest.mark.parametrize(
    "text", ["", "😀", "lovely crew, thank you!", "llevo tres horas en el aeropuerto sin respuesta"]
)
def test_what_does_not_press_is_explained_by_nothing(classifier: OnnxClassifier, text: str) -> None:
    (why,) = classifier.explain([text])
    assert (why.words, why.margin) == ((), "")


def test_a_long_text_is_explained_within_bounds(classifier: OnnxClassifier) -> None:
    text = "My luggage with my insulin is lost and I need help now. " * 60
    (why,) = classifier.explain([text])
    assert "the line to" in why.margin


def test_what_cannot_be_read_without_a_word_proves_nothing_against_it() -> None:
    def ask(texts: object) -> list[Floats | None]:
        return [None]

    (judged,) = [Word(0, 4, "help", 0.3)]
    assert weigh_by_absence("help", [judged], [0.0, 0.0, 0.2, 0.8], "urgent", ask) == ()  # type: ignore[arg-type]


def test_an_explained_judgement_says_that_its_words_were_measured(classifier: OnnxClassifier) -> None:
    assert isinstance(classifier, Explaining)
    (judgement,), (why,) = classifier.judge(PRESSING[:1]), classifier.explain(PRESSING[:1])
    said = judgement.explained(why).as_json()["reasons"]
    assert (judgement.as_json()["reasons"]["measured"], said["measured"]) == (False, True)
    assert [word["text"] for word in said["words"]] == [word.text for word in why.words]
