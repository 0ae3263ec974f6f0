"""From logits to labels, and the numbers fitted to labelled rows."""

import numpy as np
import pytest

from classifier.calibrate import fit_abuse_threshold, fit_temperature, fit_urgency_thresholds
from classifier.decide import decide_urgency, expect_urgency, soften


def test_softened_probabilities() -> None:
    logits = np.log(np.array([[1.0, 3.0]]))
    assert soften(logits, 1.0).tolist() == [[pytest.approx(0.25), pytest.approx(0.75)]]
    assert soften(logits, 2.0)[0, 1] == pytest.approx(3**0.5 / (1 + 3**0.5))
    assert soften(np.array([[1000.0, -1000.0]]), 1.0).tolist() == [[1.0, 0.0]]


def test_expected_urgency() -> None:
    assert expect_urgency(np.array([0.1, 0.2, 0.3, 0.4])) == pytest.approx(0.2 + 0.6 + 1.2)


@pytest.mark.parametrize(
    ("probabilities", "index"),
    [([1, 0, 0, 0], 0), ([0, 0, 0, 1], 3), ([0.6, 0.1, 0.1, 0.2], 1), ([0, 0, 0.5, 0.5], 3), ([0, 0, 0.6, 0.4], 2)],
)
def test_urgency_is_cut_from_its_expected_value(probabilities: list[float], index: int) -> None:
    assert decide_urgency(np.array(probabilities, dtype=float), (0.5, 1.5, 2.5)) == index


def test_a_temperature_is_found_again() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 1.5, (20_000, 3))
    truth = [rng.choice(3, p=row) for row in soften(logits, 1.0)]
    assert fit_temperature(logits * 2, truth) == pytest.approx(2.0, rel=0.05)
    assert fit_temperature(logits / 2, truth) == pytest.approx(0.5, rel=0.05)


def test_the_abuse_threshold_parts_what_can_be_parted() -> None:
    probabilities = np.array([0.1, 0.2, 0.3, 0.55, 0.6, 0.9])
    assert 0.3 < fit_abuse_threshold(probabilities, [0, 0, 0, 1, 1, 1]) <= 0.55
    assert 0.55 < fit_abuse_threshold(probabilities, [0, 0, 0, 0, 1, 1]) <= 0.6


def test_urgency_thresholds_move_to_where_the_labels_part() -> None:
    expected = np.linspace(0, 3, 301)
    lower = np.floor(expected).astype(int).clip(max=2)
    probabilities = np.zeros((301, 4))
    probabilities[np.arange(301), lower] = 1 - (expected - lower)
    probabilities[np.arange(301), lower + 1] = expected - lower
    truth = np.searchsorted([0.4, 1.6, 2.4], expected, side="right").tolist()
    assert fit_urgency_thresholds(probabilities, truth) == pytest.approx((0.4, 1.6, 2.4), abs=0.05)
