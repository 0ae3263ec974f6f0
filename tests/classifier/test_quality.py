"""The model is as good as its card says: on posts written here, and on the labelled sets where they are."""

import json
from pathlib import Path

import pytest

from classifier.dataset import read_rows
from classifier.engine import OnnxClassifier
from classifier.evaluate import evaluate_rows
from tests.classifier.golden import GOLDEN, POSTS

KNOWN = [
    # text, sentiment, urgency (any of), need (any of), abuse
    ("Thank you @auroraair, the crew on my flight this morning was wonderful!", "positive", "low", "praise", False),
    ("@parcelco how much is delivery to Norway?", "neutral", "normal", "question", False),
    ("My parcel is two weeks late, nobody answers. Where is it @parcelco?", "negative", "high", "delivery", False),
    ("@telco internet has been down since this morning, I work from home. Fix it!", "negative", "high", "fault", False),
    ("Somebody took over my account @bank and moves money out RIGHT NOW", "negative", "urgent", "account", False),
    ("@stove your cooker leaks gas, I can smell it, my kids are here", "negative", "urgent", "safety", False),
    ("@shop you charged my card twice for the same order, I want my money back", "negative", "high", "billing", False),
    ("Would be lovely if @notesapp had a dark mode on the web", None, "low normal", "suggestion", False),
    ("New job posting: barista at Corner Coffee, apply now http://t.co/x #jobs", "neutral", "low", "none", False),
    ("The waiter was rude to us last month, we won't be back @bistro", "negative", "normal", "service", False),
    ("your rep is a stupid worthless bitch @telco", "negative", None, None, True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentiment", "urgency", "need", "abuse"), KNOWN)
def test_plain_cases_are_judged_plainly(
    classifier: OnnxClassifier, text: str, sentiment: str | None, urgency: str | None, need: str | None, abuse: bool
) -> None:
    (judgement,) = classifier.judge([text])
    assert sentiment is None or judgement.sentiment == sentiment
    assert urgency is None or judgement.urgency in urgency.split()
    assert need is None or judgement.need == need
    assert judgement.abuse is abuse


def test_scores_are_those_of_the_day_the_model_was_made(classifier: OnnxClassifier) -> None:
    rows = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [row["text"] for row in rows] == list(POSTS)
    for row, judgement in zip(rows, classifier.judge(POSTS), strict=True):
        for head, scores in row["scores"].items():
            # Processors add int8 products in different orders; a changed tokenizer or normaliser moves more.
            assert judgement.scores[head] == pytest.approx(scores, abs=0.05)


def test_sentiment_on_human_labels(classifier: OnnxClassifier, labelled: Path) -> None:
    heads = evaluate_rows(classifier, read_rows(labelled / "sentiment" / "dev.jsonl")).as_json()["heads"]
    assert heads["sentiment"]["macro_recall"] > 0.70
    assert heads["sentiment"]["ece"] < 0.06


def test_care_on_development_rows(classifier: OnnxClassifier, labelled: Path) -> None:
    heads = evaluate_rows(classifier, read_rows(labelled / "care" / "dev.jsonl")).as_json()["heads"]
    assert heads["urgency"]["qwk"] > 0.76
    assert heads["need"]["macro_f1"] > 0.58
    assert heads["abuse"]["labels"]["1"]["f1"] > 0.55
