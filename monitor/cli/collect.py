"""Commands that bring mentions in, and out again: poll, import, export, triage."""

import os
from datetime import datetime
from pathlib import Path

import click

from monitor import queries
from monitor.cli.context import Desk, count_lines, pass_desk, print_json, progress
from monitor.clock import utcnow
from monitor.collecting.exporting import Wanted, count_wanted, export_file
from monitor.collecting.importing import guess_format, import_file
from monitor.collecting.polling import Polled, poll_feed
from monitor.judging import triage as triaging
from monitor.judging.loading import load_classifier
from monitor.judging.retrying import retry_all
from monitor.words import FeedState
from sources.registry import PUSHED
from sources.rows import BadRow, moment

format_option = click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), help="csv for a file whose name ends so, else jsonl."
)


@click.command()
@click.option("--feed", "name", help="Only the feed of this name.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a feed.")
@pass_desk
def poll(desk: Desk, name: str | None, as_json: bool) -> None:
    """Poll every feed now, once."""
    with desk.store.read() as session:
        feeds = [feed for feed in queries.feeds(session) if name in (None, feed.name) and feed.source not in PUSHED]
    if not feeds:
        raise click.ClickException(f"There is no feed named {name}." if name else "The configuration names no feed.")
    blind = 0
    for feed in feeds:
        polled = poll_feed(desk.store, desk.settings, feed.id)
        show(feed.name, polled, as_json)
        blind += polled is not None and polled.state != FeedState.READING
    if blind:
        raise click.ClickException(f"{blind} of {len(feeds)} feeds could not be read; see above.")


def show(name: str, polled: Polled | None, as_json: bool) -> None:
    if polled is None:
        click.echo(f"{name}: somebody else is polling it", err=True)
    elif as_json:
        print_json({"feed": name, "state": polled.state, "reason": polled.reason, **vars(polled.counts)})
    else:
        counts = polled.counts
        click.echo(f"{name}: {polled.state}, {counts.stored} new, {counts.duplicates} known. {polled.reason}".rstrip())


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--brand", required=True, help="Whom the posts are about; made if the configuration lacks it.")
@format_option
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@pass_desk
def import_(desk: Desk, file: Path, brand: str, form: str | None, as_json: bool) -> None:
    """Load posts from an export. Doing it again adds nothing twice."""
    if not file.is_file():
        raise click.ClickException(f"There is no file {file}.")
    if not brand.strip() or len(brand) > 200:
        raise click.ClickException("A brand's name has 1 to 200 characters.")
    with progress() as bar:
        task = bar.add_task("Importing", total=count_lines(file), note="rows")
        total = import_file(
            desk.store,
            desk.settings,
            file,
            brand.strip(),
            form or guess_format(file),
            utcnow(),
            complain=lambda sentence: bar.console.print(
                sentence, style="yellow", markup=False, highlight=False, soft_wrap=True
            ),
            progress=lambda rows: bar.advance(task, rows),
        )
        bar.update(task, total=total.read)
    if as_json:
        print_json(total.as_json())
    else:
        click.echo(
            f"{total.read} read: {total.stored} stored, {total.duplicates} known already, "
            f"{total.edited} edited, {total.rejected} rejected."
        )


@click.command()
@click.option("--retry", is_flag=True, help="Also what could not be judged before.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@pass_desk
def triage(desk: Desk, retry: bool, as_json: bool) -> None:
    """Judge what is waiting, now."""
    if retry:
        with desk.store.write() as session:
            retry_all(session, None, utcnow())
    with desk.store.read() as session:
        waiting = queries.waiting_for_triage(session)
    done = 0
    if waiting:
        classifier = load_classifier(desk.settings, threads=os.cpu_count() or 1)
        with progress() as bar:
            task = bar.add_task("Judging", total=waiting, note="mentions")
            while batch := triaging.triage_batch(desk.store, classifier, desk.settings, utcnow(), size=256):
                done += batch
                bar.update(task, completed=done, total=max(done, waiting))
    with desk.store.read() as session:
        aside = queries.count_set_aside(session)
    if as_json:
        print_json({"triaged": done, "set_aside": aside})
    else:
        click.echo(f"{done} judged." + (f" {aside} could not be judged; the board shows them." if aside else ""))


def read_moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    try:
        return None if value is None else moment(value)
    except BadRow:
        raise click.BadParameter(f"'{value}' is not a date; write it like 2026-11-18T09:31:00Z.") from None


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--brand", required=True, help="Whose mentions.")
@format_option
@click.option("--since", callback=read_moment, help="Posted from then on; a date or a time, in UTC if unsaid.")
@click.option("--until", callback=read_moment, help="Posted before then.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@pass_desk
def export(
    desk: Desk, file: Path, brand: str, form: str | None, since: datetime | None, until: datetime | None, as_json: bool
) -> None:
    """Write mentions to a file that `import` reads back."""
    wanted = Wanted(brand, since, until)
    with desk.store.read() as session:
        count, _ = count_wanted(session, wanted)
    with progress() as bar:
        task = bar.add_task("Exporting", total=count, note="mentions")
        done = export_file(
            desk.store, wanted, file, form or guess_format(file), progress=lambda rows: bar.advance(task, rows)
        )
    if as_json:
        print_json(done.as_json())
    else:
        click.echo(f"{done.written} written." + (f" {done.gone} are deleted at their platform." if done.gone else ""))
