"""Train the classifier: `python -m classifier.train --data DATA --base DIR --teacher DIR --out DIR`.

Four stages, each going on where it was stopped: a large teacher learns from the labels and becomes `OUT/accurate`; it
reads every text; one small student learns from the labels and from what the teacher said, another from the labels
alone. `OUT/model` is the mean of the weights of the two: they started from the same and err in different places
(Wortsman et al. 2022, model soups). Without `--teacher` there is one student, and it has the labels alone.
"""

import argparse
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from classifier.bundle import sha256
from classifier.card import render_scores, update_card
from classifier.dataset import FUEL, MIXTURE, Floats, read_rows
from classifier.distil import load_hints, read_hints, save_hints
from classifier.evaluate import Report, print_report
from classifier.fit import Plan, blend, show_progress, train_network
from classifier.network import DEVICE
from classifier.publish import Folders, publish_network, score_folders

SEED = 20260101


@dataclass(frozen=True, slots=True)
class Recipe:
    """What becomes of a base: the name in the card, the folder in `--out`, and how long and how fast it learns."""

    name: str
    folder: str
    epochs: int
    rate: float  # the highest of the encoder


TEACHER = Recipe("mentiondesk-mpnet", "accurate", 2, 3e-5)
STUDENT = Recipe("mentiondesk-bge", "model", 3, 1e-4)
PLAIN = replace(STUDENT, folder="plain", epochs=2)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifier.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--base", type=Path, required=True, help="base weights of the student")
    parser.add_argument("--teacher", type=Path, help="base weights of the teacher; without it there is none")
    parser.add_argument("--out", type=Path, required=True, help="for checkpoints and models; resumes what is there")
    parser.add_argument("--card", type=Path, help="a model card whose table of scores is to be written anew")
    parser.add_argument("--name", default=STUDENT.name, help="what the student is called in its judgements")
    parser.add_argument("--epochs", type=int, default=STUDENT.epochs, help="of the student")
    parser.add_argument("--rate", type=float, default=STUDENT.rate, help="peak learning rate of the student's encoder")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--holdout", help="a SemEval release to leave out of training and to score on, say 2016test")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, calibrate and score; what is left in `--out` is ready to serve."""
    given, console = read_arguments(arguments), Console()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    reports = train_all(given, console)
    for name, report in reports.items():
        console.rule(name)
        print_report(report, console)
    if given.card:
        update_card(given.card, render_scores(reports))
    console.print(f"The model is in {given.out / STUDENT.folder}.")


def train_all(given: argparse.Namespace, console: Console) -> dict[str, Report]:
    """Every network in its turn; the reports of what is served."""
    student = replace(STUDENT, name=given.name, epochs=given.epochs, rate=given.rate)
    if not given.teacher:
        return publish_model(given, student, given.base, fit_recipe(given, student, given.base, None, console), console)
    hints, reports = prepare_hints(given, console)
    taught = fit_recipe(given, student, given.base, hints, console)
    untaught = fit_recipe(given, PLAIN, given.base, None, console)
    return reports | publish_model(given, student, given.base, blend(taught, untaught), console)


def prepare_hints(given: argparse.Namespace, console: Console) -> tuple[dict[str, Floats], dict[str, Report]]:
    """The teacher's hints and, where it is trained only now, its reports."""
    path = given.out / "hints.npz"
    if path.exists():
        return load_hints(path), {}
    network = fit_recipe(given, TEACHER, given.teacher, None, console)
    reports = publish_model(given, TEACHER, given.teacher, network, console)
    return ask_network(network, given, given.teacher, path, console), reports


def ask_network(network: Any, given: argparse.Namespace, base: Path, path: Path, console: Console) -> dict[str, Floats]:
    """What the network thinks of every text, kept at `path`."""
    with show_progress(console) as progress:
        hints = read_hints(network.to(DEVICE), base, given.data, given.holdout, progress)
    save_hints(hints, path)
    return hints


def fit_recipe(
    given: argparse.Namespace, recipe: Recipe, base: Path, hints: Mapping[str, Floats] | None, console: Console
) -> Any:
    """The network that the recipe gives: the running average of its weights."""
    plan = Plan(given.data, base, recipe.epochs, recipe.rate, given.seed, given.holdout, hints)
    return train_network(plan, given.out / f"{recipe.folder}.pt", console).average.module


def publish_model(
    given: argparse.Namespace, recipe: Recipe, base: Path, network: Any, console: Console
) -> dict[str, Report]:
    """Put the network into the recipe's folders, ready to serve, and score it."""
    folders = Folders.below(given.out, recipe.folder)
    with console.status(f"exporting, calibrating and scoring {recipe.name}"):
        described = describe_training(given, recipe, base)
        publish_network(network, base, folders, given.data, recipe.name, described)
        return score_folders(folders, given.data, given.holdout)


def describe_training(given: argparse.Namespace, recipe: Recipe, base: Path) -> dict[str, Any]:
    """What one needs to know to train the same model again."""
    git = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    taught = recipe is not TEACHER and given.teacher
    return {
        "commit": git.stdout.strip() or None,
        "seed": given.seed,
        "epochs": recipe.epochs,
        "rate": recipe.rate,
        "holdout": given.holdout,
        "base": {"model.safetensors": sha256(base / "model.safetensors")},
        "teacher": {"model.safetensors": sha256(given.teacher / "model.safetensors")} if taught else None,
        "data": {
            part.file: {
                "rows": len(read_rows(given.data / part.file)),
                "times_an_epoch": part.times,
                "sha256": sha256(given.data / part.file),
            }
            for part in (MIXTURE + FUEL if taught else MIXTURE)
        },
    }


if __name__ == "__main__":
    main()
