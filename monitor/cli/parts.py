"""The parts of a desk, for many machines over one PostgreSQL: web, scheduler, worker."""

import signal

import click
from sqlalchemy import select

from monitor.cli.context import Desk, pass_desk
from monitor.cli.serving import greet, host_option, listen, port_option, reachable, serve
from monitor.clock import utcnow
from monitor.judging.loading import load_classifier
from monitor.live.presence import Presence
from monitor.models import Part
from monitor.parts.heart import Heart
from monitor.parts.kinds import CAN_SERVE, PartKind
from monitor.parts.roll import shared_clock
from monitor.scheduler import Clockwork
from monitor.store import Store

ENDINGS = {signal.SIGTERM, signal.SIGINT}


@click.command()
@host_option
@port_option
@pass_desk
def web(desk: Desk, host: str, port: int) -> None:
    """Serve the board alone. Any number of these may, on as many machines."""
    listening = listen(host, port)
    settings = reachable(desk.settings, host, port)
    heart = Heart(desk.store, PartKind.WEB)
    if not settings.secret_key:
        refuse_keys_apart(desk.store, heart)
    heart.start()
    try:
        greet(settings, desk.store)
        serve(settings, desk.store, listening, Presence())
    finally:
        click.echo("Stopping …", err=True)
        heart.stop()


@click.command()
@pass_desk
def scheduler(desk: Desk) -> None:
    """Poll, recheck, remind, queue digests. Of several one does; another takes over when it falls silent."""
    assigns = desk.settings.claims.assign != "by-hand"
    if assigns and desk.store.engine.dialect.name == "sqlite":
        raise click.ClickException(
            "Who is at their board is known across processes on PostgreSQL only: "
            "use it, or `mentiondesk run`, or set assign = 'by-hand' under [claims]."
        )
    go_on(desk, PartKind.SCHEDULER)


@click.command()
@pass_desk
def worker(desk: Desk) -> None:
    """Judge what waits, send alerts and replies. Any number of these share the work."""
    go_on(desk, PartKind.WORKER)


def go_on(desk: Desk, kind: PartKind) -> None:
    """Until a signal ends it: what is at hand is finished, and the rest left to the others."""
    clockwork = Clockwork(desk.store, desk.settings, lambda: load_classifier(desk.settings), kind=kind)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # before the threads begin, which take it over
    clockwork.start()
    click.echo(f"This is a {kind} of the desk.", err=True)
    signal.sigwait(ENDINGS)
    click.echo("Stopping …", err=True)
    clockwork.stop()


def refuse_keys_apart(store: Store, heart: Heart) -> None:
    """Sessions that one machine signs mean nothing to another that made up a key of its own."""
    with store.read() as session:
        alive = Part.until > shared_clock(session, utcnow())
        elsewhere = select(Part.host).where(alive, Part.kind.in_(CAN_SERVE), Part.machine != heart.place.machine)
        host = session.scalar(elsewhere.limit(1))
    if host:
        raise click.ClickException(
            f"The machine {host} serves this board too: set MENTIONDESK_SECRET_KEY to the same secret on each."
        )
