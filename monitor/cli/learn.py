"""The command by which the classifier learns from the team."""

import os
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from classifier.judgement import ModelError
from classifier.learned import Teachable
from classifier.trial import Score, Trial
from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.judging.learning import Outcome, unlearn
from monitor.judging.learning import learn as learn_from_team
from monitor.judging.loading import load_classifier
from monitor.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one JSON object.")
@click.option("--rollback", is_flag=True, help="Go back to the version before.")
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@pass_desk
def learn(desk: Desk, as_json: bool, rollback: bool, dry_run: bool) -> None:
    """Learn from the labels that people gave. What is in use stays unless the new is better."""
    if rollback and dry_run:
        raise click.UsageError("Give --rollback or --dry-run, one of the two.")
    console = Console(stderr=True)
    with console.status("Going back" if rollback else "Learning"):
        classifier = load_teachable(desk.settings)
        if rollback:
            outcome = unlearn(desk.store, desk.settings, classifier, utcnow())
        else:
            outcome = learn_from_team(desk.store, desk.settings, classifier, utcnow(), dry_run)
    if as_json:
        print_json(outcome.as_json())
    else:
        print_outcome(outcome, dry_run)


def load_teachable(settings: Settings) -> Teachable:
    """The model that the desk judges with. Raises ModelError if it cannot learn."""
    classifier = load_classifier(settings, os.cpu_count() or 1)
    if not isinstance(classifier, Teachable):
        raise ModelError(f"The model {classifier.version} cannot learn from the team.")
    return classifier


def print_outcome(outcome: Outcome, dry_run: bool) -> None:
    if outcome.trials:
        Console().print(trial_table(outcome.trials))
    if outcome.gone:
        click.echo(f"{outcome.gone} labels are of posts that their authors deleted; nothing is left to learn from.")
    if dry_run:
        click.echo("It would learn; nothing was changed." if outcome.learned else "It would keep what is in use.")
        return
    said = f"{outcome.model} is in use." if outcome.learned or not outcome.trials else f"{outcome.model} stays in use."
    click.echo(said + (f" {outcome.rejudged} open mentions have another label now." if outcome.rejudged else ""))


def trial_table(trials: Sequence[Trial]) -> Table:
    table = Table()
    for name in ("head", "labels", "held-back right", "guard right", "", "why"):
        table.add_column(name, justify="right" if name in {"labels"} else "left")
    for trial in trials:
        shares = (say_change(trial.before, trial.after), say_change(trial.guard_before, trial.guard_after))
        table.add_row(trial.head, str(trial.labels), *shares, "learned" if trial.taken else "kept", trial.why)
    return table


def say_change(before: Score | None, after: Score | None) -> str:
    return f"{before.right:.0%} → {after.right:.0%}" if before and after else ""
