"""On how many everyday posts does each lift signal fire, language by language?

    .venv/bin/python -m tests.benchmarks.signals [--data ../shared/data] [--json] [--show]

Most of these people talk of something else, so what fires is a false alarm or news, apart from the few who mean it;
`--show` prints it. `care` and `airline` are posts to brands: there, what fires is mostly meant.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from monitor.signals.vocabulary import TITLES, VOCABULARY, find_words

DATA = Path("../shared/data")
TWEETS = DATA / "sentiment"
SETS = ("sentiment/xlmt_*.jsonl", "sentiment/dev.jsonl", "care/dev.jsonl", "stream/airline.jsonl")


def count_signals(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts each signal fires on, and `texts`."""
    counts = Counter[str]()
    for text in texts:
        counts["texts"] += 1
        counts.update(name for name, words in VOCABULARY.items() if find_words(text, words))
    return counts


def read_texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]


def measure(data: Path) -> Iterator[tuple[str, Counter[str], float]]:
    """Each file's name, its counts, and the microseconds of one processor that a text took."""
    for file in (file for pattern in SETS for file in sorted(data.glob(pattern))):
        texts, begun = read_texts(file), time.process_time()
        counts = count_signals(texts)
        yield f"{file.parent.name}/{file.stem}", counts, (time.process_time() - begun) / len(texts) * 1e6


def found_in(data: Path) -> Iterator[str]:
    for file in (file for pattern in SETS for file in sorted(data.glob(pattern))):
        for text in read_texts(file):
            for name, words in VOCABULARY.items():
                if found := find_words(text, words):
                    yield f"{file.stem} {name} {', '.join(found)}: {' '.join(text.split())[:140]}"


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=DATA)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show", is_flag=True, help="Print what fires, too.")
def main(data: Path, as_json: bool, show: bool) -> None:
    """Count what fires on everyday posts."""
    rows = list(measure(data))
    if as_json:
        click.echo(json.dumps({name: {**counts, "us_per_text": round(micros)} for name, counts, micros in rows}))
    else:
        Console().print(tabulate(rows))
    if show:
        click.echo("\n".join(found_in(data)))


def tabulate(rows: Iterable[tuple[str, Counter[str], float]]) -> Table:
    table = Table("posts", "number", *TITLES, "µs each")
    for name, counts, micros in rows:
        shares = [f"{counts[signal]} ({counts[signal] / counts['texts']:.2%})" for signal in TITLES]
        table.add_row(name, f"{counts['texts']:,}", *shares, f"{micros:,.0f}")
    return table


if __name__ == "__main__":
    main()
