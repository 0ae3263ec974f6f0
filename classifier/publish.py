"""From a trained network to a folder that serves: exported, quantised, calibrated, scored."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.calibrate import fit_calibration
from classifier.dataset import MIXTURE, read_rows
from classifier.engine import load
from classifier.evaluate import Report, evaluate_rows
from classifier.export import UNCALIBRATED, copy_tokenizer, export_network, quantise, write_card

DEV = ("sentiment/dev.jsonl", "care/dev.jsonl")


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
    quantise(folders.exact / "model.onnx", folders.served / "model.onnx")
    write_card(folders.served, name, UNCALIBRATED, {})
    rows = [row for file in DEV for row in read_rows(data / file)]
    calibration = fit_calibration(load(folders.served).judge([row["text"] for row in rows]), rows)
    for folder in (folders.exact, folders.served):
        write_card(folder, name, calibration, trained)


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
