"""Hearing that something was written: the bell of this process, and on PostgreSQL the notifications of all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, Protocol

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from monitor.live.presence import Here, Presence, read_here
from monitor.store import CHANNEL, Store, StoreError

LISTEN_FOR = 1.0  # seconds; as long as stopping may take
log = structlog.get_logger()


class Ear(Protocol):
    """What wakes a follower of the trail."""

    def wait(self, seconds: float) -> None:
        """Until something may have been written or somebody came or went, or the time is up."""


class BellEar:
    """Hears what this process writes."""

    def __init__(self, store: Store) -> None:
        self.bell = store.bell
        self.heard = self.bell.rings

    def wait(self, seconds: float) -> None:
        self.heard = self.bell.wait(self.heard, seconds)


class NotificationEar:
    """Hears what any process of the desk writes, and takes in who is at their boards."""

    def __init__(self, connection: psycopg.Connection[Any], presence: Presence) -> None:
        self.connection, self.presence = connection, presence

    def wait(self, seconds: float) -> None:
        """Raises `StoreError` where the connection is lost."""
        try:
            for notification in self.connection.notifies(timeout=seconds, stop_after=1):
                here = read_here(notification.payload) if notification.payload else None
                if here:
                    self.presence.note(here)
        except psycopg.Error as error:
            raise StoreError(f"PostgreSQL's notifications are not heard: {error}.") from None


@contextmanager
def listen(store: Store, presence: Presence) -> Iterator[Ear]:
    """An ear while the block runs."""
    if store.engine.dialect.name != "postgresql":
        yield BellEar(store)
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"LISTEN {CHANNEL}"))
        driver: Any = connection.connection.driver_connection
        try:
            yield NotificationEar(driver, presence)
        finally:
            connection.invalidate()  # it listens; nobody else should get it from the pool


def tell_presence(store: Store, presence: Presence, here: Here) -> None:
    """Take in what a board said, and let the boards of this and of every other process know."""
    if presence.note(here):
        store.bell.ring()
    if store.engine.dialect.name == "postgresql":
        with store.engine.begin() as connection:
            connection.execute(text("SELECT pg_notify(:channel, :here)"), {"channel": CHANNEL, "here": here.write()})


def hear_presence(store: Store, presence: Presence, stop: Event) -> None:
    """Take in who is at the boards of other processes until `stop` is set, for a process that serves none itself."""
    while store.engine.dialect.name == "postgresql" and not stop.is_set():
        try:
            with listen(store, presence) as ear:
                while not stop.is_set():
                    ear.wait(LISTEN_FOR)
        except (DatabaseError, StoreError) as error:
            log.warning("it is not known who is at their boards; trying again", why=str(error))
            stop.wait(LISTEN_FOR)
