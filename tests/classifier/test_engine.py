"""The classifier on this machine: known posts, independence of the batch, and everything that is hardly a post."""

import json
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import engine
from classifier.engine import OnnxClassifier
from classifier.labels import HEADS

POSTS = [
    "@united stranded at the airport with two kids, flight cancelled, next one is in three days and nobody helps",
    "Thank you @auroraair, the crew on my flight this morning was wonderful!",
    "@shop how much is delivery to Norway?",
    "ok",
    "My parcel from @shop is two weeks late and you don't answer my emails. Where is it?",
    "Somebody took over my account @bank and is sending money out of it RIGHT NOW, please block it",
    "",
    "great, third day without internet @telco",
    "😡😡😡",
    "@telco " + "your app keeps crashing when I open the bill. " * 60,
]


def scores_of(classifier: OnnxClassifier, text: str) -> dict[str, dict[str, float]]:
    (judgement,) = classifier.judge([text])
    return {head: dict(labels) for head, labels in judgement.scores.items()}


def test_judgements_have_every_head_and_probabilities_that_sum_to_one(classifier: OnnxClassifier) -> None:
    for judgement in classifier.judge(POSTS):
        assert {head: tuple(scores) for head, scores in judgement.scores.items()} == HEADS
        for scores in judgement.scores.values():
            assert sum(scores.values()) == pytest.approx(1)
        assert judgement.model == classifier.version
        assert judgement.embedding is not None
        assert float(np.linalg.norm(judgement.embedding)) == pytest.approx(1, abs=1e-5)


def test_neighbours_and_order_change_nothing(classifier: OnnxClassifier) -> None:
    alone = [classifier.judge([post])[0] for post in POSTS]
    assert classifier.judge(POSTS) == alone
    assert classifier.judge(POSTS[::-1]) == alone[::-1]


def test_neighbours_change_no_bit_of_an_embedding(classifier: OnnxClassifier) -> None:
    """Nor of a post's as long as its neighbour, with which it may share a run."""
    posts = [
        "My parcel from @shop is late again",
        "My letter from @shop is lost again",
        "Our order from @shop is here now",
    ]
    for post, together in zip(posts, classifier.judge(posts * 5), strict=False):
        (alone,) = classifier.judge([post])
        assert alone == together
        assert np.array_equal(alone.embedding, together.embedding)


def test_runs_are_of_equal_lengths_and_not_too_large() -> None:
    lengths = [5, 9, 5, 300, 5, 9, 5]
    groups = list(engine.group_alike(lengths, 18))
    assert groups == [[0, 2, 4], [6], [1, 5], [3]]


def test_threads_change_nothing(classifier: OnnxClassifier) -> None:
    assert engine.load(threads=3).judge(POSTS * 3) == classifier.judge(POSTS * 3)


def test_no_texts_no_judgements(classifier: OnnxClassifier) -> None:
    assert classifier.judge([]) == []


def test_a_judgement_is_plain_json(classifier: OnnxClassifier) -> None:
    for judgement in classifier.judge(POSTS):
        form = json.loads(json.dumps(judgement.as_json()))
        assert set(form) == {"sentiment", "urgency", "need", "abuse", "lang", "scores", "reasons", "model"}
        assert form["abuse"] in (0, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no words to judge."),
        (" \n\t ", "There are no words to judge."),
        ("https://example.com/a", "There are no words to judge."),
        ("@someone", "There are no words to judge."),
        ("\ud800\udfff\x00\x1b", "There are no words to judge."),
        ("Mein Paket ist seit zwei Wochen nicht da und niemand antwortet", "Not judged: the post is in German, "),
        ("طلبت منتجا قبل أسبوعين ولم يصل حتى الآن", "Not judged: the post is in Arabic, "),
        ("word " * 20_000, "Only the first 8,000 of 100,000 characters were judged."),
        ("don't " * 1_300, "Only the beginning of this long text was judged."),
    ],
)
def test_what_deserves_less_trust_says_why(classifier: OnnxClassifier, text: str, sentence: str) -> None:
    (judgement,) = classifier.judge([text])
    assert any(doubt.startswith(sentence) for doubt in judgement.doubts)


def test_an_ordinary_post_is_not_doubted(classifier: OnnxClassifier) -> None:
    (judgement,) = classifier.judge(["My parcel has not arrived and nobody answers, where is it?"])
    assert judgement.doubts == ()
    assert judgement.lang == "en"


@pytest.mark.parametrize("text", ["a" * 1_000_000, "😡" * 1_000_000, "\u200b" * 1_000_000, "ab " * 333_333])
def test_a_megabyte_is_not_slow(classifier: OnnxClassifier, text: str) -> None:
    began = time.perf_counter()
    classifier.judge([text])
    assert time.perf_counter() - began < 5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_no_text_is_refused(classifier: OnnxClassifier, text: str) -> None:
    (judgement,) = classifier.judge([text])
    assert judgement.urgency in HEADS["urgency"] or judgement.doubts[0].startswith("Not judged: ")
    for word in judgement.words:
        assert word.text == text[word.start : word.end]


def test_words_stand_where_they_are_said_to(classifier: OnnxClassifier) -> None:
    text = "@united 😡😡 &amp; we’re STRANDED in #Denver, my son’s insulin is in the lost bag!!! http://t.co/x"
    (judgement,) = classifier.judge([text])
    assert judgement.urgency in {"high", "urgent"}
    assert judgement.words
    assert list(judgement.words) == sorted(judgement.words, key=lambda word: -word.weight)
    for word in judgement.words:
        assert word.text == text[word.start : word.end]
        assert word.weight > 0
        assert any(unicodedata.category(char).startswith("L") for char in word.text)


def test_what_is_not_pressing_needs_no_words(classifier: OnnxClassifier) -> None:
    (judgement,) = classifier.judge(["Thank you @auroraair, lovely crew today"])
    assert judgement.urgency == "low"
    assert judgement.words == ()


def test_one_pressing_paragraph_in_a_long_text_is_enough(classifier: OnnxClassifier) -> None:
    calm = "We had a nice time at the lake and the weather was fine. " * 40
    pressing = "Someone hacked my account and is stealing my money right now, help!"
    (judgement,) = classifier.judge([f"{calm}{pressing} {calm}"])
    assert judgement.urgency in {"high", "urgent"}
    assert judgement.words
    assert all(len(calm) <= word.start < len(calm) + len(pressing) for word in judgement.words)


def test_scores_do_not_depend_on_how_a_handle_or_link_is_spelt(classifier: OnnxClassifier) -> None:
    first = scores_of(classifier, "@united my bag is lost http://t.co/abc")
    assert first == scores_of(classifier, "@AmericanAir my bag is lost https://example.com/photo/1")
