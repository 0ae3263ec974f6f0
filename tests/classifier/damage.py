"""Damage to a copy of the model that its checksums do not show: numbers in an ONNX file that are none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.bundle import CARD, sha256

# Field numbers of onnx.proto, and its number for single precision.
GRAPH, INITIALIZER, DATA_TYPE, NAME, RAW_DATA, FLOAT = 7, 5, 2, 8, 9, 1


@dataclass(frozen=True)
class Weights:
    """Where a tensor of single precision lies in the file."""

    name: str
    start: int
    end: int


def find_weights(model: bytes) -> list[Weights]:
    """The tensors of single precision in an ONNX file, read as the protocol buffer that it is."""
    found = []
    for graph in (span for number, *span in read_fields(model, 0, len(model)) if number == GRAPH):
        for number, *span in read_fields(model, *graph):
            if number == INITIALIZER:
                fields = {number: (start, end) for number, start, end in read_fields(model, *span)}
                if RAW_DATA in fields and model[slice(*fields[DATA_TYPE])] == bytes([FLOAT]):
                    found.append(Weights(model[slice(*fields[NAME])].decode(), *fields[RAW_DATA]))
    return found


def read_fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of each field of a message."""
    while at < end:
        tag, at = read_varint(data, at)
        start = at
        if tag & 7 == 2:  # its length, then its bytes
            length, start = read_varint(data, at)
            at = start + length
        else:
            _, at = read_varint(data, at) if tag & 7 == 0 else (0, at + (8 if tag & 7 == 1 else 4))
        yield tag >> 3, start, at


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def poison(folder: Path, weights: Weights, number: float) -> None:
    """Write `number` over these weights of the model in `folder`, and make the checksum fit."""
    model = bytearray((folder / "model.onnx").read_bytes())
    count = (weights.end - weights.start) // 4
    model[weights.start : weights.start + 4 * count] = np.full(count, number, dtype="<f4").tobytes()
    (folder / "model.onnx").write_bytes(model)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"]["model.onnx"] = sha256(folder / "model.onnx")
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
