"""Fit, on development rows, the numbers that turn the model's outputs into honest probabilities and good decisions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from classifier.decide import Floats, expect_urgency, soften
from classifier.judgement import Judgement
from classifier.labels import HEADS
from classifier.metrics import confuse, f1, macro_f1, weighted_kappa

TEMPERATURES = np.geomspace(0.3, 4.0, 150)
NEAR_BEST = 0.01  # a score this close to the best is as good: development sets are small


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `model.json` holds besides names."""

    temperatures: Mapping[str, float]
    urgency_thresholds: tuple[float, ...]
    abuse_threshold: float


def fit_calibration(judgements: Sequence[Judgement], rows: Sequence[Mapping[str, Any]]) -> Calibration:
    """Fit to the judgements, made at temperature 1, of rows that carry labels for every head between them."""
    logits, truths = _gather(judgements, rows)
    temperatures = {head: fit_temperature(logits[head], truths[head]) for head in HEADS}
    urgency = soften(logits["urgency"], temperatures["urgency"])
    abuse = soften(logits["abuse"], temperatures["abuse"])[:, 1]
    return Calibration(
        temperatures,
        fit_urgency_thresholds(urgency, truths["urgency"]),
        fit_abuse_threshold(abuse, truths["abuse"]),
    )


def _gather(
    judgements: Sequence[Judgement], rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Floats], dict[str, list[int]]]:
    """Logits, up to a constant, and label indices of the rows labelled and judged for each head."""
    logits, truths = {}, {}
    for head, labels in HEADS.items():
        pairs = zip(judgements, rows, strict=True)
        known = [(judgement, row) for judgement, row in pairs if row.get(head) is not None and head in judgement.scores]
        logits[head] = np.log(np.array([[j.scores[head][label] for label in labels] for j, _ in known]) + 1e-12)
        truths[head] = [labels.index(str(row[head])) for _, row in known]
    return logits, truths


def fit_temperature(logits: Floats, truth: Sequence[int]) -> float:
    """The temperature under which the true labels are likeliest (Guo et al. 2017)."""
    at = np.arange(len(truth)), np.asarray(truth)
    losses = [float(-np.log(soften(logits, t)[at] + 1e-12).mean()) for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 3)


def fit_abuse_threshold(probabilities: Floats, truth: Sequence[int]) -> float:
    """The probability from which abuse is called: the middle of those that give about the best F1."""
    grid = np.arange(0.2, 0.81, 0.02)
    best = _middle_of_best(grid, lambda t: f1(confuse(truth, (probabilities >= t).astype(int).tolist(), 2))[1])
    return round(float(best), 3)


def fit_urgency_thresholds(probabilities: Floats, truth: Sequence[int]) -> tuple[float, ...]:
    """Thresholds on the expected urgency: the middle of those that give about the best agreement."""
    grids = [np.arange(mid - 0.25, mid + 0.26, 0.05) for mid in (0.5, 1.5, 2.5)]
    choices = np.array(list(product(*grids)))
    best = _middle_of_best(choices, lambda thresholds: score_urgency(probabilities, truth, thresholds))
    return tuple(round(float(threshold), 3) for threshold in best)


def score_urgency(probabilities: Floats, truth: Sequence[int], thresholds: Sequence[float]) -> float:
    """The mean of weighted kappa, which is for order, and macro-F1, which is for the rare `urgent`."""
    judged = np.searchsorted(np.asarray(thresholds), expect_urgency(probabilities), side="right")
    table = confuse(truth, judged.tolist(), probabilities.shape[1])
    return (weighted_kappa(table) + macro_f1(table)) / 2


def _middle_of_best(choices: Floats, score: Callable[[Any], float]) -> Any:
    """The mean of the choices that score within NEAR_BEST of the best: the very best hangs on a few rows."""
    scores = np.array([score(choice) for choice in choices])
    return choices[scores >= scores.max() - NEAR_BEST].mean(0)
