"""Score judgements against labelled rows: the metrics of the field, as plain functions of a confusion matrix."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from classifier.judgement import Classifier, Judgement
from classifier.labels import HEADS

Confusion = NDArray[np.int64]
"""[labels, labels]: rows are the truth, columns what was judged."""
Floats = NDArray[np.float64]


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


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """Expected calibration error (Guo et al. 2017): how far confidence and accuracy lie apart, over equal bins."""
    sure, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if not len(sure):
        return 0.0
    which = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gap = np.bincount(which, hit, bins) - np.bincount(which, sure, bins)
    return float(np.abs(gap).sum() / len(sure))


@dataclass(frozen=True, slots=True)
class HeadReport:
    """How one head did on the rows that carry its label."""

    labels: tuple[str, ...]
    confusion: Confusion
    calibration_error: float

    def as_json(self) -> dict[str, Any]:
        """Every metric, rounded to four places; `qwk` means something only where the labels are ordered."""
        table = self.confusion
        shares = (precision(table), recall(table), f1(table))
        columns = zip(self.labels, *(share.tolist() for share in shares), table.sum(1).tolist(), strict=True)
        return {
            "rows": int(table.sum()),
            "accuracy": round(accuracy(table), 4),
            "macro_f1": round(macro_f1(table), 4),
            "macro_recall": round(macro_recall(table), 4),
            "qwk": round(weighted_kappa(table), 4),
            "ece": round(self.calibration_error, 4),
            "labels": {
                label: {"precision": round(p, 4), "recall": round(r, 4), "f1": round(f, 4), "support": n}
                for label, p, r, f, n in columns
            },
            "confusion": table.tolist(),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How a classifier did on labelled rows, head by head; a head that no row is labelled for is absent."""

    model: str
    rows: int
    seconds: float
    heads: Mapping[str, HeadReport]

    def as_json(self) -> dict[str, Any]:
        """The form printed by `evaluate --json`."""
        return {
            "model": self.model,
            "rows": self.rows,
            "posts_per_second": round(self.rows / self.seconds, 1) if self.seconds else None,
            "heads": {head: report.as_json() for head, report in self.heads.items()},
        }


def evaluate_rows(classifier: Classifier, rows: Iterable[Mapping[str, Any]]) -> Report:
    """Judge every row's `text` and compare with whichever of sentiment, urgency, need and abuse the row carries.

    Raises ValueError, with the number of the row, where a label is not one of ours.
    """
    kept = list(rows)
    truths = [_read_truth(row, number) for number, row in enumerate(kept, 1)]
    began = time.perf_counter()
    judgements = classifier.judge([row["text"] for row in kept])
    seconds = time.perf_counter() - began
    heads = {head: _score_head(head, truths, judgements) for head in HEADS}
    return Report(classifier.version, len(kept), seconds, {head: report for head, report in heads.items() if report})


def _read_truth(row: Mapping[str, Any], number: int) -> dict[str, str]:
    """The labels a row carries, in the spelling of HEADS."""
    if not isinstance(row.get("text"), str):
        raise ValueError(f"Row {number} has no text.")  # noqa: TRY004 -- the row is wrong, not the program
    truth: dict[str, str] = {}
    for head, labels in HEADS.items():
        value = row.get(head)
        if value is None:
            continue
        truth[head] = str(int(value)) if isinstance(value, bool) else str(value)
        if truth[head] not in labels:
            raise ValueError(f"Row {number}: {head} is {value!r}, which is none of {', '.join(labels)}.")
    return truth


def _score_head(head: str, truths: Sequence[Mapping[str, str]], judgements: Sequence[Judgement]) -> HeadReport | None:
    """One head's report, over the rows that are labelled for it and judged by it."""
    labels = HEADS[head]
    pairs = [
        (labels.index(truth[head]), judgement)
        for truth, judgement in zip(truths, judgements, strict=True)
        if head in truth and head in judgement.scores
    ]
    if not pairs:
        return None
    judged = [labels.index(_spell(getattr(judgement, head))) for _, judgement in pairs]
    top = [max(judgement.scores[head].items(), key=lambda score: score[1]) for _, judgement in pairs]
    right = [labels.index(label) == truth for (label, _), (truth, _) in zip(top, pairs, strict=True)]
    confusion = confuse([truth for truth, _ in pairs], judged, len(labels))
    return HeadReport(labels, confusion, calibration_error([p for _, p in top], right))


def _spell(value: str | bool) -> str:
    """A judged label as HEADS spells it."""
    return str(int(value)) if isinstance(value, bool) else value


def print_report(report: Report, console: Console) -> None:
    """A table of the heads, and one of the labels of each head."""
    table = Table(title=f"{report.model} on {report.rows} rows", title_justify="left")
    for name in ("head", "rows", "accuracy", "macro-F1", "macro-recall", "QWK", "ECE"):
        table.add_column(name, justify="left" if name == "head" else "right")
    for name, head in report.heads.items():
        table.add_row(name, *_head_cells(name, head))
    console.print(table)
    for name, head in report.heads.items():
        console.print(_label_table(name, head))


def _head_cells(name: str, head: HeadReport) -> list[str]:
    scores = head.as_json()
    kappa = f"{scores['qwk']:.3f}" if name == "urgency" else ""
    shares = [f"{100 * scores[key]:.1f}" for key in ("accuracy", "macro_f1", "macro_recall")]
    return [str(scores["rows"]), *shares, kappa, f"{scores['ece']:.3f}"]


def _label_table(name: str, head: HeadReport) -> Table:
    """Precision, recall and F1 of each label, and what it was most often taken for."""
    table = Table(title=name, title_justify="left")
    for column in (name, "rows", "precision", "recall", "F1"):
        table.add_column(column, justify="left" if column == name else "right")
    table.add_column("taken for")
    scores = head.as_json()
    for label, judged in zip(head.labels, scores["confusion"], strict=True):
        row = scores["labels"][label]
        shares = [f"{100 * row[key]:.1f}" for key in ("precision", "recall", "f1")]
        table.add_row(label, str(row["support"]), *shares, _name_mistakes(label, head.labels, judged))
    return table


def _name_mistakes(label: str, labels: Sequence[str], judged: Sequence[int]) -> str:
    """The two labels that were most often given instead, with how often."""
    wrong = sorted(((n, other) for n, other in zip(judged, labels, strict=True) if n and other != label), reverse=True)
    return ", ".join(f"{other} {n}" for n, other in wrong[:2])
