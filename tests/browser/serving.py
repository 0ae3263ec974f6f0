"""The board on a free port of this machine, as waitress serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from web import hang_up

THREADS = 4
STREAMS = 12  # boards that are told at once what happens


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application while the block runs; its address. Browsers must be closed inside the block."""
    sockets: dict[int, Any] = {}
    opened: dict[int, Any] = {}

    def end_loop() -> None:
        """In the loop itself, so that it accepts none afterwards: an empty map ends it."""
        opened.update(sockets)
        sockets.clear()

    server: Any = create_server(  # its types leave out the port and the trigger
        app, map=sockets, host="127.0.0.1", port=0, threads=THREADS + STREAMS, channel_request_lookahead=1
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        hang_up(app)
        server.task_dispatcher.shutdown()
        # Nothing is closed while the loop or a pull of its trigger may still use it.
        server.trigger.pull_trigger(end_loop)
        thread.join(5)
        wasyncore.close_all(opened, ignore_all=True)
