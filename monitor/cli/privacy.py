"""Commands for personal data: person export, person erase, forget."""

from pathlib import Path

import click

from monitor.cli.context import Desk, dump_json, pass_desk, print_json
from monitor.clock import utcnow
from monitor.privacy.erasing import Erased, erase
from monitor.privacy.exporting import export_person
from monitor.privacy.people import Person, find_person
from monitor.privacy.retention import forget_due
from monitor.privacy.tidying import tidy

source_option = click.option("--source", required=True, help="Where they write: x, reddit, bluesky, …")
author_option = click.option("--author", required=True, metavar="HANDLE", help="Their handle, or the platform's id.")


@click.group()
def person() -> None:
    """What the desk holds about somebody who wrote to you."""


@person.command("export")
@source_option
@author_option
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it there, not to stdout.")
@pass_desk
def export(desk: Desk, source: str, author: str, file: Path | None) -> None:
    """Everything about one author as one JSON document."""
    with desk.store.write() as session:
        found = export_person(session, find_person(session, source, author), None, utcnow())
    if file is None:
        print_json(found)
        return
    file.touch(mode=0o600)
    file.write_text(dump_json(found) + "\n", encoding="utf-8")
    click.echo(f"{sum(len(rows) for rows in found['held'].values())} rows written to {file}.")


@person.command("erase")
@source_option
@author_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what went as one JSON object.")
@pass_desk
def erase_one(desk: Desk, source: str, author: str, yes: bool, as_json: bool) -> None:
    """Erase one author and what they wrote, for good; what the desk counts stays."""
    with desk.store.read() as session:
        found = find_person(session, source, author)
    if not yes:
        click.confirm(
            f"Erase {author} on {source} and everything they wrote? Nobody can undo it.", abort=True, err=True
        )
    erased = erase(desk.store, found, None, utcnow())
    tidy(desk.store)
    if as_json:
        print_json(erased.as_json())
    else:
        click.echo(say_erased(found, erased))


def say_erased(found: Person, erased: Erased) -> str:
    said = f"{erased.mentions} mentions of theirs emptied, {erased.conversations} conversations of others, "
    said += f"{erased.named_by_us} rows of the team's that named them."
    if erased.named_by_others:
        said += (
            f" {erased.named_by_others} posts of other people name {found.handle}; those stay as they are in public."
        )
    return said


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print how much as one JSON object.")
@pass_desk
def forget(desk: Desk, as_json: bool) -> None:
    """Forget now what is past the times of [retention]. A running desk does so every day."""
    done = forget_due(desk.store, desk.settings.retention, utcnow())
    if as_json:
        print_json(dict(done))
    elif done:
        click.echo("Forgotten: " + ", ".join(f"{number} {what}" for what, number in sorted(done.items())) + ".")
    else:
        click.echo("Nothing is past its time.")
