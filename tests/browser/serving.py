"""The board on a free port of this machine, as waitress serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from waitress import create_server

THREADS = 4
STREAMS = 12  # boards that are told at once what happens


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application while the block runs; its address. Browsers must be closed inside the block."""
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS + STREAMS, channel_request_lookahead=1)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(5)
