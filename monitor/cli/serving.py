"""Serving the board: its address, the first sign-in link, and waitress until a signal ends it."""

import gc
import os
import secrets
import signal
import socket
from pathlib import Path
from types import FrameType

import click
import structlog
from sqlalchemy import func, select
from waitress.server import create_server

from monitor import users
from monitor.clock import utcnow
from monitor.live.presence import Presence
from monitor.models import User
from monitor.settings import Settings
from monitor.store import Store, take_turn
from monitor.urls import DEFAULT_HOST, DEFAULT_PORT
from monitor.words import Role
from web import create_app, hang_up

THREADS = 16  # for pages, and
STREAMS = 128  # for open boards, each of which waits in a thread of its own for what happens
FIRST_USER = "admin"

host_option = click.option("--host", default=DEFAULT_HOST, show_default=True, help="The address to listen on.")
port_option = click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."
)


def listen(host: str, port: int) -> socket.socket:
    """The board's address, taken before anything else starts; a port in use is told in one sentence."""
    listening = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        if listening:
            listening.close()
        raise click.ClickException(
            f"The board cannot be served at {host}:{port}: {error.strerror}. Choose another with --host or --port."
        ) from None
    return listening


def reachable(settings: Settings, host: str, port: int) -> Settings:
    """The settings with an address for links, where the configuration names none."""
    return settings if settings.public_url else settings.model_copy(update={"public_url": f"http://{host}:{port}"})


def greet(settings: Settings, store: Store) -> None:
    """Say what runs where; as long as nobody has signed in, with a link for the first user."""
    if settings.demo:
        click.echo("No configuration: this is the demo, invented posts about an invented airline.")
        click.echo("Write mentiondesk.toml to watch your own brand (docs/getting-started.md).")
    click.echo(f"Board: {settings.public_url}")
    token = first_link(store)
    if token:
        click.echo(f"Sign in once with: {settings.public_url}/sign-in/{token}")


def first_link(store: Store) -> str | None:
    """A sign-in link for the first user, who is made if need be; None once anybody has signed in."""
    with store.write() as session:
        take_turn(session.connection())
        if session.scalar(select(func.count(User.id)).where(User.signed_in_at.is_not(None))):
            return None
        first = session.scalar(select(User).where(User.role == Role.ADMIN).order_by(User.id))
        first = first or users.add_user(session, FIRST_USER, Role.ADMIN, utcnow())
        return users.make_sign_in_link(session, first, utcnow())


def serve(settings: Settings, store: Store, listening: socket.socket, people: Presence) -> None:
    """Serve the board until a signal ends it."""
    key = settings.secret_key or kept_secret(settings.home / "var" / "secret_key")
    app = create_app(settings, store, secret_key=key, streams=STREAMS, people=people)
    # With a look ahead the server notices that a board was closed, and takes its thread back within a second.
    server = create_server(
        app,
        sockets=[listening],
        threads=THREADS + STREAMS,
        connection_limit=500,
        channel_timeout=60,
        channel_request_lookahead=1,
        clear_untrusted_proxy_headers=False,  # web.proxies knows whom to believe
    )
    structlog.get_logger().info("serving", address=settings.public_url)
    gc.freeze()  # what is loaded stays; looking through it for rubbish would hold up a page for a sixth of a second

    def stop(_number: int, _frame: FrameType | None) -> None:
        hang_up(app)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()


def kept_secret(file: Path) -> str:
    """The key that signs sessions: made once, readable by its owner alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(32))
    return file.read_text()
