"""Damage to a copy of the model that its checksums do not show: numbers in an ONNX file that are none."""

import json
from pathlib import Path

import numpy as np

from classifier.bundle import CARD, sha256
from classifier.weights import Weights


def poison(folder: Path, weights: Weights, number: float) -> None:
    """Write `number` over these weights of the model in `folder`, and make the checksum fit."""
    model = bytearray((folder / "model.onnx").read_bytes())
    count = (weights.end - weights.start) // 4
    model[weights.start : weights.start + 4 * count] = np.full(count, number, dtype="<f4").tobytes()
    (folder / "model.onnx").write_bytes(model)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"]["model.onnx"] = sha256(folder / "model.onnx")
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
