"""How many English posts are left unjudged for their language, and how many foreign ones are caught.

`python -m tests.benchmarks.languages [--json] [--show]`, over the labelled sets; `--show` prints every post of the
English sets that is left unjudged: read them, some are foreign indeed.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier.languages import Language, identify_language, is_other_script

SHARED = Path(__file__).parents[3] / "shared" / "data"
ENGLISH = {
    "sentiment/dev.jsonl": None,
    "care/dev.jsonl": None,
    "sentiment/train.jsonl": 20_000,
    "care/train.jsonl": None,
}
"""The English sets, and how many of their first rows are read; None: all."""
FOREIGN = ("arabic", "french", "german", "hindi", "italian", "portuguese", "spanish")
ENOUGH_WORDS = 6
WORD = re.compile(r"[^\W\d_]+")


def main() -> None:
    """Count, and print a table or one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.languages", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--show", action="store_true", help="print what is left unjudged of the English sets")
    chosen = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("The labelled sets are not at ../shared/data.")
    found = measure(SHARED)
    if chosen.json:
        print(json.dumps(found))
    else:
        Console().print(tabulate(found))
    if chosen.show:
        for text, language in unjudged_english(SHARED):
            print(f"{language.name}: {' '.join(text.split())}")


def measure(folder: Path) -> dict[str, dict[str, int]]:
    """By set: `rows`, `unjudged`; of the foreign ones those of six words and more, and those in other scripts."""
    found = {name: count(read(folder / name, most)) for name, most in ENGLISH.items()}
    for language in FOREIGN:
        posts = list(read(folder / f"sentiment/xlmt_{language}.jsonl"))
        found[language] = count(text for text in posts if len(words(text)) >= ENOUGH_WORDS)
        scripted = [text for text in posts if is_scripted(text)]
        if scripted:
            found[f"{language}, in its own script"] = count(scripted)
    return found


def count(texts: Iterable[str]) -> dict[str, int]:
    unread = [identify_language(text).unread for text in texts]
    return {"rows": len(unread), "unjudged": sum(unread)}


def unjudged_english(folder: Path) -> Iterator[tuple[str, Language]]:
    for name, most in ENGLISH.items():
        for text in read(folder / name, most):
            if (language := identify_language(text)).unread:
                yield text, language


def words(text: str) -> list[str]:
    """As a reader counts them: without handles, links and hashtags."""
    return WORD.findall(re.sub(r"https?\S*|@\w+|#\w+", " ", text))


def is_scripted(text: str) -> bool:
    spoken = "".join(words(text))
    return len(spoken) >= ENOUGH_WORDS and is_other_script(spoken)


def read(path: Path, most: int | None = None) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in islice(lines, most):
            yield str(json.loads(line)["text"])


def tabulate(found: dict[str, dict[str, int]]) -> Table:
    table = Table("set", "posts", "not judged", "share")
    for name, counts in found.items():
        rows, unjudged = counts["rows"], counts["unjudged"]
        table.add_row(name, f"{rows:,}", f"{unjudged:,}", f"{unjudged / rows:.4f}" if rows else "–")
    return table


if __name__ == "__main__":
    main()
