"""From a trained network to a folder that serves: exported, quantised, calibrated, scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoTokenizer

from classifier.calibrate import fit_calibration
from classifier.dataset import MIXTURE, Floats, encode_rows, read_rows
from classifier.engine import OnnxClassifier, load
from classifier.evaluate import Report, evaluate_rows
from classifier.export import UNCALIBRATED, copy_tokenizer, export_network, quantise, write_card
from classifier.likeness import Likeness, measure_likeness

STREAM, STREAM_STEP = "stream/airline.jsonl", 7  # everyday posts, of which each seventh shows when two are alike
DEV = ("sentiment/dev.jsonl", "care/dev.jsonl")
SAMPLES = 400  # texts that show the quantiser how far activations reach; more of them hardly widen it


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a model goes: `served`, in int8, and `exact`, its twin in single precision to compare it with."""

    served: Path
    exact: Path

    @classmethod
    def below(cls, out: Path, name: str) -> "Folders":
        """`out`/`name` and `out`/`name`-exact."""
        return cls(out / name, out / f"{name}-exact")


def publish_network(network: Any, base: Path, folders: Folders, data: Path, name: str, trained: dict[str, Any]) -> None:
    """Write the network into both folders, calibrated on the development rows as the served model judges them."""
    for folder in (folders.exact, folders.served):
        folder.mkdir(parents=True, exist_ok=True)
        copy_tokenizer(base, folder)
    export_network(network, folders.exact / "model.onnx")
    quantise(network, draw_samples(base, data), folders.served / "model.onnx")
    write_card(folders.served, name, UNCALIBRATED, Likeness(), {})
    rows = [row for file in DEV for row in read_rows(data / file)]
    served = load(folders.served)
    calibration = fit_calibration(served.judge([row["text"] for row in rows]), rows)
    likeness = measure_likeness(embed(served, read_rows(data / STREAM)[::STREAM_STEP]))
    for folder in (folders.exact, folders.served):
        write_card(folder, name, calibration, likeness, trained)


def embed(model: OnnxClassifier, rows: Sequence[Mapping[str, Any]]) -> Floats:
    """The embeddings [rows, width] of those that the model reads."""
    found = [judgement.embedding for judgement in model.judge([row["text"] for row in rows])]
    return np.array([one for one in found if one is not None], dtype=np.float32)


def draw_samples(base: Path, data: Path) -> list[tuple[int, ...]]:
    """The tokens of training texts from all parts of the mixture, SAMPLES in all, the same ones every time."""
    parts = [read_rows(data / part.file) for part in MIXTURE]
    rows = [row for part in parts for row in part[:: max(1, len(parts) * len(part) // SAMPLES)]]
    return [example.tokens for example in encode_rows(rows, AutoTokenizer.from_pretrained(base))]


def score_folders(folders: Folders, data: Path, holdout: str | None) -> dict[str, Report]:
    """Reports of both models on the development sets, and of the served one on the release that was held out."""
    served, exact, name = load(folders.served), load(folders.exact), folders.served.name
    reports = {}
    for file in DEV:
        reports[f"{name}: {file}"] = evaluate_rows(served, read_rows(data / file))
        reports[f"{name}, single precision: {file}"] = evaluate_rows(exact, read_rows(data / file))
    if holdout:
        rows = [row for row in read_rows(data / MIXTURE[0].file) if row["release"] == holdout]
        reports[f"{name}: {holdout}, held out"] = evaluate_rows(served, rows)
    return reports
