"""The command that scores the model on texts that people labelled."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from classifier.evaluate import evaluate as score
from classifier.evaluate import find_mistakes
from classifier.judgement import Classifier, Judgement
from classifier.lines import Labelled, LabelledLines
from classifier.reliability import draw_reliability
from classifier.report import Report
from classifier.tables import print_report
from monitor.cli.context import Desk, count_lines, dump_json, model_option, pass_desk, print_json, progress
from monitor.judging.loading import choose_model, load_classifier

Write = Callable[[Sequence[Labelled], Sequence[Judgement]], None]
OUT = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.option("--plot", type=OUT, help="Draw the reliability of each head's probabilities into this SVG file.")
@click.option("--errors", type=OUT, help="Write what was judged otherwise than labelled into this file, as JSON lines.")
@model_option
@pass_desk
def evaluate(desk: Desk, file: Path, as_json: bool, plot: Path | None, errors: Path | None, model: str | None) -> None:
    """Score the model on labelled JSON lines. Each has `text` and any of sentiment, urgency, need, abuse.

    Lines without text or label are counted and passed over; wrong ones are also named on stderr.
    """
    settings = choose_model(desk.settings, model)
    threads = settings.classifier.threads or os.cpu_count() or 1
    check_folders(plot, errors)
    report = score_file(load_classifier(settings, threads), file, threads, errors)
    if not report.rows:
        raise click.ClickException(f"{file} has no line with a text and a label for it.")
    if plot:
        plot.write_text(draw_reliability(report), encoding="utf-8")
    if as_json:
        print_json(report.as_json())
    else:
        print_report(report, Console())


def check_folders(*files: Path | None) -> None:
    """Better now than after an hour of judging."""
    for file in files:
        if file and not file.parent.is_dir():
            raise click.ClickException(f"There is no folder {file.parent} to write {file.name} into.")


def score_file(classifier: Classifier, file: Path, threads: int, errors: Path | None) -> Report:
    """The report on a file of any length, with a bar that shows how far it is."""
    with ExitStack() as stack:
        bar = stack.enter_context(progress())
        lines = stack.enter_context(file.open(encoding="utf-8-sig", errors="replace"))
        write = stack.enter_context(write_mistakes(errors))
        rows = LabelledLines(lines, lambda sentence: warn(bar, sentence))
        task = bar.add_task("Judging", total=count_lines(file), note="lines")

        def watch(chunk: Sequence[Labelled], judgements: Sequence[Judgement]) -> None:
            bar.update(task, completed=chunk[-1].line)
            write(chunk, judgements)

        report = score(classifier, rows, threads, watch)
    return replace(report, skipped=dict(rows.skipped))


def warn(bar: Progress, sentence: str) -> None:
    bar.console.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def write_mistakes(path: Path | None) -> Iterator[Write]:
    """A function that writes down the mistakes of a chunk; one that does nothing where no file is named."""
    if path is None:
        yield lambda _rows, _judgements: None
        return
    with path.open("w", encoding="utf-8") as file:

        def write(rows: Sequence[Labelled], judgements: Sequence[Judgement]) -> None:
            for mistake in map(find_mistakes, rows, judgements):
                if mistake:
                    file.write(dump_json(mistake) + "\n")

        yield write
