"""An evaluation: which rows count, what is reported of each head, and what a person reads."""

import io
import json
from collections.abc import Sequence

import pytest
from rich.console import Console

from classifier.evaluate import CHUNK, evaluate, evaluate_rows, find_mistakes
from classifier.judgement import Judgement
from classifier.lines import Labelled, LabelledLines
from classifier.tables import print_report


class Parrot:
    """Judges a text that consists of the labels it should give, and is sure of it: 'negative high none 0'."""

    version = "parrot 1"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        self.calls.append(len(texts))
        return [self._judge(*text.split()) for text in texts]

    def _judge(self, sentiment: str, urgency: str, need: str, abuse: str) -> Judgement:
        if sentiment == "foreign":
            return Judgement(None, None, None, None, {}, self.version)
        scores = {"sentiment": {sentiment: 1.0}, "urgency": {urgency: 1.0}, "need": {need: 1.0}, "abuse": {abuse: 1.0}}
        return Judgement(sentiment, urgency, need, abuse == "1", scores, self.version)


ROWS = [
    {"text": "negative high fault 0", "sentiment": "negative", "urgency": "high", "need": "fault", "abuse": 0},
    {"text": "negative low none 1", "sentiment": "positive", "abuse": 1},
    {"text": "neutral low none 1", "abuse": False},
]


def read(*lines: str) -> tuple[list[Labelled], LabelledLines, list[str]]:
    complaints: list[str] = []
    reader = LabelledLines(lines, complaints.append)
    return list(reader), reader, complaints


def test_each_head_is_scored_on_the_rows_that_are_labelled_for_it() -> None:
    report = evaluate_rows(Parrot(), ROWS).as_json()
    assert report["rows"] == 3
    assert {head: scores["rows"] for head, scores in report["heads"].items()} == {
        "sentiment": 2,
        "urgency": 1,
        "need": 1,
        "abuse": 3,
    }
    assert report["heads"]["sentiment"]["accuracy"] == 0.5
    assert report["heads"]["abuse"]["labels"]["1"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1}
    assert report["heads"]["abuse"]["ece"] == pytest.approx(1 / 3, abs=1e-4)
    assert report["heads"]["abuse"]["brier"] == pytest.approx(2 / 3, abs=1e-4)


def test_a_head_without_labels_is_absent() -> None:
    assert set(evaluate_rows(Parrot(), ROWS[1:2]).as_json()["heads"]) == {"sentiment", "abuse"}


def test_each_head_has_its_main_number_with_an_interval() -> None:
    heads = evaluate_rows(Parrot(), ROWS * 20).as_json()["heads"]
    assert {head: scores["main"]["metric"] for head, scores in heads.items()} == {
        "sentiment": "macro_recall",
        "urgency": "qwk",
        "need": "macro_f1",
        "abuse": "f1",
    }
    assert heads["abuse"]["main"]["value"] == heads["abuse"]["f1"] == 0.6667
    assert heads["abuse"]["main"]["low"] < 0.6667 < heads["abuse"]["main"]["high"]


def test_urgency_is_also_scored_as_a_ranking() -> None:
    rows = [{"text": f"neutral {judged} none 0", "urgency": truth} for truth, judged in URGENCY_PAIRS]
    urgency = evaluate_rows(Parrot(), rows).as_json()["heads"]["urgency"]
    # Called pressing: 5, of whom 4 are; there are 5 pressing. Twenty rows: the tenth is the two judged urgent.
    assert urgency["pressing_recall"] == 0.8
    assert urgency["urgent_in_tenth"] == 0.5


URGENCY_PAIRS = [("urgent", "urgent"), ("high", "urgent"), ("high", "high"), ("urgent", "high"), ("normal", "high")]
URGENCY_PAIRS += [("high", "normal")] + [("low", "low")] * 14


def test_the_bins_of_a_head_hold_all_its_rows() -> None:
    (only,) = evaluate_rows(Parrot(), ROWS).as_json()["heads"]["abuse"]["reliability"]
    assert only == {"above": 0.9333, "up_to": 1.0, "rows": 3, "confidence": 1.0, "right": 0.6667}


def test_what_was_not_judged_is_counted_apart() -> None:
    rows = [*ROWS, {"text": "foreign low none 0", "sentiment": "positive"}]
    sentiment = evaluate_rows(Parrot(), rows).as_json()["heads"]["sentiment"]
    assert (sentiment["rows"], sentiment["not_judged"]) == (2, 1)


def test_a_head_that_judged_nothing_is_absent() -> None:
    assert evaluate_rows(Parrot(), [{"text": "foreign low none 0", "sentiment": "positive"}]).heads == {}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"sentiment": "neutral"}, "Row 2: This line has no text."),
        ({"text": "neutral low none 0", "urgency": "hgih"}, "Row 2: urgency is 'hgih', which is none of low, normal"),
    ],
)
def test_a_bad_row_is_named(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        evaluate_rows(Parrot(), [ROWS[0], row])


def test_a_long_file_is_judged_in_chunks_after_a_warm_up() -> None:
    parrot, seen = Parrot(), []
    rows = [Labelled(number, "neutral low none 0", {"abuse": "0"}) for number in range(CHUNK + 5)]
    report = evaluate(parrot, iter(rows), threads=3, watch=lambda chunk, judgements: seen.append(len(judgements)))
    assert parrot.calls == [8, CHUNK, 5]
    assert seen == [CHUNK, 5]
    assert (report.rows, report.threads) == (CHUNK + 5, 3)
    assert report.posts_per_second


def test_lines_that_say_too_little_are_counted_and_wrong_ones_told() -> None:
    rows, reader, complaints = read(
        '{"id": 7, "text": "a", "urgency": "high"}',
        "",
        '{"text": "b"}',
        '{"urgency": "high"}',
        '{"text": null, "urgency": "high"}',
        "{",
        "[]",
        '{"text": 3, "urgency": "high"}',
        '{"text": "c", "urgency": "hgih"}',
        '{"text": "d", "sentiment": "neutral", "likes": NaN}',
        '{"text": "", "sentiment": "neutral"}',
    )
    assert [(row.line, row.id, row.text) for row in rows] == [(1, 7, "a"), (11, None, "")]
    assert dict(reader.skipped) == {"bad": 5, "no_text": 2, "no_label": 1}
    assert complaints == [
        "line 6: This line is not valid JSON.",
        "line 7: This line is not a JSON object.",
        "line 8: This line has no text.",
        "line 9: urgency is 'hgih', which is none of low, normal, high, urgent.",
        "line 10: This line is not valid JSON.",
    ]


def test_a_mistake_shows_what_was_judged_instead() -> None:
    parrot, (row,) = Parrot(), read(json.dumps({**ROWS[1], "id": "x"}))[0]
    assert find_mistakes(row, parrot.judge([row.text])[0]) == {
        "line": 1,
        "id": "x",
        "text": "negative low none 1",
        "mistakes": {
            "sentiment": {"truth": "positive", "judged": "negative", "probability": 1.0, "truth_probability": 0.0}
        },
    }


def test_what_is_right_or_not_judged_is_no_mistake() -> None:
    parrot = Parrot()
    for text in (ROWS[0]["text"], "foreign low none 0"):
        row = Labelled(1, str(text), {"sentiment": "negative"})
        assert find_mistakes(row, parrot.judge([row.text])[0]) is None


def printed(rows: list[dict[str, object]]) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_report(evaluate_rows(Parrot(), rows), console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_the_printed_report_shows_heads_labels_and_confusions() -> None:
    text = printed(ROWS)
    assert "parrot 1 on 3 rows" in text
    assert "macro-recall" in text
    assert "High and urgent found at a precision of 80 %: 100.0 %" in text
    labelled, confused = (line.split() for line in text.splitlines() if line.split()[:1] == ["positive"])
    assert labelled == ["positive", "1", "0.0", "0.0", "0.0"]
    assert confused == ["positive", "1", "·", "·"]


def test_the_printed_report_says_what_was_not_judged() -> None:
    text = printed([*ROWS, {"text": "foreign low none 0", "sentiment": "positive"}])
    assert "1 labelled rows got no sentiment." in text
