"""The numbers inside an ONNX file, read without ONNX: whether each of them is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Field numbers of onnx.proto, and its number for single precision.
GRAPH, INITIALIZER, DATA_TYPE, NAME, RAW_DATA, FLOAT = 7, 5, 2, 8, 9, 1
FIXED = {1: 8, 5: 4}  # bytes of a field, by its wire type


@dataclass(frozen=True, slots=True)
class Weights:
    """Where a tensor of single precision lies in the file."""

    name: str
    start: int
    end: int


def are_numbers(path: Path) -> bool:
    """Whether no weight of single precision is NaN or infinite: int8 arithmetic would turn it into a number, and judge.

    A file that is no ONNX is left to ONNX Runtime, which tells more of it.
    """
    model = path.read_bytes()
    try:
        tensors = [np.frombuffer(model[one.start : one.end], dtype="<f4") for one in find_weights(model)]
    except (LookupError, ValueError):
        return True
    return all(np.isfinite(tensor).all() for tensor in tensors)


def find_weights(model: bytes) -> list[Weights]:
    """The tensors of single precision in an ONNX file. Raises LookupError or ValueError where it is none."""
    return [
        Weights(model[slice(*tensor[NAME])].decode(), *tensor[RAW_DATA])
        for graph in find_fields(model, GRAPH, 0, len(model))
        for tensor in (dict(read_fields(model, *span)) for span in find_fields(model, INITIALIZER, *graph))
        if RAW_DATA in tensor and model[slice(*tensor[DATA_TYPE])] == bytes([FLOAT])
    ]


def find_fields(data: bytes, wanted: int, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each field of this number."""
    return (span for number, span in read_fields(data, at, end) if number == wanted)


def read_fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Number, start and end of each field of a message in protocol buffer's encoding."""
    while at < end:
        tag, start = read_varint(data, at)
        if tag & 7 == 2:  # its length, then its bytes
            length, start = read_varint(data, start)
            at = start + length
        else:
            at = start + FIXED[tag & 7] if tag & 7 in FIXED else read_varint(data, start)[1]
        yield tag >> 3, (start, at)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the least first, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at
