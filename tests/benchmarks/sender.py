"""A process that sends what is due, and kills itself at the statement it was told."""

import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection

from sqlalchemy import event

from monitor.clock import utcnow
from monitor.replies.sending import send_due
from monitor.settings import Settings
from monitor.store import Store

MOMENTS = ("before_cursor_execute", "commit")


@dataclass(frozen=True)
class Order:
    """What a process is told: its desk, how far its clock is ahead, and at which statement it dies; -1: at none."""

    settings: Settings
    environment: dict[str, str]
    ahead: timedelta
    statement: int


def live(order: Order, go: Connection) -> None:
    """Send what is due once the platform knows whom to kill."""
    go.recv()
    store = Store(order.settings.store_url)
    left = order.statement

    def tick(*_given: object) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    for moment in MOMENTS:
        event.listen(store.engine, moment, tick)
    send_due(store, order.settings, order.environment, clock=lambda: utcnow() + order.ahead)
