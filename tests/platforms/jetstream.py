"""A fake Jetstream: every post there is, as frames of network.bsky.jetstream.subscribeEvents, from a cursor on."""

import http
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.platforms.clock import Clock

METHOD = "network.bsky.jetstream.subscribeEvents"
KNOWN = {"collections", "cursor", "dids", "kinds", "maxMessageSizeBytes", "zstdDictionary"}
A_TIME = 10**15  # a cursor from there on is one in microseconds
LOOK = 0.02  # seconds between two looks for what is new
ZERO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Jetstream:
    """Serves on a port of its own, as Jetstream has a host of its own, once somebody asks for `url`."""

    clock: Clock
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)  # the parameters of every connection
    retention: timedelta = timedelta(days=3)
    refuse_with: int = 0  # the status that the next connection is refused with
    drop: int = 0  # of the next events, so many are not told
    silent: bool = False  # connections stay open, but no event comes through
    _broken: int = 0  # how often every connection was ended
    _code: int = 1000

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Any = None

    def clear(self) -> None:
        self.hang_up()
        self.events, self.asked, self.retention, self.refuse_with, self.drop = [], [], timedelta(days=3), 0, 0
        self.silent = False

    @property
    def url(self) -> str:
        with self._lock:
            if self._server is None:
                self._server = serve(
                    self._serve,
                    "127.0.0.1",
                    0,
                    subprotocols=[Subprotocol("xrpc.v1.json")],
                    process_request=self._check,
                    compression=None,
                )
                threading.Thread(target=self._server.serve_forever, name="jetstream", daemon=True).start()
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/xrpc"

    def shut_down(self) -> None:
        self.hang_up()
        if self._server is not None:
            self._server.shutdown()

    def hang_up(self, code: int = 1000) -> None:
        """End every connection: cleanly (1000), or not (1011)."""
        self._code = code
        self._broken += 1

    def tell(self, uri: str, cid: str | None = None, record: Mapping[str, Any] | None = None) -> None:
        """A post was written, or deleted where it has no record."""
        did, collection, rkey = uri.removeprefix("at://").split("/")
        with self._lock:
            if self.drop:
                self.drop -= 1
                return
            kind = {"operation": "create", "cid": cid, "record": record} if record else {"operation": "delete"}
            at = self.clock.now()
            moment = {"seq": len(self.events) + 1, "time": _spell(at), "witnessedAt": _spell(at)}
            event = {"$type": f"{METHOD}#commit", "did": did, "collection": collection, "rkey": rkey, "rev": rkey}
            self.events.append({**event, **kind, **moment})

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        address = urlsplit(request.path)
        given = parse_qs(address.query)
        self.asked.append({name: ",".join(values) for name, values in given.items()})
        if status := self.refuse_with:
            self.refuse_with = 0
            return connection.respond(http.HTTPStatus(status), '{"error": "InvalidRequest", "message": "not now"}')
        if address.path != f"/xrpc/{METHOD}" or given.keys() - KNOWN:
            return connection.respond(http.HTTPStatus.BAD_REQUEST, '{"error": "InvalidRequest"}')
        return None

    def _serve(self, connection: ServerConnection) -> None:
        broken, given = self._broken, parse_qs(urlsplit(connection.request.path if connection.request else "").query)
        cursor = int(given["cursor"][0]) if "cursor" in given else None
        place = len(self.events) if cursor is None else self._find(cursor)
        try:
            if cursor is not None and cursor < _microseconds(self.clock.now() - self.retention):
                notice = {"$type": f"{METHOD}#info", "name": "OutdatedCursor", "message": "resumed from a later one"}
                connection.send(_frame(notice))
            while broken == self._broken:
                for event in [] if self.silent else self.events[place:]:
                    connection.send(_frame(event))
                    place += 1
                try:
                    connection.recv(timeout=LOOK)
                except TimeoutError:
                    continue
            connection.close(self._code)
        except ConnectionClosed:
            return

    def _find(self, cursor: int) -> int:
        """The place of the first event at or after the cursor that is still kept."""
        floor = _microseconds(self.clock.now() - self.retention)
        wanted = [max(cursor, floor) if cursor >= A_TIME else cursor, floor]
        for place, event in enumerate(self.events):
            seen = _microseconds(datetime.fromisoformat(event["witnessedAt"]))
            if seen >= floor and (seen if cursor >= A_TIME else event["seq"]) >= wanted[0]:
                return place
        return len(self.events)


def _frame(payload: Mapping[str, Any]) -> str:
    return json.dumps({"$type": "message", "payload": payload})


def _microseconds(at: datetime) -> int:
    return (at - ZERO) // timedelta(microseconds=1)


def _spell(at: datetime) -> str:
    return re.sub(r"\+00:00$", "Z", at.astimezone(UTC).isoformat(timespec="microseconds"))
