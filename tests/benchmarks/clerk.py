"""A process that serves the desk to one request, and kills itself at the moment it was told."""

import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from wsgiref.simple_server import WSGIRequestHandler, make_server

from sqlalchemy import event

from monitor.settings import Settings
from monitor.store import Store
from web import create_app

MOMENTS = ("before_cursor_execute", "commit")


@dataclass(frozen=True)
class Shift:
    """What a process is told: its desk, and when it dies: before its statement of this number, or before its answer."""

    settings: Settings
    statement: int = -1
    silent: bool = False  # dies once everything is done, and nobody is told


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """A thousand requests say nothing of interest."""


def serve(shift: Shift, door: Connection) -> None:
    """Tell the port, then answer one request, or die in it."""
    store = Store(shift.settings.store_url)
    app = create_app(shift.settings, store, secret_key="a key for benchmarks")
    answer = app.wsgi_app
    left = shift.statement

    def tick(*_given: object) -> None:
        nonlocal left
        if left == 0:
            die()
        left -= 1

    def dying(environ: object, start: object) -> object:
        body = answer(environ, start)  # type: ignore[arg-type]
        if shift.silent:
            die()
        return body

    for moment in MOMENTS:
        event.listen(store.engine, moment, tick)
    app.wsgi_app = dying  # type: ignore[method-assign, assignment]
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        door.send(server.server_port)
        server.handle_request()
    store.close()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
