"""The metrics of the field, as plain functions: of a confusion matrix, of a ranking, of probabilities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Confusion = NDArray[np.int64]
"""[labels, labels]: rows are the truth, columns what was judged."""
Floats = NDArray[np.float64]

BINS = 15
RESAMPLES = 1000
SEED = 20260101


def confuse(truth: Sequence[int], judged: Sequence[int], labels: int) -> Confusion:
    """The confusion matrix of two lists of label indices."""
    flat = np.asarray(truth, dtype=np.int64) * labels + np.asarray(judged, dtype=np.int64)
    return np.bincount(flat, minlength=labels * labels).reshape(labels, labels)


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """part / whole, and 0 where the whole is 0."""
    shares: Floats = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return shares


def accuracy(confusion: Confusion) -> float:
    """The share judged as labelled."""
    return float(np.trace(confusion) / max(1, confusion.sum()))


def precision(confusion: Confusion) -> Floats:
    """For each label: of what was judged so, the share that is so."""
    return _share(np.diag(confusion), confusion.sum(0))


def recall(confusion: Confusion) -> Floats:
    """For each label: of what is so, the share that was judged so."""
    return _share(np.diag(confusion), confusion.sum(1))


def f1(confusion: Confusion) -> Floats:
    """For each label: the harmonic mean of precision and recall."""
    return _share(2 * np.diag(confusion), confusion.sum(0) + confusion.sum(1))


def macro_f1(confusion: Confusion) -> float:
    """Mean F1 over the labels that occur, in truth or in judgement."""
    occurs = confusion.sum(0) + confusion.sum(1) > 0
    return float(f1(confusion)[occurs].mean()) if occurs.any() else 0.0


def macro_recall(confusion: Confusion) -> float:
    """Mean recall over the labels that occur in truth: the measure of SemEval 2017 task 4A and TweetEval sentiment."""
    occurs = confusion.sum(1) > 0
    return float(recall(confusion)[occurs].mean()) if occurs.any() else 0.0


def weighted_kappa(confusion: Confusion) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968): 1 is agreement, 0 is chance; far misses cost most."""
    size, total = len(confusion), confusion.sum()
    steps = np.arange(size)
    cost = (steps[:, None] - steps[None, :]) ** 2
    chance = np.outer(confusion.sum(1), confusion.sum(0)) / max(1, total)
    expected = float((cost * chance).sum())
    return 1.0 - float((cost * confusion).sum()) / expected if expected else float(total > 0)


def bootstrap(confusion: Confusion, metric: Callable[[Confusion], float]) -> tuple[float, float]:
    """The 95 % interval of a metric, were the rows drawn again (percentile bootstrap, Efron 1979; fixed seed).

    To draw rows with replacement is to draw the cells of their confusion matrix from a multinomial, which costs the
    same for any number of rows.
    """
    total = int(confusion.sum())
    if not total:
        return 0.0, 0.0
    drawn = np.random.default_rng(SEED).multinomial(total, confusion.ravel() / total, RESAMPLES)
    values = [metric(cells.reshape(confusion.shape)) for cells in drawn]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def recall_at_precision(scores: ArrayLike, positive: ArrayLike, least: float) -> float | None:
    """The largest share of the positives found by a threshold on `scores` whose finds are right at `least` as often.

    0 where no threshold is that precise, None where nothing is positive.
    """
    score, hit = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    if not hit.any():
        return None
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(hit[order])
    # A threshold cannot part equal scores: only the last of them ends a selection.
    ends = np.append(np.diff(score[order]) != 0, True)
    precise = ends & (found >= least * np.arange(1, len(found) + 1))
    return float(found[precise].max(initial=0) / hit.sum())


def found_in_tenth(keys: Sequence[ArrayLike], positive: ArrayLike) -> float | None:
    """The share of all positives in the tenth of the rows (rounded up) ranked highest: by the first key, ties by the
    next; rows equal in all keys stay as they are given. None where nothing is positive.
    """
    hit = np.asarray(positive, dtype=bool)
    if not hit.any():
        return None
    order = np.lexsort([-np.asarray(key, dtype=float) for key in reversed(keys)])
    return float(hit[order[: -(-len(hit) // 10)]].sum() / hit.sum())


def brier(probabilities: ArrayLike, truth: Sequence[int]) -> float:
    """The Brier score [rows, labels]: squared distance to the truth, summed over the labels (Brier 1950), 0 to 2."""
    rows = np.array(probabilities, dtype=float)
    if not len(rows):
        return 0.0
    rows[np.arange(len(rows)), np.asarray(truth)] -= 1
    return float((rows**2).sum(1).mean())


@dataclass(frozen=True, slots=True)
class Reliability:
    """Rows sorted into equal bins by how sure the model was: how many, their mean confidence, the share right."""

    rows: NDArray[np.int64]
    confidence: Floats
    right: Floats

    @property
    def error(self) -> float:
        """Expected calibration error (Guo et al. 2017): how far confidence and accuracy lie apart, over the bins."""
        return float((self.rows * np.abs(self.right - self.confidence)).sum() / max(1, self.rows.sum()))


def sort_by_confidence(confidence: ArrayLike, right: ArrayLike, bins: int = BINS) -> Reliability:
    """The bins of a reliability diagram; the confidence is the probability of the likeliest label."""
    sure, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    which = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    rows = np.bincount(which, minlength=bins)
    return Reliability(rows, _share(np.bincount(which, sure, bins), rows), _share(np.bincount(which, hit, bins), rows))
