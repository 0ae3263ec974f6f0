"""The metrics, against numbers worked out by hand."""

import numpy as np
import pytest

from classifier.metrics import (
    accuracy,
    bootstrap,
    brier,
    confuse,
    f1,
    found_in_tenth,
    macro_f1,
    macro_recall,
    precision,
    recall,
    recall_at_precision,
    sort_by_confidence,
    weighted_kappa,
)

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


def test_metrics_agree_with_chance_on_random_labels() -> None:
    rng = np.random.default_rng(1)
    table = confuse(rng.integers(0, 4, 20_000).tolist(), rng.integers(0, 4, 20_000).tolist(), 4)
    assert weighted_kappa(table) == pytest.approx(0, abs=0.03)
    assert macro_recall(table) == pytest.approx(0.25, abs=0.02)


def test_calibration_error_by_hand() -> None:
    # One bin holds 0.9 and 0.91 (both judged right: gap 0.095 each), another 0.55 (wrong: gap 0.55).
    assert sort_by_confidence([0.9, 0.91, 0.55], [True, True, False]).error == pytest.approx((0.19 + 0.55) / 3)
    assert sort_by_confidence([1.0, 1.0], [True, True]).error == 0.0
    assert sort_by_confidence([], []).error == 0.0


def test_bins_hold_every_row_and_their_upper_end() -> None:
    bins = sort_by_confidence([0.5, 0.51, 0.75, 1.0], [True, False, True, True], bins=4)
    assert bins.rows.tolist() == [0, 1, 2, 1]
    assert bins.confidence.tolist() == pytest.approx([0, 0.5, 0.63, 1])
    assert bins.right.tolist() == [0, 1, 0.5, 1]


def test_brier_by_hand() -> None:
    # Sure and right 0; sure and wrong 1 + 1; undecided between two 1/4 + 1/4.
    assert brier([[1, 0], [1, 0], [0.5, 0.5]], [0, 1, 1]) == pytest.approx((0 + 2 + 0.5) / 3)
    assert brier([], []) == 0.0


def test_recall_at_precision_by_hand() -> None:
    scores, hits = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 1, 0, 1, 1, 0]
    # Cut after 5: four of five are right. Cut after 6: four of six.
    assert recall_at_precision(scores, hits, 0.8) == 1.0
    assert recall_at_precision(scores, hits, 0.9) == 0.5
    assert recall_at_precision(scores, [0, 1, 0, 0, 0, 0], 0.8) == 0.0
    assert recall_at_precision(scores, [0] * 6, 0.8) is None


def test_a_threshold_does_not_part_equal_scores() -> None:
    assert recall_at_precision([0.9, 0.5, 0.5, 0.5], [1, 1, 0, 0], 0.8) == 0.5


def test_what_the_highest_tenth_holds() -> None:
    first = [0.1] * 19 + [0.9]
    assert found_in_tenth([first], [0] * 18 + [1, 1]) == 0.5
    assert found_in_tenth([[0.5] * 20, [0.0] * 18 + [1.0, 2.0]], [0] * 18 + [1, 1]) == 1.0
    assert found_in_tenth([[1.0]], [1]) == 1.0
    assert found_in_tenth([[1.0, 2.0]], [0, 0]) is None


def test_the_interval_of_accuracy_is_that_of_a_share() -> None:
    table = confuse([0] * 400, [0] * 300 + [1] * 100, 2)
    low, high = bootstrap(table, accuracy)
    spread = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert (low, high) == pytest.approx((0.75 - spread, 0.75 + spread), abs=0.006)
    assert bootstrap(table, accuracy) == (low, high)


def test_the_interval_of_nothing_is_nothing() -> None:
    assert bootstrap(confuse([], [], 3), accuracy) == (0.0, 0.0)
