"""The part of the model card that is measured: a table of scores, rewritten in place after each training."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from classifier.report import HeadReport, Report


class Marks(NamedTuple):
    """The lines of the card between which a program writes."""

    begin: str
    end: str


SCORES = Marks("<!-- scores: written by classifier.train -->", "<!-- end of scores -->")
SEARCH = Marks("<!-- trials: written by classifier.search -->", "<!-- end of trials -->")
_HEADER = (
    "| rows | head | n | accuracy | macro-F1 | macro-recall | QWK | ECE |\n|---|---|---:|---:|---:|---:|---:|---:|"
)


def render_scores(reports: Mapping[str, Report]) -> str:
    """A Markdown table: one line for each head on each set of rows, and one for each label that is rare and matters."""
    lines = [
        _render_head(name, head, scores) for name, report in reports.items() for head, scores in report.heads.items()
    ]
    return "\n".join([_HEADER, *lines])


def _render_head(name: str, head: str, report: HeadReport) -> str:
    scores = report.as_json()
    kappa = f"{scores['qwk']:.3f}" if head == "urgency" else ""
    shares = " | ".join(f"{100 * scores[key]:.1f}" for key in ("accuracy", "macro_f1", "macro_recall"))
    return f"| {name} | {head} | {scores['rows']} | {shares} | {kappa} | {scores['ece']:.3f} |"


def update_card(path: Path, table: str, marks: Marks = SCORES) -> None:
    """Put the table between the two marks in the card. Raises ValueError if it has none."""
    card = path.read_text(encoding="utf-8")
    if marks.begin not in card or marks.end not in card:
        raise ValueError(f"{path} has no place for the table: it needs the lines {marks.begin} and {marks.end}.")
    before, after = card.split(marks.begin)[0], card.split(marks.end)[1]
    path.write_text(f"{before}{marks.begin}\n{table}\n{marks.end}{after}", encoding="utf-8")
