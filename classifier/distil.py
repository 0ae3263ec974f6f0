"""What a trained network thinks of every text of the mixture, for a smaller one to learn from."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import Progress
from transformers import AutoTokenizer

from classifier.dataset import FUEL, MIXTURE, Batch, Example, Floats, encode_rows, pad, read_part
from classifier.labels import HEADS
from classifier.network import DEVICE

ROWS = 128  # in one pass


def read_hints(network: Any, base: Path, data: Path, holdout: str | None, progress: Progress) -> dict[str, Floats]:
    """file -> the network's logits [rows, labels of all heads], for every part of the mixture and of the fuel."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    parts = {part.file: encode_rows(read_part(data, part, holdout), tokenizer) for part in MIXTURE + FUEL}
    task = progress.add_task("teacher reads", total=sum(map(len, parts.values())), loss=float("nan"))
    return {
        file: read_examples(network, examples, tokenizer.pad_token_id, lambda rows: progress.advance(task, rows))
        for file, examples in parts.items()
    }


def read_examples(
    network: Any, examples: Sequence[Example], padding: int, watch: Callable[[int], None] = lambda _rows: None
) -> Floats:
    """The network's logits [rows, labels of all heads]; `watch` hears of how many rows were read, batch by batch."""
    network.eval()
    said = np.zeros((len(examples), sum(map(len, HEADS.values()))), dtype=np.float32)
    for rows in _cut_by_length(examples):
        said[rows] = read_batch(network, pad([examples[row] for row in rows], padding))
        watch(len(rows))
    return said


def read_batch(network: Any, batch: Batch) -> Floats:
    """The network's logits [rows, labels of all heads]."""
    with torch.inference_mode(), torch.autocast(DEVICE.type, dtype=torch.bfloat16):
        *logits, _ = network(torch.from_numpy(batch.tokens).to(DEVICE), torch.from_numpy(batch.mask).to(DEVICE))
    said: Floats = torch.cat([head.float() for head in logits], 1).cpu().numpy()
    return said


def _cut_by_length(examples: Sequence[Example]) -> list[list[int]]:
    """Row numbers in batches of like length, which need little padding; shuffled, so that the bar moves evenly."""
    order = sorted(range(len(examples)), key=lambda row: len(examples[row].tokens))
    batches = [order[at : at + ROWS] for at in range(0, len(order), ROWS)]
    random.Random(0).shuffle(batches)  # noqa: S311
    return batches


def save_hints(hints: dict[str, Floats], path: Path) -> None:
    """Write them; a crash in the middle leaves nothing under that name."""
    part = path.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **hints)
    part.replace(path)


def load_hints(path: Path) -> dict[str, Floats]:
    """What `save_hints` wrote."""
    with np.load(path) as saved:
        return dict(saved)
