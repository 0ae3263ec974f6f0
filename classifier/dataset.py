"""Labelled rows: read, shared out between training and development, encoded and drawn in batches of like length."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import HEADS
from classifier.normalise import normalise

MAX_TOKENS = 128  # 99.9 % of the posts are shorter; longer texts are judged in windows
UNLABELLED = -1

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Mixture = Sequence[tuple["Part", list["Example"]]]


@dataclass(frozen=True, slots=True)
class Example:
    """One post: its tokens, for each head in the order of HEADS a label index or UNLABELLED, and a teacher's logits
    for all labels of all heads, one head after the other; none where there is no teacher.
    """

    tokens: tuple[int, ...]
    labels: tuple[int, ...]
    hints: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to the longest of them: `tokens` and `mask` [rows, length], `labels` [rows, heads], `hints`
    [rows, labels of all heads], or [rows, 0] without a teacher.
    """

    tokens: Ints
    mask: Ints
    labels: Ints
    hints: Floats


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the training mixture, and how often an epoch sees each of its rows (a fraction draws some)."""

    file: str
    times: float


MIXTURE = (
    Part("sentiment/train.jsonl", 1),
    Part("care/train.jsonl", 2),
    Part("care/synthetic_pairs.jsonl", 2),
    Part("care/synthetic_stream.jsonl", 2),
)
FUEL = (Part("complaints/train.jsonl", 2),)
"""Posts that carry no label of ours: only a teacher makes them worth reading."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def label_indices(row: Mapping[str, Any]) -> tuple[int, ...]:
    """The row's labels as indices, one for each head; UNLABELLED where the row does not say."""
    return tuple(
        labels.index(str(int(row[head]) if head == "abuse" else row[head])) if row.get(head) is not None else UNLABELLED
        for head, labels in HEADS.items()
    )


def encode_rows(rows: Sequence[Mapping[str, Any]], tokenizer: Any, hints: Floats | None = None) -> list[Example]:
    """Rows as examples, tokenised after normalisation and cut at MAX_TOKENS; `hints` has a line for each row."""
    texts = [normalise(row["text"]).text for row in rows]
    encoded = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
    lines = [()] * len(rows) if hints is None else map(tuple, hints.tolist())
    return [
        Example(tuple(tokens), label_indices(row), line) for tokens, row, line in zip(encoded, rows, lines, strict=True)
    ]


def read_part(data: Path, part: Part, holdout: str | None = None) -> list[dict[str, Any]]:
    """The part's rows; `holdout` leaves out those of one SemEval release."""
    return [row for row in read_rows(data / part.file) if not holdout or row.get("release") != holdout]


def read_mixture(
    data: Path, tokenizer: Any, holdout: str | None = None, hints: Mapping[str, Floats] | None = None
) -> Mixture:
    """Every part of the mixture, encoded; with a teacher's `hints` (file -> logits [rows, labels]), the fuel too."""
    parts = MIXTURE if hints is None else MIXTURE + FUEL
    return [
        (part, encode_rows(read_part(data, part, holdout), tokenizer, hints[part.file] if hints else None))
        for part in parts
    ]


def draw_epoch(mixture: Mixture, rng: random.Random) -> list[Example]:
    """One epoch's examples: each part as often as it says, the fraction drawn anew."""
    drawn: list[Example] = []
    for part, examples in mixture:
        whole = int(part.times)
        drawn += examples * whole + rng.sample(examples, round((part.times - whole) * len(examples)))
    return drawn


def pad(examples: Sequence[Example], padding: int = 0) -> Batch:
    """Examples as one batch, filled up with the `padding` token, which the mask covers."""
    lengths = np.array([len(example.tokens) for example in examples])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
    tokens = np.full(mask.shape, padding, dtype=np.int64)
    for row, example in zip(tokens, examples, strict=True):
        row[: len(example.tokens)] = example.tokens
    labels = np.array([example.labels for example in examples], dtype=np.int64)
    return Batch(tokens, mask, labels, np.array([example.hints for example in examples], dtype=np.float32))


def _cut(examples: Sequence[Example], size: int) -> list[Sequence[Example]]:
    return [examples[at : at + size] for at in range(0, len(examples), size)]


def draw_batches(examples: list[Example], size: int, rng: random.Random, padding: int = 0) -> Iterator[Batch]:
    """Batches in random order; rows of like length share a batch, so little is spent on padding."""
    rng.shuffle(examples)
    pools = [sorted(pool, key=lambda example: len(example.tokens)) for pool in _cut(examples, size * 50)]
    chunks = [chunk for pool in pools for chunk in _cut(pool, size)]
    rng.shuffle(chunks)
    return (pad(chunk, padding) for chunk in chunks)


def count_labels(examples: Sequence[Example]) -> dict[str, Ints]:
    """How often each label of each head occurs."""
    table = np.array([example.labels for example in examples])
    return {
        head: np.bincount(table[table[:, column] >= 0, column], minlength=len(labels))
        for column, (head, labels) in enumerate(HEADS.items())
    }
