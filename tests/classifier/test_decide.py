"""From logits to labels, and the numbers fitted to labelled rows."""

import numpy as np
import pytest

from classifier.calibrate import fit_abuse_threshold, fit_scale, fit_urgency_thresholds
from classifier.decide import Scale, decide_urgency, expect_urgency, softmax


def test_softened_probabilities() -> None:
    logits = np.log(np.array([[1.0, 3.0]]))
    assert Scale(1.0, (0.0, 0.0)).soften(logits).tolist() == [[pytest.approx(0.25), pytest.approx(0.75)]]
    assert Scale(2.0, (0.0, 0.0)).soften(logits)[0, 1] == pytest.approx(3**0.5 / (1 + 3**0.5))
    assert Scale(1.0, (float(np.log(3)), 0.0)).soften(logits)[0, 1] == pytest.approx(0.5)
    assert Scale(1.0, (0.0, 0.0)).soften(np.array([[1000.0, -1000.0]])).tolist() == [[1.0, 0.0]]


def test_expected_urgency() -> None:
    assert expect_urgency(np.array([0.1, 0.2, 0.3, 0.4])) == pytest.approx(0.2 + 0.6 + 1.2)


@pytest.mark.parametrize(
    ("probabilities", "index"),
    [([1, 0, 0, 0], 0), ([0, 0, 0, 1], 3), ([0.6, 0.1, 0.1, 0.2], 1), ([0, 0, 0.5, 0.5], 3), ([0, 0, 0.6, 0.4], 2)],
)
def test_urgency_is_cut_from_its_expected_value(probabilities: list[float], index: int) -> None:
    assert decide_urgency(np.array(probabilities, dtype=float), (0.5, 1.5, 2.5)) == index


def test_temperature_and_biases_are_found_again() -> None:
    rng = np.random.default_rng(5)
    logits, biases = rng.normal(0, 1.5, (20_000, 3)), np.array([0.4, -0.6, 0.2])
    truth = [rng.choice(3, p=row) for row in softmax(logits + biases)]
    for temperature in (0.5, 2.0):
        found = fit_scale(logits * temperature, truth)
        assert found.temperature == pytest.approx(temperature, rel=0.05)
        assert found.biases == pytest.approx(biases, abs=0.06)


def test_a_head_adrift_gets_no_biases() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 1.5, (2_000, 3))
    assert fit_scale(logits, [0] * 2_000, biased=False).biases == (0.0, 0.0, 0.0)


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
