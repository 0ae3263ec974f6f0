"""Command for saved replies as a folder of Markdown files: saved-replies import, saved-replies export."""

from pathlib import Path

import click

from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.saved_replies.files import export_folder, import_folder

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group("saved-replies")
def saved_replies() -> None:
    """Saved replies as Markdown files with front matter."""


@saved_replies.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print the counts as a JSON object.")
@pass_desk
def import_(desk: Desk, folder: Path, as_json: bool) -> None:
    """Add or change the replies of a folder by their titles. What they said before is kept."""
    with desk.store.write() as session:
        counts = import_folder(session, folder, utcnow())
    for name, reason in counts.rejected:
        click.echo(f"{name}: {reason}", err=True)
    if as_json:
        rejected = {"rejected": len(counts.rejected)}
        print_json({"read": counts.read, "added": counts.added, "changed": counts.changed, **rejected})
    else:
        click.echo(f"{counts.read} read, {counts.added} added, {counts.changed} changed.")


@saved_replies.command("export")
@click.argument("folder", type=FOLDER)
@pass_desk
def export(desk: Desk, folder: Path) -> None:
    """Write every saved reply in use into a file. The folder is made where there is none."""
    with desk.store.read() as session:
        written = export_folder(session, folder)
    click.echo(f"{written} written to {folder}.")
