"""Commands that keep the desk going: run, upgrade."""

import click

from monitor.cli.context import Desk, pass_desk
from monitor.cli.serving import greet, host_option, listen, port_option, reachable, serve
from monitor.judging.loading import load_classifier
from monitor.live.presence import Presence
from monitor.scheduler import Clockwork
from monitor.store import Store


@click.command()
@click.option("--demo", is_flag=True, help="The demo brand, in a store of its own, whatever the configuration says.")
@host_option
@port_option
@pass_desk
def run(desk: Desk, demo: bool, host: str, port: int) -> None:
    """Collect, judge, alert and serve the board. All on one machine."""
    desk.demo = demo
    listening = listen(host, port)
    settings = reachable(desk.settings, host, port)
    store = Store(settings.store_url)
    store.upgrade()
    greet(settings, desk.store)
    people = Presence()
    clockwork = Clockwork(desk.store, settings, lambda: load_classifier(settings), people=people)
    clockwork.start()
    try:
        serve(settings, desk.store, listening, people)
    finally:
        click.echo("Stopping …", err=True)
        clockwork.stop()


@click.command()
@pass_desk
def upgrade(desk: Desk) -> None:
    """Bring the database to this version."""
    Store(desk.settings.store_url).upgrade()
    click.echo("The database is up to date.")
