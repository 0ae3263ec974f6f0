"""The command that judges texts, for a look or for another program."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TextIO

import click

from classifier.judgement import Classifier, Judgement
from classifier.lines import BadLine, in_chunks, parse_object, read_text
from monitor.cli.context import Desk, dump_json, model_option, pass_desk, print_json
from monitor.judging.explaining import explain_pressing
from monitor.judging.loading import choose_model, load_classifier

CHUNK = 1024  # lines in memory at a time
UNJUDGED = dict.fromkeys(("sentiment", "urgency", "need", "abuse", "lang", "scores", "reasons", "model"))


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file",
    "file",
    type=click.File("r", encoding="utf-8-sig", errors="replace"),
    help="JSON lines with text; - for stdin.",
)
@click.option("--explain", is_flag=True, help="Weigh the words of pressing lines as those of a text: much slower.")
@model_option
@pass_desk
def classify(desk: Desk, text: str | None, file: TextIO | None, explain: bool, model: str | None) -> None:
    """Judge a text, or every line of a file. Prints one JSON object a line, in the same order.

    A line without text is named on stderr and answered with "error" and no labels, so that the order holds.
    """
    if (text is None) == (file is None):
        raise click.UsageError("Give a text or --file, one of the two.")
    classifier = load_classifier(choose_model(desk.settings, model), threads=os.cpu_count() or 1)
    if file is None:
        print_json(judge_and_explain(classifier, [text or ""])[0].as_json())
        return
    judge = partial(judge_and_explain, classifier) if explain else classifier.judge
    for answers in answer_lines(judge, file, lambda sentence: click.echo(sentence, err=True)):
        click.echo("\n".join(map(dump_json, answers)))


def judge_and_explain(classifier: Classifier, texts: Sequence[str]) -> Sequence[Judgement]:
    return explain_pressing(classifier, texts, classifier.judge(texts))


def answer_lines(
    judge: Callable[[Sequence[str]], Sequence[Judgement]], lines: Iterable[str], complain: Callable[[str], None]
) -> Iterator[list[dict[str, Any]]]:
    """One answer for each line that is not blank, in chunks."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    for chunk in in_chunks(numbered, CHUNK):
        rows = [read_line(line) for _, line in chunk]
        judgements = iter(judge([row["text"] for row in rows if "error" not in row]))
        for (number, _), row in zip(chunk, rows, strict=True):
            if "error" in row:
                complain(f"line {number}: {row['error']}")
        yield [
            {**row, **UNJUDGED} if "error" in row else {**known_id(row), **next(judgements).as_json()} for row in rows
        ]


def read_line(line: str) -> dict[str, Any]:
    """The line's id, if it has one, with its text or with the error that it has none."""
    row: dict[str, Any] = {}
    try:
        row = parse_object(line)
        return {**known_id(row), "text": read_text(row)}
    except BadLine as error:
        return {**known_id(row), "error": str(error)}


def known_id(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"]} if "id" in row else {}
