"""Posts for a search: a share of the mixture to learn from, and a later year and a whole source to be judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from transformers import AutoTokenizer

from classifier.dataset import FUEL, MIXTURE, Example, Mixture, encode_rows, read_rows
from classifier.decide import expect_urgency, softmax
from classifier.distil import load_hints, read_examples
from classifier.labels import HEADS
from classifier.metrics import confuse
from classifier.network import WIDTHS
from classifier.report import MAIN

LATER = "2016test"  # the last SemEval release
UNSEEN = "acl19"  # complaints to brands of many sectors, the nearest to what a desk reads
JUDGED = 600  # posts of each, evenly drawn

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Posts:
    """What every trial of a search learns from, and what it is scored on."""

    mixture: Mixture
    judged: Sequence[Example]
    padding: int
    taught: bool  # whether the examples carry a teacher's hints


def read_posts(data: Path, base: Path, share: float, hints: Path | None) -> Posts:
    """That share of each part of the mixture, without what is held out; with `hints` of the fuel, too."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    said = load_hints(hints) if hints else None
    mixture, judged = [], []
    for part in MIXTURE if said is None else MIXTURE + FUEL:
        rows = read_rows(data / part.file)
        learnt = draw_evenly([at for at, row in enumerate(rows) if not is_held_out(row)], share)
        chosen = [rows[at] for at in learnt]
        mixture.append((part, encode_rows(chosen, tokenizer, None if said is None else said[part.file][learnt])))
        if held_out := [row for row in rows if is_held_out(row)]:
            judged += encode_rows(draw_evenly(held_out, min(1.0, JUDGED / len(held_out))), tokenizer)
    return Posts(mixture, judged, tokenizer.pad_token_id, said is not None)


def is_held_out(row: Mapping[str, Any]) -> bool:
    """Whether no trial learns from it."""
    return row.get("release") == LATER or row.get("source") == UNSEEN


def draw_evenly(rows: Sequence[T], share: float) -> list[T]:
    """That share of the rows, at even distances."""
    return [rows[int(at / share)] for at in range(int(len(rows) * share))]


def score_network(network: Any, posts: Posts) -> dict[str, float]:
    """The main measure of each head on what is held out, by its bare probabilities: nothing is fitted to it."""
    logits = np.split(read_examples(network, posts.judged, posts.padding), np.cumsum(WIDTHS)[:-1], axis=1)
    labels = np.array([example.labels for example in posts.judged])
    scores = {}
    for (head, names), said, truth in zip(HEADS.items(), logits, labels.T, strict=True):
        known = truth >= 0
        judged = judge_head(head, said[known])
        scores[head] = MAIN[head][1](confuse(truth[known].tolist(), judged.tolist(), len(names)))
    return scores


def judge_head(head: str, logits: Any) -> Any:
    """The index of the label for each row: the likeliest; of urgency the one nearest to its expected value."""
    probabilities = softmax(logits)
    return np.rint(expect_urgency(probabilities)).astype(int) if head == "urgency" else probabilities.argmax(1)
