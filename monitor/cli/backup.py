"""The command that copies a SQLite store while the desk runs."""

from pathlib import Path

import click

from monitor.backup import back_up
from monitor.cli.context import Desk, pass_desk, print_json, progress


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the size as a JSON object.")
@pass_desk
def backup(desk: Desk, file: Path, as_json: bool) -> None:
    """Copy the database to FILE while the desk runs. The copy is checked. For SQLite; PostgreSQL has pg_dump."""
    with progress() as bar:
        task = bar.add_task("Copying", total=None, note="pages")
        size = back_up(desk.store, file, lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        click.echo(f"{file}: {size:,} bytes, whole.")
