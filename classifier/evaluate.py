"""Score a classifier on labelled texts: judge them, gather truth and judgement head by head, and report."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classifier.judgement import Classifier, Judgement
from classifier.labels import HEADS
from classifier.lines import BadLine, Labelled, in_chunks, read_text, read_truth
from classifier.report import HeadReport
from classifier.report import Report as Report
from classifier.tables import print_report as print_report

CHUNK = 1024  # texts in one call of the classifier
WARM_UP = 8  # texts judged before the clock runs

Watch = Callable[[Sequence[Labelled], Sequence[Judgement]], None]


@dataclass
class Tally:
    """What one head gathers over the texts that are labelled for it."""

    head: str
    truth: list[int] = field(default_factory=list)
    judged: list[int] = field(default_factory=list)
    probabilities: list[list[float]] = field(default_factory=list)
    not_judged: int = 0

    def add(self, row: Labelled, judgement: Judgement) -> None:
        label = spell(getattr(judgement, self.head))
        if self.head not in row.truth:
            return
        if label is None:
            self.not_judged += 1
            return
        labels, scores = HEADS[self.head], judgement.scores[self.head]
        self.truth.append(labels.index(row.truth[self.head]))
        self.judged.append(labels.index(label))
        self.probabilities.append([scores.get(name, 0.0) for name in labels])

    def report(self) -> HeadReport:
        return HeadReport(self.head, self.truth, self.judged, self.probabilities, self.not_judged)


def spell(value: str | bool | None) -> str | None:
    """A judged label as HEADS spells it; None for a head that was not judged."""
    return str(int(value)) if isinstance(value, bool) else value


def evaluate_rows(classifier: Classifier, rows: Iterable[Mapping[str, Any]]) -> Report:
    """Judge every row's `text` and compare with whichever of sentiment, urgency, need and abuse the row carries.

    Raises ValueError, with the number of the row, where there is no text or a label is not one of ours.
    """
    return evaluate(classifier, [_read_row(row, number) for number, row in enumerate(rows, 1)])


def _read_row(row: Mapping[str, Any], number: int) -> Labelled:
    try:
        return Labelled(number, read_text(row), read_truth(row), row.get("id"))
    except BadLine as error:
        raise ValueError(f"Row {number}: {error}") from None


def evaluate(
    classifier: Classifier, rows: Iterable[Labelled], threads: int = 1, watch: Watch = lambda _rows, _judgements: None
) -> Report:
    """Judge the texts and compare; `watch` sees each chunk once it is judged.

    Only judging is timed, after a warm-up that is not; `threads`, with which the classifier was loaded, is reported.
    """
    tallies = [Tally(head) for head in HEADS]
    count, seconds = 0, 0.0
    for chunk in in_chunks(rows, CHUNK):
        texts = [row.text for row in chunk]
        if not count:
            classifier.judge(texts[:WARM_UP])
        began = time.perf_counter()
        judgements = classifier.judge(texts)
        seconds += time.perf_counter() - began
        count += len(chunk)
        for row, judgement in zip(chunk, judgements, strict=True):
            for tally in tallies:
                tally.add(row, judgement)
        watch(chunk, judgements)
    heads = {tally.head: tally.report() for tally in tallies if tally.truth}
    return Report(classifier.version, count, seconds, heads, threads)


def find_mistakes(row: Labelled, judgement: Judgement) -> dict[str, Any] | None:
    """A text that was judged otherwise than labelled, head by head, as a JSON object; None where all is well."""
    wrong = {
        head: {
            "truth": truth,
            "judged": judged,
            "probability": round(judgement.scores[head].get(judged, 0.0), 4),
            "truth_probability": round(judgement.scores[head].get(truth, 0.0), 4),
        }
        for head, truth in row.truth.items()
        if (judged := spell(getattr(judgement, head))) and judged != truth
    }
    known = {} if row.id is None else {"id": row.id}
    return {"line": row.line, **known, "text": row.text, "mistakes": wrong} if wrong else None
