"""Search for the student's settings: `python -m classifier.search --data DATA --base DIR --log FILE`.

Each trial is a short run on a share of the training posts, scored on what it never saw: a later year's posts and a
whole source. The development sets are not touched. Optuna proposes what to try (its tree-structured Parzen estimator;
the settings in use come first) and stops a run that falls behind (successive halving). The log is Optuna's journal, in
JSON lines, and the same command goes on from it. `--hints` of a teacher, as `classifier.train` leaves them, adds what a
student takes from one; where the teacher has read what is held out here, scores with hints are a little too good.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
import torch
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from rich.console import Console

from classifier.card import SEARCH, update_card
from classifier.dataset import count_labels
from classifier.fit import plan_batches, start_run, take_step
from classifier.heldout import Posts, read_posts, score_network
from classifier.network import TUNED, Loss, Tuning
from classifier.train import SEED, STUDENT
from classifier.trials import tabulate

QUARTERS = (1, 2, 4)  # of a run, after which it is scored and may be stopped
AIMS = ("sentiment", "urgency", "need")  # a trial's score is their mean: the source held out abuses hardly anybody


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifier.search", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--base", type=Path, required=True, help="base weights of the student")
    parser.add_argument("--hints", type=Path, help="what a teacher thinks of every text: hints.npz of classifier.train")
    parser.add_argument("--share", type=float, default=0.1, help="of the training posts that a trial sees")
    parser.add_argument("--trials", type=int, default=20, help="in all, those in the log included")
    parser.add_argument("--minutes", type=float, help="begin no trial after that many")
    parser.add_argument("--log", type=Path, required=True, help="where each trial is written down")
    parser.add_argument("--card", type=Path, help="a model card whose table of trials is to be written anew")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Search, or go on with a search, and print every trial."""
    given = read_arguments(arguments)
    torch.set_num_threads(given.threads)
    study = open_study(given)
    posts = read_posts(given.data, given.base, given.share, given.hints)
    study.optimize(
        lambda trial: try_settings(trial, posts, given.base),
        n_trials=max(0, given.trials - count_finished(study)),
        timeout=given.minutes and given.minutes * 60,
    )
    table = tabulate(study.trials, AIMS)
    if given.card:
        update_card(given.card, table, SEARCH)
    Console().print(table, markup=False, highlight=False, soft_wrap=True)


def open_study(given: argparse.Namespace) -> Any:
    """The search in the log, or a new one. Raises SystemExit if the log is of other posts or another base."""
    storage = JournalStorage(JournalFileBackend(str(given.log)))
    study = optuna.create_study(
        storage=storage,
        study_name="settings",
        direction="maximize",
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2),
        load_if_exists=True,
    )
    # Seeded by what is done already: a search that goes on would else propose its first trials again.
    study.sampler = optuna.samplers.TPESampler(seed=SEED + len(study.trials))
    compared = {"share": given.share, "base": given.base.name, "hints": given.hints is not None}
    if not study.trials:
        study.set_user_attr("compared", compared)
        study.enqueue_trial({"rate": STUDENT.rate, "epochs": 1, **asdict(TUNED)})
    elif study.user_attrs["compared"] != compared:
        raise SystemExit(f"The trials in {given.log} have another base or other posts; give another --log.")
    return study


def count_finished(study: Any) -> int:
    """How many of its trials came to an end, early or not."""
    return sum(trial.state.is_finished() for trial in study.trials)


def propose(trial: Any, taught: bool) -> Tuning:
    """What the trial is to try besides rate and epochs; of a teacher only where there is one."""
    hints: dict[str, float] = {}
    if taught:
        hints["hint_share"] = trial.suggest_float("hint_share", 0.3, 0.9)
        hints["hint_temperature"] = trial.suggest_float("hint_temperature", 1.0, 4.0)
    return Tuning(
        pooling=trial.suggest_categorical("pooling", ["mean", "first"]),
        layer_decay=trial.suggest_float("layer_decay", 0.6, 1.0),
        urgency_weight=trial.suggest_float("urgency_weight", 0.5, 2.0, log=True),
        need_weight=trial.suggest_float("need_weight", 0.35, 1.4, log=True),
        **hints,
    )


def try_settings(trial: Any, posts: Posts, base: Path) -> float:
    """Train with what is proposed; gives the score, 0 to 1. Raises TrialPruned where the run falls behind."""
    rate, epochs = trial.suggest_float("rate", 3e-5, 4e-4, log=True), trial.suggest_int("epochs", 1, 3)
    tuning = propose(trial, posts.taught)
    batches = list(plan_batches(posts.mixture, epochs, SEED, posts.padding))
    run = start_run(base, len(batches), rate, SEED, tuning)
    loss = Loss(count_labels([one for part, examples in posts.mixture for one in examples * round(part.times)]), tuning)
    score = 0.0
    for quarters in QUARTERS:
        for batch in batches[run.step : len(batches) * quarters // max(QUARTERS)]:
            take_step(run, loss, batch)
        scores = score_network(run.average.module, posts)
        score = sum(scores[head] for head in AIMS) / len(AIMS)
        trial.set_user_attr("scores", scores)
        trial.report(score, quarters)
        if trial.should_prune() and quarters < max(QUARTERS):
            raise optuna.TrialPruned
    return score


if __name__ == "__main__":
    main()
