"""Train the classifier from the base weights: `python -m classifier.train --data DATA --base DIR --out DIR`."""

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from classifier.bundle import sha256
from classifier.calibrate import fit_calibration
from classifier.card import render_scores, update_card
from classifier.dataset import MIXTURE, read_rows
from classifier.engine import load
from classifier.evaluate import Report, evaluate_rows, print_report
from classifier.export import UNCALIBRATED, copy_tokenizer, export_network, quantise, write_card
from classifier.fit import Plan, train_network

SEED = 20260101
DEV = ("sentiment/dev.jsonl", "care/dev.jsonl")


SERVED, EXACT = "model", "single-precision"  # folders in `--out`: what is committed, and what it is compared with


def export_models(network: Any, base: Path, out: Path) -> None:
    """Write the network into `out`, in single precision and quantised, neither of them calibrated."""
    for name in (EXACT, SERVED):
        (out / name).mkdir(parents=True, exist_ok=True)
        copy_tokenizer(base, out / name)
    export_network(network, out / EXACT / "model.onnx")
    quantise(out / EXACT / "model.onnx", out / SERVED / "model.onnx")
    for name in (EXACT, SERVED):
        write_card(out / name, UNCALIBRATED, {})


def calibrate_model(out: Path, data: Path, trained: dict[str, Any]) -> None:
    """Fit temperatures and thresholds to the development rows, as judged by the model that will serve."""
    rows = [row for name in DEV for row in read_rows(data / name)]
    judgements = load(out / SERVED).judge([row["text"] for row in rows])
    calibration = fit_calibration(judgements, rows)
    for name in (EXACT, SERVED):
        write_card(out / name, calibration, trained)


def score_models(out: Path, data: Path, holdout: str | None) -> dict[str, Report]:
    """Reports of both models on the development sets, and of the served one on the release that was held out."""
    served, exact = load(out / SERVED), load(out / EXACT)
    reports = {}
    for name in DEV:
        reports[name] = evaluate_rows(served, read_rows(data / name))
        reports[f"{name}, single precision"] = evaluate_rows(exact, read_rows(data / name))
    if holdout:
        rows = [row for row in read_rows(data / MIXTURE[0].file) if row["release"] == holdout]
        reports[holdout] = evaluate_rows(served, rows)
    return reports


def describe_training(given: argparse.Namespace) -> dict[str, Any]:
    """What one needs to know to train the same model again."""
    git = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "commit": git.stdout.strip() or None,
        "seed": given.seed,
        "epochs": given.epochs,
        "rate": given.rate,
        "holdout": given.holdout,
        "base": {"model.safetensors": sha256(given.base / "model.safetensors")},
        "data": {
            part.file: {
                "rows": len(read_rows(given.data / part.file)),
                "times_an_epoch": part.times,
                "sha256": sha256(given.data / part.file),
            }
            for part in MIXTURE
        },
    }


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifier.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--base", type=Path, required=True, help="base weights, from python -m classifier.base")
    parser.add_argument("--out", type=Path, required=True, help="for checkpoints and the model; resumes what is there")
    parser.add_argument("--card", type=Path, help="a model card whose table of scores is to be written anew")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rate", type=float, default=5e-5, help="peak learning rate of the encoder")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--holdout", help="a SemEval release to leave out of training and to score on, say 2016test")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, calibrate and score; what is left in `--out/model` is ready to serve."""
    given, console = read_arguments(arguments), Console()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(given.data, given.base, given.epochs, given.rate, given.seed, given.holdout)
    run = train_network(plan, given.out / "checkpoint.pt", console)
    with console.status("exporting, calibrating and scoring"):
        export_models(run.average.module, given.base, given.out)
        calibrate_model(given.out, given.data, describe_training(given))
        reports = score_models(given.out, given.data, given.holdout)
    for name, report in reports.items():
        console.rule(name)
        print_report(report, console)
    if given.card:
        update_card(given.card, render_scores(reports))
    console.print(f"The model is in {given.out / SERVED}.")


if __name__ == "__main__":
    main()
