"""Whether a head that learned is better than the one in use: the rule by which `learn` takes it or leaves it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.decide import Floats
from classifier.labels import HEADS
from classifier.learn import Examples, Fitting, choose_strength, harder
from classifier.learned import Shift
from classifier.metrics import accuracy, confuse, macro_f1, weighted_kappa

HELD_BACK = 0.3  # of the mentions; whether one is held back never changes
FEWEST = 20  # labels of a head from which it learns
FEWEST_HELD_BACK = 6  # all of them must become right for the change to be no chance
CHANCE = 0.025  # how often a change that is no better than a coin may pass
MOST_LOST = 0.02  # of the guard's posts judged right
MOST_FALLEN = 0.03  # of the guard's macro-F1, or of its kappa for urgency

Labels = NDArray[np.int64]
"""[rows], indices of one head's labels."""
Decide = Callable[[Mapping[str, Floats]], Mapping[str, Any]]
"""head -> probabilities [labels] in, head -> label out."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well one head's judgements agree with labels."""

    rows: int
    right: float  # the share judged as labelled
    measure: float  # macro-F1; for urgency, whose labels are ordered, quadratic-weighted kappa

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "right": round(self.right, 4), "measure": round(self.measure, 4)}


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of learning one head; without scores where there was too little to learn from."""

    head: str
    labels: int  # that people gave, held-back ones included
    taken: bool
    why: str  # a sentence
    shift: Shift | None = None
    strength: float | None = None
    before: Score | None = None  # on held-back labels, as the head in use judges
    after: Score | None = None
    guard_before: Score | None = None
    guard_after: Score | None = None

    def as_json(self) -> dict[str, Any]:
        scores = {name: getattr(self, name) for name in ("before", "after", "guard_before", "guard_after")}
        said = {name: score.as_json() if score else None for name, score in scores.items()}
        return {"labels": self.labels, "taken": self.taken, "why": self.why, "strength": self.strength, **said}


def is_held_back(number: int) -> bool:
    """Whether the mention with this id is kept from the fit, to measure by. The same for ever, and for every head."""
    return int.from_bytes(sha256(str(number).encode()).digest()[:4]) < HELD_BACK * 2**32


def try_head(
    head: str,
    ids: Sequence[int],
    given: Examples,
    background: Floats,
    guard: Examples,
    in_use: Shift | None,
    decide: Decide,
) -> Trial:
    """Learn a head from labels given to the mentions `ids`, and weigh it against the shift in use.

    Where the guard set would fall, a harder hold is tried: as much is learned as the guard allows.
    """
    held = np.array([is_held_back(number) for number in ids], dtype=bool)
    if len(given) < FEWEST or held.sum() < FEWEST_HELD_BACK:
        return Trial(head, len(given), False, say_too_few(len(given), int(held.sum())))
    fitting, measured = Fitting(given.take(~held), background), given.take(held)
    old, guard_old = judge_rows(head, measured, in_use, decide), score_rows(head, guard, in_use, decide)
    for strength in harder(choose_strength(fitting)):
        shift = fitting.fit(strength)
        guard_new = score_rows(head, guard, shift, decide)
        forgetting = refuse_forgetting(guard_old, guard_new)
        if not forgetting:
            break
    new = judge_rows(head, measured, shift, decide)
    before, after = score(head, measured.truth, old), score(head, measured.truth, new)
    refusal = refuse_chance(old, new, measured.truth) or forgetting
    why = refusal or f"{after.right:.0%} of {after.rows} held-back labels are met, before {before.right:.0%}."
    return Trial(head, len(given), not refusal, why, shift, strength, before, after, guard_old, guard_new)


def say_too_few(labels: int, held_back: int) -> str:
    if labels < FEWEST:
        return f"{labels} labels given; it learns from {FEWEST} on."
    return f"{held_back} of its {labels} labels are held back to measure by; {FEWEST_HELD_BACK} are needed."


def judge_rows(head: str, rows: Examples, shift: Shift | None, decide: Decide) -> Labels:
    """The index of the label that the head decides for, for each row."""
    scores = shift.apply(rows.scores, rows.vectors) if shift else rows.scores
    labels = (decide({head: row})[head] for row in scores)
    return np.array([HEADS[head].index(str(int(one)) if isinstance(one, bool) else one) for one in labels], dtype=int)


def score_rows(head: str, rows: Examples, shift: Shift | None, decide: Decide) -> Score:
    return score(head, rows.truth, judge_rows(head, rows, shift, decide))


def score(head: str, truth: Labels, judged: Labels) -> Score:
    table = confuse(truth.tolist(), judged.tolist(), len(HEADS[head]))
    return Score(len(truth), accuracy(table), weighted_kappa(table) if head == "urgency" else macro_f1(table))


def refuse_chance(old: Labels, new: Labels, truth: Labels) -> str:
    """Why the change could be chance; empty where it could hardly.

    Of the held-back judgements that change, those that become right must outnumber the others beyond a coin's luck (a
    one-sided sign test). A change from wrong to wrong counts against it: people mostly label what was judged wrong, so
    by leaving the old label alone there is nothing to lose.
    """
    changed = int((old != new).sum())
    gained = int(((old != new) & (new == truth)).sum())
    if not changed:
        return "No held-back judgement would change: the labels show no pattern that carries over."
    if coin(gained, changed) > CHANCE:
        return f"Of {changed} held-back judgements that would change, {gained} would become right; that may be chance."
    return ""


def coin(heads: int, throws: int) -> float:
    """The probability of that many heads or more."""
    return sum(math.comb(throws, number) for number in range(heads, throws + 1)) / (1 << throws)


def refuse_forgetting(before: Score, after: Score) -> str:
    """Why the guard set forbids the change; empty where it does not."""
    if before.right - after.right > MOST_LOST:
        return f"The guard set falls from {before.right:.1%} to {after.right:.1%} judged right."
    if before.measure - after.measure > MOST_FALLEN:
        return f"The guard set's score falls from {before.measure:.3f} to {after.measure:.3f}."
    return ""
