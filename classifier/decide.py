"""From logits to labels: calibrated probabilities, and the rule by which each head decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import HEADS, URGENCIES

Floats = NDArray[np.floating[Any]]
_LEVELS = np.arange(len(URGENCIES))


@dataclass(frozen=True, slots=True)
class Scale:
    """What makes one head's logits honest: a temperature, and a bias for each of its labels."""

    temperature: float
    biases: tuple[float, ...]

    def soften(self, logits: Floats) -> NDArray[np.float64]:
        """Calibrated probabilities along the last axis (bias-corrected temperatures, Alexandari et al. 2020)."""
        return softmax(logits.astype(np.float64) / self.temperature + np.array(self.biases))


def softmax(logits: Floats) -> NDArray[np.float64]:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def expect_urgency(probabilities: Floats) -> Any:
    """The expected urgency, 0 (low) to 3 (urgent), along the last axis."""
    return probabilities @ _LEVELS


def decide_urgency(probabilities: Floats, thresholds: Sequence[float]) -> int:
    """The index of the urgency: how many thresholds the expected urgency reaches.

    The labels are ordered and far misses cost most; where cost grows with the square of the distance, the expected
    value is the best guess, and thresholds fitted to labelled posts cut it into labels.
    """
    return int(np.searchsorted(np.asarray(thresholds), float(expect_urgency(probabilities)), side="right"))


def decide_labels(
    scores: Mapping[str, Floats], urgency_thresholds: Sequence[float], abuse_threshold: float
) -> dict[str, Any]:
    """The label of each head by its probabilities [labels]; None for a head that is absent."""
    labels: dict[str, Any] = {head: HEADS[head][int(row.argmax())] for head, row in scores.items()}
    if "urgency" in scores:
        labels["urgency"] = URGENCIES[decide_urgency(scores["urgency"], urgency_thresholds)]
    if "abuse" in scores:
        labels["abuse"] = bool(scores["abuse"][1] >= abuse_threshold)
    return {head: labels.get(head) for head in HEADS}


def name_scores(probabilities: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """head -> label -> probability."""
    return {head: dict(zip(HEADS[head], row.tolist(), strict=True)) for head, row in probabilities.items()}
