"""The heartbeat of a process: it says that this part is alive, and with that keeps the planning."""

import time
from collections import Counter
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

import structlog
from sqlalchemy.exc import DatabaseError

from monitor.clock import utcnow
from monitor.parts.kinds import CAN_PLAN, PartKind
from monitor.parts.place import this_place
from monitor.parts.roll import (
    ALIVE,
    leave,
    refuse_far_file,
    say_alive,
    shared_clock,
    strike_off_dead,
    take_planning,
)
from monitor.store import Store

BEAT = timedelta(seconds=5)
# Who cannot reach the store stops planning before anybody else may begin; its last job has a little time to end.
SURE = ALIVE - timedelta(seconds=5)
log = structlog.get_logger()


class Heart:
    """One part of the desk, as the others know it, from `start` to `stop`."""

    def __init__(self, store: Store, kind: PartKind) -> None:
        self.store, self.kind = store, kind
        self.id, self.place = uuid4().hex, this_place()
        self.started_at = utcnow()
        self.counts: Counter[str] = Counter()  # what this part has done; others read it in the store
        self.plans_until = 0.0
        self.stopping = Event()
        self.thread = Thread(target=self.go_on, name="heart", daemon=True)

    def start(self) -> None:
        """Raises `StoreError` where the part cannot work on this store."""
        with self.store.read() as session:
            refuse_far_file(session, self.place.machine, shared_clock(session, utcnow()))
        self.beat()
        self.thread.start()

    def stop(self) -> None:
        """Leave the planning to the others at once."""
        self.stopping.set()
        self.thread.join()
        self.plans_until = 0.0
        try:
            with self.store.write() as session:
                leave(session, [self.id], shared_clock(session, utcnow()))
        except DatabaseError as error:  # then the others find out by themselves
            log.warning("left without saying so", why=str(error.orig))

    def plans(self) -> bool:
        """Whether this part, and so no other, plans."""
        return time.monotonic() < self.plans_until

    def go_on(self) -> None:
        well = True
        while not self.stopping.wait(BEAT.total_seconds()):
            try:
                self.beat()
            except DatabaseError as error:
                if well:  # once, not every few seconds
                    log.warning("the store does not answer; trying again", why=str(error.orig))
                well = False
            else:
                well = True

    def beat(self) -> None:
        begun = time.monotonic()
        part = {"id": self.id, "kind": self.kind, "started_at": self.started_at, "counts": dict(self.counts)}
        with self.store.write() as session:
            clock = shared_clock(session, utcnow())
            strike_off_dead(session, clock)
            say_alive(session, part | self.place._asdict(), clock)
            plans = self.kind in CAN_PLAN and take_planning(session, self.id, clock)
        if plans and not self.plans():
            log.info("this part plans now", host=self.place.host, pid=self.place.pid)
        self.plans_until = begun + SURE.total_seconds() if plans else 0.0
