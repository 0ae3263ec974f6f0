"""How often a post is really less urgent without the words that "Why?" names.

`python -m tests.benchmarks.turning [FILE] [--rows N] [--estimated] [--json]`: judges the posts, takes the named words
out of each that says "it would be … without …", judges what is left, and counts whose urgency fell. Beside it the same
with as many other words of the post, drawn at random: an explanation that does no better than chance explains nothing.

`taken_away` is how much of the probability of their urgency the three heaviest words of the pressing posts take with
them, in the mean. With `--estimated` the words are as they are first weighed, before each was left out.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from classifier.absence import PRESSING
from classifier.engine import OnnxClassifier, load
from classifier.judgement import Judgement, Word
from classifier.labels import URGENCIES

POSTS = Path(__file__).parents[3] / "shared" / "data" / "stream" / "airline.jsonl"
AT_ONCE = 256
HEAVIEST = 3
SEED = 7
WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Claim:
    """A post judged pressing, and the places of the words without which it is said to be less so."""

    text: str
    urgency: str
    named: tuple[tuple[int, int], ...]

    def without_named(self) -> str:
        """The post with the named words taken out."""
        return cut(self.text, self.named)

    def without_others(self, chance: random.Random) -> str:
        """The post with as many other words taken out, or all the others where there are fewer."""
        others = [match.span() for match in WORD.finditer(self.text) if not overlaps(match.span(), self.named)]
        return cut(self.text, sorted(chance.sample(others, min(len(self.named), len(others)))))


def main() -> None:
    """Judge, take out, judge again, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.turning", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=POSTS, help="JSON lines with `text`")
    parser.add_argument("--rows", type=int, default=3_000, help="how many of its first posts are read")
    parser.add_argument("--estimated", action="store_true", help="words as first weighed, at no cost")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    chosen = parser.parse_args()
    if not chosen.file.is_file():
        raise SystemExit(f"No posts at {chosen.file}.")
    with chosen.file.open(encoding="utf-8") as lines:
        found = measure(load(), [json.loads(line)["text"] for line in islice(lines, chosen.rows)], chosen.estimated)
    if chosen.json:
        print(json.dumps(found))
    else:
        Console().print(tabulate(found))


def measure(classifier: OnnxClassifier, texts: list[str], estimated: bool) -> dict[str, Any]:
    """`posts` read, `pressing` of them, `claims` made; how many of these fell `without_named` and `without_others`;
    `taken_away` and the milliseconds that each pressing post took to explain.
    """
    judgements = judge_all(classifier, texts)
    begun = time.thread_time()
    if not estimated:
        judgements = [explain(classifier, text, one) for text, one in zip(texts, judgements, strict=True)]
    explaining = time.thread_time() - begun
    pressing = [(text, one) for text, one in zip(texts, judgements, strict=True) if one.urgency in PRESSING]
    claims = list(find_claims(texts, judgements))
    chance = random.Random(SEED)
    return {
        "posts": len(texts),
        "pressing": len(pressing),
        "ms_each": round(explaining / max(1, len(pressing)) * 1_000, 1),
        "taken_away": round(mean(take_away(classifier, pressing)), 3) if pressing else None,
        "claims": len(claims),
        "without_named": count_fallen(classifier, claims, [claim.without_named() for claim in claims]),
        "without_others": count_fallen(classifier, claims, [claim.without_others(chance) for claim in claims]),
    }


def explain(classifier: OnnxClassifier, text: str, judgement: Judgement) -> Judgement:
    return judgement.explained(*classifier.explain([text])) if judgement.urgency in PRESSING else judgement


def take_away(classifier: OnnxClassifier, pressing: list[tuple[str, Judgement]]) -> list[float]:
    """Of each post, how much less likely its urgency is without its heaviest words."""
    heaviest = [sorted((word.start, word.end) for word in judgement.words[:HEAVIEST]) for _, judgement in pressing]
    left = judge_all(classifier, [cut(text, places) for (text, _), places in zip(pressing, heaviest, strict=True)])
    return [
        reach(judgement, judgement.urgency) - reach(rest, judgement.urgency)
        for (_, judgement), rest in zip(pressing, left, strict=True)
    ]


def reach(judgement: Judgement, urgency: str | None) -> float:
    """The probability of this urgency or a higher one; 0 of a text that says nothing any more."""
    scores = judgement.scores.get("urgency", {})
    return sum(scores.get(label, 0.0) for label in URGENCIES[rank(urgency) :])


def find_claims(texts: Iterable[str], judgements: Iterable[Judgement]) -> Iterator[Claim]:
    """The posts whose margin names words."""
    for text, judgement in zip(texts, judgements, strict=True):
        _, said, names = judgement.margin.partition(" without ")
        if said and judgement.urgency:
            yield Claim(text, judgement.urgency, tuple(places_named(names, judgement.words)))


def places_named(names: str, words: Iterable[Word]) -> Iterator[tuple[int, int]]:
    return ((word.start, word.end) for word in sorted(words, key=lambda word: word.start) if f"“{word.text}”" in names)


def count_fallen(classifier: OnnxClassifier, claims: list[Claim], left: list[str]) -> int:
    """How many are judged less urgent as `left` than as they were."""
    pairs = zip(claims, judge_all(classifier, left), strict=True)
    return sum(rank(now.urgency) < rank(claim.urgency) for claim, now in pairs)


def rank(urgency: str | None) -> int:
    """0 (low) to 3 (urgent); a text that says nothing any more is not urgent."""
    return URGENCIES.index(urgency) if urgency else 0


def judge_all(classifier: OnnxClassifier, texts: list[str]) -> list[Judgement]:
    return [one for at in range(0, len(texts), AT_ONCE) for one in classifier.judge(texts[at : at + AT_ONCE])]


def overlaps(span: tuple[int, int], places: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in places)


def cut(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text without these places, which are in order and apart."""
    kept, at = [], 0
    for start, end in places:
        kept.append(text[at:start])
        at = end
    return " ".join([*kept, text[at:]])


def tabulate(found: dict[str, Any]) -> Table:
    table = Table(
        title=f"{found['posts']:,} posts, {found['pressing']:,} pressing, {found['claims']:,} with words named"
    )
    for column in ("taken out", "less urgent", "share"):
        table.add_column(column, justify="left" if column == "taken out" else "right")
    for name, key in (("the named words", "without_named"), ("as many others, at random", "without_others")):
        table.add_row(name, f"{found[key]:,}", f"{found[key] / max(1, found['claims']):.1%}")
    return table


if __name__ == "__main__":
    main()
