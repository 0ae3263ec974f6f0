"""The model's folder: what must lie in it, and the proof that it is whole and belongs together."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.decide import Scale
from classifier.judgement import ModelError
from classifier.labels import HEADS
from classifier.likeness import Likeness
from classifier.weights import are_numbers

MODEL_DIR = Path(__file__).parent / "model"
CARD = "model.json"
REMEDY = "restore it with `git checkout -- classifier/model`, or train anew as docs/training.md says."


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked model folder and the numbers that turn its outputs into judgements."""

    folder: Path
    version: str  # name and version
    max_tokens: int
    scales: Mapping[str, Scale]
    urgency_thresholds: tuple[float, ...]  # on the expected urgency, 0 (low) to 3 (urgent)
    abuse_threshold: float


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bundle(folder: Path | None = None) -> Bundle:
    """The model in `folder`, or the one that comes with the program. Raises ModelError if it is not whole."""
    folder = folder or MODEL_DIR
    card = _read_card(folder / CARD)
    try:
        _check_files(folder, card["files"])
        _check_labels(card["heads"])
        return Bundle(
            folder,
            f"{card['name']} {card['version']}",
            int(card["max_tokens"]),
            {head: _read_scale(card["scales"][head], labels) for head, labels in card["heads"].items()},
            tuple(map(_read_number, card["urgency_thresholds"])),
            _read_number(card["abuse_threshold"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{folder / CARD} lacks or garbles {error}; {REMEDY}") from error


def read_likeness(folder: Path | None = None) -> Likeness:
    """When two texts are alike to the model in `folder`, or to the one that comes with the program.

    The model is not loaded for it. Raises ModelError if its description cannot be read.
    """
    path = (folder or MODEL_DIR) / CARD
    said = _read_card(path).get("likeness", {})  # models that were trained before it was measured do not say
    try:
        return Likeness(**{name: _read_number(value) for name, value in said.items()})
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} garbles its likeness ({error}); {REMEDY}") from error


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"No model at {path.parent} ({path.name} is missing); {REMEDY}") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({error}); {REMEDY}") from error
    if not isinstance(card, dict):
        raise ModelError(f"{path} does not describe a model; {REMEDY}")
    return card


def _read_scale(value: Mapping[str, Any], labels: Sequence[str]) -> Scale:
    """The calibration of a head. Raises ValueError."""
    biases = tuple(map(float, value["biases"]))
    if len(biases) != len(labels) or not all(map(math.isfinite, biases)):
        raise ValueError(f"the biases {value['biases']}")
    return Scale(_read_number(value["temperature"]), biases)


def _read_number(value: Any) -> float:
    """A temperature or threshold; all of them are above zero. Raises ValueError."""
    number = float(value)
    if not 0 < number < math.inf:
        raise ValueError(f"the number {value}")
    return number


def _check_files(folder: Path, sums: Mapping[str, str]) -> None:
    """Compare every file with its SHA-256: a truncated or swapped file would judge, and judge wrongly."""
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The model's file {path} is missing; {REMEDY}")
        if sha256(path) != expected:
            raise ModelError(f"The model's file {path} is damaged or of another version; {REMEDY}")
        if path.suffix == ".onnx" and not are_numbers(path):
            raise ModelError(f"The model's file {path} has weights that are no numbers; {REMEDY}")


def _check_labels(heads: Mapping[str, list[str]]) -> None:
    for head, labels in heads.items():
        if tuple(labels) != HEADS.get(head):
            raise ModelError(f"The model's head “{head}” has labels that this program does not know; {REMEDY}")
