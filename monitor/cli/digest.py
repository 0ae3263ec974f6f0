"""The command that gives the weekly account."""

from pathlib import Path

import click

from monitor.alerting.alerts import digest_channels, queue
from monitor.alerting.outbox import deliver_waiting
from monitor.cli.context import Desk, pass_desk, print_json
from monitor.clock import utcnow
from monitor.digest import account as accounts
from monitor.digest.page import render_html, render_text
from monitor.digest.weeks import IsoWeek
from monitor.models import Brand
from monitor.settings import BrandSettings, Settings
from monitor.translating import speaking
from monitor.translations import OFFERED
from monitor.translations import language as find_language


@click.command()
@click.option("--week", help="As 2026-W46; the last full week if left out.")
@click.option("--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as one JSON object.")
@click.option("--language", type=click.Choice(list(OFFERED)), help="That of the first brand if left out.")
@click.option("--send", is_flag=True, help="Send it now to [digest] to and to channels with digest = true.")
@pass_desk
def digest(desk: Desk, week: str | None, file: Path | None, as_json: bool, language: str | None, send: bool) -> None:
    """Show or send the weekly account. What came, what was answered and by whom, what is still open."""
    chosen = choose_week(desk.settings, week)
    with speaking(find_language(language or first_brand(desk.settings).language)):
        with desk.store.read() as session:
            digests = accounts.compute_digests(session, desk.settings, chosen, utcnow())
        if file:
            file.write_text(render_html(digests, desk.settings), encoding="utf-8")
            click.echo(f"Written to {file}.", err=True)
        if as_json:
            print_json(accounts.digests_json(chosen, digests))
        elif not file:
            click.echo(render_text(digests, desk.settings))
    if send:
        send_now(desk, chosen)


def choose_week(settings: Settings, week: str | None) -> IsoWeek:
    """The week that was asked for; the last full one by the first brand's calendar otherwise."""
    if week is None:
        return IsoWeek.last_full(utcnow(), first_brand(settings).zone)
    try:
        return IsoWeek.parse(week)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def first_brand(settings: Settings) -> BrandSettings:
    return settings.brands[0] if settings.brands else BrandSettings(name="none")


def send_now(desk: Desk, week: IsoWeek) -> None:
    """Queue the account for every channel that takes it, once, and deliver what can be delivered at once."""
    if not digest_channels(desk.settings):
        raise click.ClickException("Nobody is to get it: set `to` under [digest], or `digest = true` for a channel.")
    now = utcnow()
    with desk.store.write() as session:
        brands = [session.query(Brand).filter_by(name=brand.name).one() for brand in desk.settings.brands]
        rows = [row for brand in brands for row in accounts.notifications(brand, week, desk.settings, now)]
        queued = queue(session, rows)
    sent = deliver_waiting(desk.store, desk.settings)
    click.echo(f"{queued} queued, {sent} sent." if queued else "It was sent before; nothing is sent twice.", err=True)
