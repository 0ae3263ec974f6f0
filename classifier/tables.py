"""An evaluation for people, in the terminal: a table of the heads, and two of each head's labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from classifier.report import HeadReport, Report

SAID = {"macro_recall": "macro-recall", "qwk": "QWK", "macro_f1": "macro-F1", "f1": "F1"}


def print_report(report: Report, console: Console) -> None:
    """Everything that `Report.as_json` holds, but for the bins of the reliability diagrams."""
    scores = {head: one.as_json() for head, one in report.heads.items()}
    console.print(_head_table(report, scores))
    for sentence in _say_more(report, scores):
        console.print(sentence, markup=False, highlight=False)
    for head, one in report.heads.items():
        console.print(_label_table(head, scores[head]))
        console.print(_confusion_table(one))


def _head_table(report: Report, scores: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table(
        f"{report.model} on {report.rows:,} rows",
        ("head", "rows", "accuracy", "macro-F1", "macro-recall", "QWK", "ECE", "Brier"),
    )
    for head, numbers in scores.items():
        shares = [f"{100 * numbers[key]:.1f}" for key in ("accuracy", "macro_f1", "macro_recall")]
        kappa = f"{numbers['qwk']:.3f}" if head == "urgency" else ""
        errors = [f"{numbers[key]:.3f}" for key in ("ece", "brier")]
        table.add_row(head, f"{numbers['rows']:,}", *shares, kappa, *errors)
    return table


def _say_more(report: Report, scores: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What fits no column."""
    mains = [(head, numbers["main"]) for head, numbers in scores.items()]
    sentences = [
        f"{head}: {SAID[main['metric']]} {main['value']:.3f}, 95 % between {main['low']:.3f} and {main['high']:.3f}."
        for head, main in mains
    ]
    urgency = scores.get("urgency", {})
    found = {
        "High and urgent found at a precision of 80 %: {}": urgency.get("pressing_recall"),
        "Urgent found in the tenth ranked highest: {}": urgency.get("urgent_in_tenth"),
    }
    sentences += [say.format(f"{100 * share:.1f} %") for say, share in found.items() if share is not None]
    sentences += [
        f"{numbers['not_judged']:,} labelled rows got no {head}."
        for head, numbers in scores.items()
        if numbers["not_judged"]
    ]
    if any(report.skipped.values()):
        reasons = {"bad": "are wrong", "no_text": "have no text", "no_label": "have no label"}
        counts = [f"{n:,} {reasons[why]}" for why, n in report.skipped.items() if n]
        sentences.append(f"Lines passed over: {', '.join(counts)}.")
    if report.posts_per_second:
        threads = "one thread" if report.threads == 1 else f"{report.threads} threads"
        sentences.append(f"{report.posts_per_second:,.0f} posts a second on {threads}.")
    return sentences


def _label_table(head: str, scores: Mapping[str, Any]) -> Table:
    """Precision, recall and F1 of each label."""
    table = _table(head, ("label", "rows", "precision", "recall", "F1"))
    for label, row in scores["labels"].items():
        table.add_row(label, f"{row['support']:,}", *(f"{100 * row[key]:.1f}" for key in ("precision", "recall", "f1")))
    return table


def _confusion_table(report: HeadReport) -> Table:
    """Truth in the rows, judgement in the columns."""
    names = [label[:4] for label in report.labels]  # eleven of them side by side
    table = _table("truth ↓ judged →", ("", *names))
    for label, row in zip(report.labels, report.confusion.tolist(), strict=True):
        table.add_row(label, *(f"{n:,}" if n else "·" for n in row))
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    """A table whose first column is of names and the others of numbers."""
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=0, collapse_padding=True)
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at else "left")
    return table
