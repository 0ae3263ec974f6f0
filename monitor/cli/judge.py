"""Commands of the classifier: classify and evaluate."""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console

from classifier.engine import load
from classifier.evaluate import evaluate_rows, print_report
from classifier.judgement import Classifier
from monitor.cli.context import print_json, progress

BATCH = 256


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file",
    "file",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="JSON lines with text; - for stdin.",
)
def classify(text: str | None, file: TextIO | None) -> None:
    """Judge a text, or every line of a file, and print one JSON object a line in the same order."""
    if (text is None) == (file is None):
        raise click.UsageError("Give a text or --file, one of the two.")
    classifier = load(threads=os.cpu_count() or 1)
    if text is not None:
        print_json(classifier.judge([text])[0].as_json())
        return
    lines = iter(file or ())
    while batch := list(islice(lines, BATCH)):
        for answer in answer_lines(classifier, batch):
            print_json(answer)


def answer_lines(classifier: Classifier, lines: list[str]) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that holds no text is answered with an error in its place."""
    rows = [parse_line(line) for line in lines]
    judgements = iter(classifier.judge([row["text"] for row in rows if "error" not in row]))
    for row in rows:
        passed = {"id": row["id"]} if "id" in row else {}
        yield {**passed, "error": row["error"]} if "error" in row else {**passed, **next(judgements).as_json()}


def parse_line(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "This line is not valid JSON."}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return {**(row if isinstance(row, dict) else {}), "error": "This line has no text."}
    return {name: row[name] for name in ("id", "text") if name in row}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def evaluate(file: Path, as_json: bool) -> None:
    """Score the model on labelled JSON lines: `text` and any of sentiment, urgency, need, abuse."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        rows = [json.loads(line) for line in stream if line.strip()]
    with progress() as bar:
        task = bar.add_task("Judging", total=len(rows), note="posts")
        report = evaluate_rows(load(threads=os.cpu_count() or 1), bar.track(rows, task_id=task))
    if as_json:
        print_json(report.as_json())
    else:
        print_report(report, Console())
