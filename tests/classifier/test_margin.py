"""How near an urgency is to the next, in words."""

import pytest

from classifier.engine import OnnxClassifier
from classifier.judgement import Word
from classifier.margin import HOPE, cut_words, say_margin, suspect_words

LINES = (0.5, 1.4, 2.4)


def word(text: str, ease: float, start: int = 0) -> Word:
    return Word(start, start + len(text), text, weight=0.1, ease=ease)


@pytest.mark.parametrize(
    ("expected", "turning", "lower", "sentence"),
    [
        (
            1.45,
            [word("still", 0.03, 5), word("answer", 0.03, 20)],
            "normal",
            "Just over the line to high; it would be normal without “still”, “answer”.",
        ),
        (1.7, [word("stranded", 0.5)], "low", "Over the line to high; it would be low without “stranded”."),
        (2.3, [], None, "Well over the line to high, and close to urgent; no few words decide that it is not normal."),
        (2.45, [word("insulin", 0.2)], "high", "Just over the line to urgent; it would be high without “insulin”."),
        (1.7, [word("now", 0.3), word("now", 0.2, 9)], "low", "Over the line to high; it would be low without “now”."),
        (3.0, [], None, "Well over the line to urgent; no few words decide that it is not high."),
    ],
)
def test_the_distance_to_the_line_is_said(
    expected: float, turning: list[Word], lower: str | None, sentence: str
) -> None:
    assert say_margin(expected, LINES, turning, lower) == sentence


def test_words_are_suspected_that_ease_enough_by_their_weights() -> None:
    still, answer, bag = word("still", 0.01, 5), word("answer", 0.011, 20), word("bag", 0.003)
    assert suspect_words(1.4 + 0.01 / HOPE, LINES, [answer, still, bag]) == (answer,)
    assert suspect_words(1.4 + 0.02 / HOPE, LINES, [answer, still, bag]) == (still, answer)
    assert suspect_words(1.4 + 0.03 / HOPE, LINES, [answer, still, bag]) == ()
    assert suspect_words(1.41, LINES, []) == ()


def test_what_is_said_to_turn_a_judgement_does(classifier: OnnxClassifier) -> None:
    posts = [
        "please tell me when my parcel comes, I need it",
        "waiting at the gate, is the flight delayed?",
        "the app logged me out, can you help?",
        "you lost my bag again",
    ]
    turned = 0
    for post, judgement in zip(posts, classifier.judge(posts), strict=True):
        _, said, names = judgement.margin.partition(" without ")
        if said:
            named = [one for one in judgement.words if f"“{one.text}”" in names]
            (left,) = classifier.judge([cut_words(post, sorted(named, key=lambda one: one.start))])
            assert f"it would be {left.urgency} " in judgement.margin
            turned += 1
    assert turned


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
