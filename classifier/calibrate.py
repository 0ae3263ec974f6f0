"""Fit, on development rows, the numbers that turn the model's outputs into honest probabilities and good decisions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from classifier.decide import Floats, Scale, expect_urgency, softmax
from classifier.judgement import Judgement
from classifier.labels import HEADS
from classifier.metrics import confuse, f1, macro_f1, weighted_kappa

ADRIFT = "sentiment"
"""The head whose labels come in other shares each year (negative posts: 11 % in SemEval's release of 2014, 21 % in one
of 2013): biases fitted to the shares of one year would be wrong in the next."""
HOLD = 5.0  # rows
WIDEST = 12.0  # a logit this far behind the first is as good as never
STEPS, RATE, MOMENTUM = 500, 0.03, 0.9
NEAR_BEST = 0.01  # a score this close to the best is as good: development sets are small


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `model.json` holds besides names."""

    scales: Mapping[str, Scale]
    urgency_thresholds: tuple[float, ...]
    abuse_threshold: float


def fit_calibration(judgements: Sequence[Judgement], rows: Sequence[Mapping[str, Any]]) -> Calibration:
    """Fit to the judgements, made at temperature 1, of rows that carry labels for every head between them."""
    logits, truths = _gather(judgements, rows)
    scales = {head: fit_scale(logits[head], truths[head], biased=head != ADRIFT) for head in HEADS}
    urgency = scales["urgency"].soften(logits["urgency"])
    abuse = scales["abuse"].soften(logits["abuse"])[:, 1]
    return Calibration(
        scales,
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


def fit_scale(logits: Floats, truth: Sequence[int], biased: bool = True) -> Scale:
    """The temperature and, unless not `biased`, the biases under which the true labels are likeliest.

    Training weighs rare labels more, which no temperature puts right. A penalty worth HOLD rows keeps the biases small.
    """
    logits = np.maximum(logits, logits.max(1, keepdims=True) - WIDEST)
    labels, wanted = logits.shape[1], np.eye(logits.shape[1])[np.asarray(truth)]
    found, speed = np.zeros(labels + 1), np.zeros(labels + 1)  # the inverse temperature's logarithm, then the biases
    for _ in range(STEPS):
        sharpness = np.exp(found[0])
        wrong = (softmax(logits * sharpness + found[1:]) - wanted) / len(wanted)
        held = wrong.sum(0) + 2 * HOLD / len(wanted) * found[1:]
        speed = MOMENTUM * speed + np.concatenate([[(wrong * logits).sum() * sharpness], held * biased])
        found = found - RATE * speed
    return Scale(round(float(np.exp(-found[0])), 3), tuple(round(float(bias), 3) for bias in found[1:]))


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
