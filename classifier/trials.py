"""The trials of a search as a table for the model card, best first."""

from collections.abc import Mapping, Sequence
from typing import Any

SETTINGS = {
    "rate": "rate",
    "epochs": "epochs",
    "layer_decay": "layer decay",
    "pooling": "pooling",
    "urgency_weight": "urgency's weight",
    "need_weight": "need's weight",
    "hint_share": "hints' share",
    "hint_temperature": "hints' temperature",
}


def tabulate(trials: Sequence[Any], aims: Sequence[str]) -> str:
    """A Markdown table of those that were scored, finished ones before stopped ones, each in the order of its score."""
    scored = [trial for trial in trials if trial.intermediate_values and trial.state.is_finished()]
    settings = {name: said for name, said in SETTINGS.items() if any(name in trial.params for trial in scored)}
    head = ["trial", *settings.values(), *aims, "score", "of the run", "minutes"]
    ruler = ["---:"] * len(head)
    rows = [_list_cells(trial, settings, aims) for trial in sorted(scored, key=_rank, reverse=True)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ruler, *rows])


def _rank(trial: Any) -> tuple[int, float]:
    """How far it came, then how well it did there."""
    quarters, score = max(trial.intermediate_values.items())
    return int(quarters), float(score)


def _list_cells(trial: Any, settings: Mapping[str, str], aims: Sequence[str]) -> list[str]:
    quarters, score = _rank(trial)
    scores = [f"{100 * trial.user_attrs['scores'][head]:.1f}" for head in aims]
    minutes = trial.duration.total_seconds() / 60
    chosen = [_spell(trial.params.get(name, "")) for name in settings]
    return [str(trial.number), *chosen, *scores, f"{100 * score:.1f}", f"{25 * quarters} %", f"{minutes:.0f}"]


def _spell(value: Any) -> str:
    return f"{value:.2g}" if isinstance(value, float) else str(value)
