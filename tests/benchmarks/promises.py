"""Are the promises in real answers found, and is their due time right?

    .venv/bin/python -m tests.benchmarks.promises [--data ../shared/data/stream/threads.jsonl] [--json] [--errors]

promises.jsonl holds what a reader found in 450 turns of airlines, by id and place: 300 drawn at random from all 9,779
turns of brands (`random`), and 150 more drawn from the 194 others that speak of a time and of the future (`times`), as
promises with a time are rare in the first. Labelled before any rule was tuned, and tuned on other turns only. A
promise is found where a span overlaps the reader's. `due_right` counts, of the promises found that name a time ("soon"
and "right away" too), those whose due moment is the reader's, said on a Wednesday at 10:00 where the desk closes at
20:00.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from monitor.hours import WorkingHours, parse_week
from monitor.promises.finding import Found, find_promises
from monitor.promises.timing import due_of

LABELS = Path(__file__).with_name("promises.jsonl")
THREADS = Path("../shared/data/stream/threads.jsonl")
HOURS = WorkingHours(ZoneInfo("Europe/London"), parse_week({"mon-fri": ["08:00-20:00"], "sat": ["09:00-13:00"]}))
SAID = datetime(2026, 11, 18, 10, tzinfo=HOURS.zone)
Label = dict[str, Any]


def expected(due: str) -> datetime:
    """What the reader's word for a due time comes to."""
    if due in ("", "soon"):
        return SAID.replace(hour=20)
    return SAID + timedelta(hours=1) if due == "now" else datetime.combine(SAID, time.fromisoformat(due), HOURS.zone)


def count(texts: dict[tuple[str, int], str], labels: list[Label], errors: list[str] | None = None) -> Counter[str]:
    """`labelled`, `found`, `right`, and of the right ones `with_time`, `due_right`, `exact`, `exact_right`."""
    counts = Counter[str]()
    for label in labels:
        text = texts[label["id"], label["turn"]]
        counts += compare(find_promises(text), label["promises"])
        if errors is not None:
            errors.extend(differences(text, find_promises(text), label["promises"]))
    return counts


def compare(found: list[Found], labelled: list[Label]) -> Counter[str]:
    pairs = list(matches(found, labelled))
    timed = [(one, label) for one, label in pairs if label["due"]]
    right = [label for one, label in timed if due_of(one.when, SAID, HOURS).at == expected(label["due"])]
    counts = {"labelled": len(labelled), "found": len(found), "right": len(pairs), "with_time": len(timed)}
    exact = sum(":" in label["due"] for _, label in timed)
    return Counter(counts, due_right=len(right), exact=exact, exact_right=sum(":" in label["due"] for label in right))


def matches(found: list[Found], labelled: list[Label]) -> Iterator[tuple[Found, Label]]:
    """Each label with the first finding that overlaps it; no finding twice."""
    free = list(found)
    for label in labelled:
        start, end = label["span"]
        one = next((one for one in free if one.start < end and start < one.end), None)
        if one:
            free.remove(one)
            yield one, label


def differences(text: str, found: list[Found], labelled: list[Label]) -> Iterator[str]:
    """What was missed, what was found in vain, and which due times differ."""
    pairs = list(matches(found, labelled))
    for label in labelled:
        if not any(label is matched for _, matched in pairs):
            yield f"missed  {text[slice(*label['span'])]}"
    for one in found:
        if not any(one is matched for matched, _ in pairs):
            yield f"in vain {text[one.start : one.end]}"
    for one, label in pairs:
        if due_of(one.when, SAID, HOURS).at != expected(label["due"]):
            yield f"due     {text[one.start : one.end]}: {one.when}, not {label['due'] or 'none'}"


def rates(counts: Counter[str]) -> dict[str, Any]:
    """The counts, and the three numbers they come to; None where nothing was there to count."""

    def share(part: str, whole: str) -> float | None:
        return round(counts[part] / counts[whole], 3) if counts[whole] else None

    numbers = {"precision": share("right", "found"), "recall": share("right", "labelled")}
    return {**numbers, "due_right": share("due_right", "with_time"), "counts": dict(counts)}


def read_texts(data: Path) -> dict[tuple[str, int], str]:
    rows = map(json.loads, data.read_text(encoding="utf-8").splitlines())
    return {(row["id"], turn): said["text"] for row in rows for turn, said in enumerate(row["turns"])}


def read_labels() -> list[Label]:
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def measure(data: Path, errors: list[str] | None = None) -> dict[str, Any]:
    """The numbers of the 300 random turns, and beside them those of the 150 that speak of a time."""
    texts, labels = read_texts(data), read_labels()
    drawn = {name: [label for label in labels if label["set"] == name] for name in ("random", "times")}
    counts = {name: count(texts, chosen, errors) for name, chosen in drawn.items()}
    both = counts["random"] + counts["times"]
    turns = {name: len(chosen) for name, chosen in drawn.items()}
    return {**rates(counts["random"]), "times": rates(counts["times"]), "both": rates(both), "turns": turns}


def show(numbers: dict[str, Any]) -> None:
    table = Table("turns", "precision", "recall", "due right")
    for name, row in (("300 random", numbers), ("150 with a time", numbers["times"]), ("both", numbers["both"])):
        table.add_row(name, *(str(row[column]) for column in ("precision", "recall", "due_right")))
    Console().print(table)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=THREADS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--errors", is_flag=True, help="Each difference from the reader, on standard error.")
def main(data: Path, as_json: bool, errors: bool) -> None:
    """Measure."""
    if not data.exists():
        raise click.ClickException(f"The conversations are not at {data}.")
    differing: list[str] = []
    numbers = measure(data, differing)
    for line in differing if errors else ():
        click.echo(line, err=True)
    click.echo(json.dumps(numbers)) if as_json else show(numbers)


if __name__ == "__main__":
    main()
