"""How near an urgency is to the next, in words."""

import pytest

from classifier.engine import OnnxClassifier
from classifier.judgement import Word
from classifier.margin import say_margin

LINES = (0.5, 1.4, 2.4)


def word(text: str, ease: float, start: int = 0) -> Word:
    return Word(start, start + len(text), text, weight=0.1, ease=ease)


@pytest.mark.parametrize(
    ("expected", "words", "sentence"),
    [
        (0.3, [], ""),
        (1.39, [word("broken", 1.0)], ""),
        (
            1.45,
            [word("answer", 0.03, 20), word("still", 0.03, 5), word("bag", 0.01)],
            "Just over the line to high; by their weights it would be normal without “still”, “answer”.",
        ),
        (
            1.7,
            [word("stranded", 0.5)],
            "Over the line to high; by their weights it would be normal without “stranded”.",
        ),
        (
            2.3,
            [word("stranded", 0.5)],
            "Well over the line to high, and close to urgent; no few words decide that it is not normal.",
        ),
        (
            2.45,
            [word("insulin", 0.2)],
            "Just over the line to urgent; by their weights it would be high without “insulin”.",
        ),
        (3.0, [], "Well over the line to urgent; no few words decide that it is not high."),
    ],
)
def test_the_distance_to_the_line_is_said(expected: float, words: list[Word], sentence: str) -> None:
    assert say_margin(expected, LINES, words) == sentence


def test_pressing_posts_say_what_would_change_the_judgement(classifier: OnnxClassifier) -> None:
    stranded, praise = classifier.judge(
        ["@united stranded in Denver, my insulin is in the bag you lost, please help now", "@united lovely crew today"]
    )
    assert f"the line to {stranded.urgency}" in stranded.margin
    assert praise.margin == ""
    assert stranded.as_json()["reasons"]["margin"] == stranded.margin


def test_a_post_in_another_language_gets_no_labels(classifier: OnnxClassifier) -> None:
    (judgement,) = classifier.judge(["@iberia llevo tres horas en el aeropuerto y nadie me da una respuesta"])
    said = judgement.as_json()
    assert [said[head] for head in ("sentiment", "urgency", "need", "abuse")] == [None] * 4
    assert (said["lang"], said["scores"]) == ("es", {})
    assert said["reasons"]["doubts"] == ["Not judged: the post is in Spanish, the model reads English."]
