"""How well the desk judges, as the team sees it: agreement over weeks, label against label, and what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor.models import Activity
from monitor.queries.accuracy import Accuracy, read_accuracy
from monitor.words import NEEDS, SENTIMENTS, URGENCIES, Happened
from web.board.columns import read_side
from web.context import here, this_moment
from web.translations import _

blueprint = Blueprint("accuracy", __name__)
LABELS = {"urgency": URGENCIES, "need": NEEDS, "sentiment": SENTIMENTS, "abuse": ("not abusive", "abusive")}
SHADES = 4


@dataclass(frozen=True)
class Cell:
    """How often one label was judged where people gave another; `shade` 0 to SHADES is its share of the row."""

    number: int
    shade: int
    same: bool


@dataclass(frozen=True)
class Grid:
    """Label against label for one head; rows as people labelled, columns as judged."""

    head: str
    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


@dataclass(frozen=True)
class Try:
    """One head's line of a lesson: shares of held-back labels and of the guard set that are met, before and after."""

    head: str
    taken: bool
    why: str
    labels: int
    held_back: tuple[float, float] | None
    guard: tuple[float, float] | None


@blueprint.get("/accuracy")
def show() -> ResponseReturnValue:
    settings, now = here().settings, this_moment()
    zone = settings.brand(settings.brands[0].name if settings.brands else "").zone
    with here().store.read() as db:
        found = read_accuracy(db, zone, now)
        return render_template(
            "accuracy.html",
            side=read_side(db),
            found=found,
            order=list(LABELS),
            grids=[draw_grid(head, found) for head in LABELS if found.heads[head].given],
            zone=zone,
            tries=list_tries,
            say_lesson=say_lesson,
            percent=percent,
        )


def draw_grid(head: str, found: Accuracy) -> Grid:
    rows = [draw_row(at, numbers) for at, numbers in enumerate(found.tables[head])]
    return Grid(head, LABELS[head], list(zip(LABELS[head], rows, strict=True)))


def draw_row(at: int, numbers: Sequence[int]) -> list[Cell]:
    total = max(1, sum(numbers))  # a row that nobody gave has no shares
    return [Cell(number, -(-SHADES * number // total), at == column) for column, number in enumerate(numbers)]


def list_tries(lesson: Activity) -> list[Try]:
    """What `learn` found for each head."""
    heads = (lesson.data or {}).get("heads") or {}
    return [read_try(head, heads[head]) for head in LABELS if head in heads]


def read_try(head: str, said: dict[str, Any]) -> Try:
    held_back, guard = change(said, "before", "after"), change(said, "guard_before", "guard_after")
    return Try(head, bool(said["taken"]), str(said["why"]), int(said["labels"]), held_back, guard)


def change(said: dict[str, Any], before: str, after: str) -> tuple[float, float] | None:
    return (said[before]["right"], said[after]["right"]) if said.get(before) and said.get(after) else None


def say_lesson(lesson: Activity) -> str:
    """What came of one run of `learn`, in a sentence."""
    data = lesson.data or {}
    if lesson.happened == Happened.UNLEARNED:
        kept = _("version %(version)s", version=data["in_use"]) if data.get("in_use") else _("the model as it came")
        return _("Went back from version %(version)s to %(kept)s.", version=data.get("version"), kept=kept)
    learned = data.get("version")
    return _("Version %(version)s was learned.", version=learned) if learned else _("Nothing better was found.")


def percent(share: float | None) -> str:
    """`62 %`; a dash where there is nothing to share."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")
