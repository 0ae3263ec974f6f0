"""The part of the model card that is measured: a table of scores, rewritten in place after each training."""

from collections.abc import Mapping
from pathlib import Path

from classifier.report import HeadReport, Report

BEGIN, END = "<!-- scores: written by classifier.train -->", "<!-- end of scores -->"
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


def update_card(path: Path, table: str) -> None:
    """Put the table between the card's two marks. Raises ValueError if the card has none."""
    card = path.read_text(encoding="utf-8")
    if BEGIN not in card or END not in card:
        raise ValueError(f"{path} has no place for scores: it needs the lines {BEGIN} and {END}.")
    before, after = card.split(BEGIN)[0], card.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
