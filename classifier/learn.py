"""Fit one head to labels that people gave: a convex problem over a few hundred embeddings, seconds with NumPy alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.decide import Floats, softmax
from classifier.learned import LEAST, Shift, as_kept

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # how hard a shift is held to zero
LEAST_HOLD = 0.1  # of a direction in which the background does not spread at all
FOLDS = 5
MOST_STEPS = 300
SETTLED = 1e-3  # the largest change of a logit in one step after which none is taken


@dataclass(frozen=True, slots=True)
class Examples:
    """Posts with a label for one head."""

    vectors: Floats  # [rows, width], embeddings
    scores: Floats  # [rows, labels], the head's probabilities before anything learned
    truth: NDArray[np.int64]  # [rows], indices of the labels that people gave

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: NDArray[np.bool_]) -> "Examples":
        """Those that the mask [rows] names."""
        return Examples(self.vectors[rows], self.scores[rows], self.truth[rows])


class Fitting:
    """Labelled posts, and what is needed to fit to them or to some of them.

    A fit makes the labels as likely as it can while the shift is held to zero on the `background` [rows, width]:
    embeddings of what the desk sees from day to day, labelled or not. The penalty is `strength` times half the mean
    square of the shift over the background: what sets the labelled posts apart may move, what they share with
    everything else may not. The zero is the head as it came.
    """

    def __init__(self, examples: Examples, background: Floats) -> None:
        inputs = add_constant(examples.vectors)
        self.logits = np.log(np.maximum(examples.scores, LEAST))
        self.targets = np.eye(self.logits.shape[1])[examples.truth]
        self.spanned = np.linalg.solve(spread(add_constant(background)), inputs.T)  # [width + 1, rows]
        self.kernel = inputs @ self.spanned  # how much alike two posts are, where the background is not [rows, rows]

    def fit(self, strength: float) -> Shift:
        """The shift that all labels ask for."""
        found = self.spanned @ self._pull(np.ones(len(self.logits), dtype=bool), strength)
        return Shift(found[:-1].T, found[-1])

    def left_out_losses(self, strength: float) -> Floats:
        """For each label its negative log-likelihood [rows] under a fit to the other folds."""
        folds, losses = np.arange(len(self.logits)) % FOLDS, np.zeros(len(self.logits))
        for fold in range(FOLDS):
            out = folds == fold
            added = self.kernel[np.ix_(out, ~out)] @ self._pull(~out, strength)
            likely = (softmax(self.logits[out] + added) * self.targets[out]).sum(1)
            losses[out] = -np.log(np.maximum(likely, LEAST))
        return losses

    def _pull(self, rows: NDArray[np.bool_], strength: float) -> Floats:
        """How much each of the rows pulls at each label [rows, labels]; the shift is the sum of what they pull.

        The step is Böhning's (1992): his bound on the curvature does for every point, so one matrix is inverted and no
        step can overshoot; Nesterov's momentum makes the steps few.
        """
        kernel, logits, targets = self.kernel[np.ix_(rows, rows)], self.logits[rows], self.targets[rows]
        step = np.linalg.inv(0.5 * kernel + strength * np.eye(len(kernel)))
        now = ahead = np.zeros_like(logits)
        for turn in range(MOST_STEPS):
            wrong = softmax(logits + kernel @ ahead) - targets
            before, now = now, ahead - step @ (wrong + strength * ahead)
            if np.abs(kernel @ (now - before)).max() < SETTLED:
                break
            ahead = now + turn / (turn + 3) * (now - before)
        return np.asarray(now)


def add_constant(vectors: Floats) -> Floats:
    """The vectors as the desk keeps them, with a last column of ones for the bias."""
    return np.hstack([as_kept(vectors).astype(np.float64), np.ones((len(vectors), 1))])


def spread(inputs: Floats) -> Floats:
    """The second moment of the inputs; scaled so that a direction of average spread counts one, no spread a little."""
    width = inputs.shape[1]
    return np.asarray(width * inputs.T @ inputs / len(inputs) + LEAST_HOLD * np.eye(width))


def choose_strength(fitting: Fitting) -> float:
    """The hardest hold under which labels left out of the fit are about as likely as under the best one.

    About: within one standard error of the best, so that little is changed where little is known (Breiman et al. 1984).
    """
    losses = {strength: fitting.left_out_losses(strength) for strength in STRENGTHS}
    best = min(losses.values(), key=lambda loss: float(loss.mean()))
    enough = best.mean() + best.std() / np.sqrt(len(best))
    return max(strength for strength, loss in losses.items() if loss.mean() <= enough)


def harder(strength: float) -> Sequence[float]:
    """This strength, and those above it."""
    return [one for one in STRENGTHS if one >= strength]
