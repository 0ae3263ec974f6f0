"""The metrics, against numbers worked out by hand."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from rich.console import Console

from classifier.evaluate import (
    accuracy,
    calibration_error,
    confuse,
    evaluate_rows,
    f1,
    macro_f1,
    macro_recall,
    precision,
    print_report,
    recall,
    weighted_kappa,
)
from classifier.judgement import Judgement

# truth a a a a, b b b, c: judged a a b c, b b a, c
TABLE = confuse([0, 0, 0, 0, 1, 1, 1, 2], [0, 0, 1, 2, 1, 1, 0, 2], 3)


def test_confusion_has_the_truth_in_its_rows() -> None:
    assert TABLE.tolist() == [[2, 1, 1], [1, 2, 0], [0, 0, 1]]


def test_shares_of_one_label() -> None:
    assert precision(TABLE) == pytest.approx([2 / 3, 2 / 3, 1 / 2])
    assert recall(TABLE) == pytest.approx([2 / 4, 2 / 3, 1])
    assert f1(TABLE) == pytest.approx([4 / 7, 2 / 3, 2 / 3])


def test_shares_of_all_labels() -> None:
    assert accuracy(TABLE) == pytest.approx(5 / 8)
    assert macro_recall(TABLE) == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert macro_f1(TABLE) == pytest.approx((4 / 7 + 2 / 3 + 2 / 3) / 3)


def test_labels_that_do_not_occur_count_for_nothing() -> None:
    table = confuse([0, 0, 1], [0, 1, 1], 4)
    assert macro_recall(table) == pytest.approx((1 / 2 + 1) / 2)
    assert macro_f1(table) == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_weighted_kappa_by_hand() -> None:
    # rows 4, 3, 1; columns 3, 3, 2. Cost: (0,1) 1, (0,2) 4, (1,0) 1 = 6.
    # By chance: (4*3 + 4*2*4 + 3*3 + 3*2 + 1*3*4 + 1*3) / 8 = 74 / 8.
    assert weighted_kappa(TABLE) == pytest.approx(1 - 6 / (74 / 8))


def test_weighted_kappa_at_its_ends() -> None:
    assert weighted_kappa(confuse([0, 1, 2, 3], [0, 1, 2, 3], 4)) == 1.0
    assert weighted_kappa(confuse([0, 3], [3, 0], 4)) == -1.0
    assert weighted_kappa(confuse([0, 0, 3, 3], [0, 3, 0, 3], 4)) == pytest.approx(0.0)


def test_calibration_error_by_hand() -> None:
    # One bin holds 0.9 and 0.91 (both judged right: gap 0.095 each), another 0.55 (wrong: gap 0.55).
    assert calibration_error([0.9, 0.91, 0.55], [True, True, False]) == pytest.approx((0.19 + 0.55) / 3)
    assert calibration_error([1.0, 1.0], [True, True]) == 0.0
    assert calibration_error([], []) == 0.0


class Parrot:
    """Judges a text that consists of the labels it should give: 'negative high none 0'."""

    version = "parrot 1"

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        return [self._judge(*text.split()) for text in texts]

    def _judge(self, sentiment: str, urgency: str, need: str, abuse: str) -> Judgement:
        scores = {"sentiment": {sentiment: 1.0}, "urgency": {urgency: 1.0}, "need": {need: 1.0}, "abuse": {abuse: 1.0}}
        return Judgement(sentiment, urgency, need, abuse == "1", scores, self.version)


ROWS = [
    {"text": "negative high fault 0", "sentiment": "negative", "urgency": "high", "need": "fault", "abuse": 0},
    {"text": "negative low none 1", "sentiment": "positive", "abuse": 1},
    {"text": "neutral low none 1", "abuse": False},
]


def test_each_head_is_scored_on_the_rows_that_are_labelled_for_it() -> None:
    report = evaluate_rows(Parrot(), ROWS).as_json()
    assert report["rows"] == 3
    assert {head: scores["rows"] for head, scores in report["heads"].items()} == {
        "sentiment": 2,
        "urgency": 1,
        "need": 1,
        "abuse": 3,
    }
    assert report["heads"]["sentiment"]["accuracy"] == 0.5
    assert report["heads"]["abuse"]["labels"]["1"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1}
    assert report["heads"]["abuse"]["ece"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_head_without_labels_is_absent() -> None:
    assert set(evaluate_rows(Parrot(), ROWS[1:2]).as_json()["heads"]) == {"sentiment", "abuse"}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"sentiment": "neutral"}, "Row 2 has no text."),
        ({"text": "neutral low none 0", "urgency": "hgih"}, "Row 2: urgency is 'hgih', which is none of low, normal"),
    ],
)
def test_a_bad_row_is_named(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        evaluate_rows(Parrot(), [ROWS[0], row])


def test_the_printed_report_shows_heads_and_labels() -> None:
    console = Console(file=io.StringIO(), width=200)
    print_report(evaluate_rows(Parrot(), ROWS), console)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "parrot 1 on 3 rows" in printed
    assert "macro-recall" in printed
    (positive,) = (line for line in printed.splitlines() if line.startswith("│ positive"))
    assert [cell.strip() for cell in positive.strip("│").split("│")] == [
        "positive",
        "1",
        "0.0",
        "0.0",
        "0.0",
        "negative 1",
    ]


def test_metrics_agree_with_chance_on_random_labels() -> None:
    rng = np.random.default_rng(1)
    table = confuse(rng.integers(0, 4, 20_000).tolist(), rng.integers(0, 4, 20_000).tolist(), 4)
    assert weighted_kappa(table) == pytest.approx(0, abs=0.03)
    assert macro_recall(table) == pytest.approx(0.25, abs=0.02)
