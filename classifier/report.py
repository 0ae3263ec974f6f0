"""What an evaluation found, as numbers: one report for each head, one for the whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from classifier.decide import expect_urgency
from classifier.labels import HEADS, URGENCIES
from classifier.metrics import (
    Confusion,
    Floats,
    Reliability,
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

PRESSING = URGENCIES.index("high")
URGENT = URGENCIES.index("urgent")
PRECISE = 0.8  # a desk that is called out wrongly more than once in five stops coming

MAIN: dict[str, tuple[str, Callable[[Confusion], float]]] = {
    "sentiment": ("macro_recall", macro_recall),
    "urgency": ("qwk", weighted_kappa),
    "need": ("macro_f1", macro_f1),
    "abuse": ("f1", lambda confusion: float(f1(confusion)[1])),
}
"""The number by which each head is chosen, under its name in the report."""


@dataclass(frozen=True)
class HeadReport:
    """How one head did on the texts that are labelled for it: label indices, and probabilities [rows, labels]."""

    head: str
    truth: Sequence[int]
    judged: Sequence[int]
    probabilities: Sequence[Sequence[float]]
    not_judged: int = 0  # labelled texts that the classifier gave no label, as it does not read their language

    @property
    def labels(self) -> tuple[str, ...]:
        return HEADS[self.head]

    @cached_property
    def confusion(self) -> Confusion:
        return confuse(self.truth, self.judged, len(self.labels))

    @cached_property
    def reliability(self) -> Reliability:
        """By the likeliest label, which for urgency and abuse need not be the one that was decided for."""
        table = np.array(self.probabilities)
        return sort_by_confidence(table.max(1), table.argmax(1) == np.array(self.truth))

    def as_json(self) -> dict[str, Any]:
        """Every metric, rounded to four places; `qwk` means something only where the labels are ordered."""
        table = self.confusion
        numbers = {
            "accuracy": accuracy(table),
            "macro_f1": macro_f1(table),
            "macro_recall": macro_recall(table),
            "qwk": weighted_kappa(table),
            "ece": self.reliability.error,
            "brier": brier(self.probabilities, self.truth),
            **self._score_own(),
        }
        return {
            "rows": int(table.sum()),
            "not_judged": self.not_judged,
            **{name: round_number(value) for name, value in numbers.items()},
            "main": self._score_main(),
            "labels": self._score_labels(),
            "confusion": table.tolist(),
            "reliability": self._list_bins(),
        }

    def _score_own(self) -> dict[str, float | None]:
        """The numbers that only this head has: those that a care desk lives by."""
        if self.head == "urgency":
            return score_ranking(np.array(self.probabilities), np.array(self.truth))
        return {"f1": float(f1(self.confusion)[1])} if self.head == "abuse" else {}

    def _score_main(self) -> dict[str, Any]:
        name, metric = MAIN[self.head]
        low, high = bootstrap(self.confusion, metric)
        value = metric(self.confusion)
        return {"metric": name, "value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}

    def _score_labels(self) -> dict[str, Any]:
        table = self.confusion
        columns = zip(self.labels, precision(table), recall(table), f1(table), table.sum(1), strict=True)
        return {
            label: {
                "precision": round(float(p), 4),
                "recall": round(float(r), 4),
                "f1": round(float(f), 4),
                "support": int(n),
            }
            for label, p, r, f, n in columns
        }

    def _list_bins(self) -> list[dict[str, Any]]:
        """The bins of the reliability diagram that hold any row."""
        bins = self.reliability
        size = len(bins.rows)
        return [
            {
                "above": round(at / size, 4),
                "up_to": round((at + 1) / size, 4),
                "rows": int(bins.rows[at]),
                "confidence": round(float(bins.confidence[at]), 4),
                "right": round(float(bins.right[at]), 4),
            }
            for at in np.flatnonzero(bins.rows)
        ]


def score_ranking(probabilities: Floats, truth: Any) -> dict[str, float | None]:
    """How well the urgency's probabilities put first what must come first.

    `pressing_recall` is the recall of high and urgent, by their summed probability, at a precision of 80 %;
    `urgent_in_tenth` the share of `urgent` in the tenth ranked highest by its probability, ties by expected urgency.
    """
    urgent = probabilities[:, URGENT]
    return {
        "pressing_recall": recall_at_precision(probabilities[:, PRESSING:].sum(1), truth >= PRESSING, PRECISE),
        "urgent_in_tenth": found_in_tenth([urgent, expect_urgency(probabilities)], truth == URGENT),
    }


def round_number(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class Report:
    """How a classifier did on labelled texts, head by head; a head that no text is labelled for is absent."""

    model: str
    rows: int
    seconds: float  # spent judging
    heads: Mapping[str, HeadReport]
    threads: int = 1
    skipped: Mapping[str, int] = field(default_factory=dict)  # why a line was passed over -> how many

    @property
    def posts_per_second(self) -> float | None:
        return round(self.rows / self.seconds, 1) if self.seconds else None

    def as_json(self) -> dict[str, Any]:
        """The form printed by `evaluate --json`."""
        return {
            "model": self.model,
            "rows": self.rows,
            "skipped": dict(self.skipped),
            "seconds": round(self.seconds, 3),
            "threads": self.threads,
            "posts_per_second": self.posts_per_second,
            "heads": {head: report.as_json() for head, report in self.heads.items()},
        }
