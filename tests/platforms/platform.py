"""What the fake platforms share: a fault script, a request log, and the way a fault becomes an answer."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from tests.platforms.clock import Clock

HTML = "<!doctype html><title>Over capacity</title><h1>Something is technically wrong</h1>"
FAULTS = ("200", "400", "401", "402", "403", "404", "429", "500", "502", "503", "html", "drop", "hang", "empty", "none")


@dataclass(frozen=True)
class Fault:
    """One failure to come, for a request whose path contains `path`; the kind "none" lets it through unharmed.

    `detail`: reset, retry_after, body, raw with headers …
    """

    kind: str
    path: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One line of the log: what was asked and how it was answered."""

    method: str
    path: str
    params: dict[str, str]
    status: int
    at: datetime
    fault: str = ""  # the kind of failure that it met

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}


class Platform:
    """State of one platform; subclasses add its routes and its rules."""

    name = ""

    def __init__(self, clock: Clock, closing: threading.Event) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.faults: deque[Fault] = deque()
        self.requests: list[Request] = []
        self._closing = closing
        self._life = 0  # counts resets, so that a request that hung over one is not in the new log
        self.reset()

    def fail(self, kind: str, times: int = 1, path: str = "", **detail: Any) -> None:
        """Fail the next `times` requests (whose path contains `path`) in the way `kind`, one of FAULTS."""
        if kind not in FAULTS:
            raise ValueError(f"no such fault: {kind}; there are {', '.join(FAULTS)}")
        with self.lock:
            self.faults.extend([Fault(kind, path, detail)] * times)

    def garble(self, change: Callable[[bytes], bytes], path: str = "") -> None:
        """Send what `change` makes of the next right answer's body; from the same process only."""
        with self.lock:
            self.faults.append(Fault("garble", path, {"change": change}))

    def reset(self) -> None:
        """Forget faults and the log; subclasses forget their posts too."""
        with self.lock:
            self._life += 1
            self.faults.clear()
            self.requests.clear()

    def shown_from(self, at: datetime, late: float) -> datetime:
        """From when lists show what was written at `at`: at once, or `late` seconds from now or then."""
        return max(at, self.clock.now()) + timedelta(seconds=late) if late else at

    def blueprint(self) -> Blueprint:
        routes = Blueprint(self.name, __name__, url_prefix=f"/{self.name}")
        routes.before_request(self._inject)
        routes.after_request(self._record)
        self.add_routes(routes)
        return routes

    def add_routes(self, routes: Blueprint) -> None:
        raise NotImplementedError

    def refuse(self, status: int, fault: Fault) -> Response:
        """The platform's own words for an error status."""
        answer = jsonify(fault.detail.get("body", {"title": "Error", "status": status}))
        answer.status_code = status
        return answer

    def _inject(self) -> Response | None:
        g.life = self._life
        g.fault = fault = self._next_fault()
        if fault is None or fault.kind in ("drop", "empty", "none", "garble"):
            return None
        if fault.kind == "hang":
            self._closing.wait(fault.detail.get("seconds", 30))
            return Response(HTML, 504)
        if fault.kind == "html" or fault.kind >= "500":
            return Response(HTML, 200 if fault.kind == "html" else int(fault.kind), mimetype="text/html")
        if "raw" in fault.detail:
            return Response(fault.detail["raw"], int(fault.kind), fault.detail.get("headers"))
        return self.refuse(int(fault.kind), fault)

    def _next_fault(self) -> Fault | None:
        with self.lock:
            found = next((fault for fault in self.faults if fault.path in request.path), None)
            if found:
                self.faults.remove(found)
            return found

    def _record(self, answer: Response) -> Response:
        if g.fault and g.fault.kind == "drop":
            answer = _cut_short(answer)
        if g.fault and g.fault.kind == "garble":
            answer.set_data(g.fault.detail["change"](answer.get_data()))
        path = request.path.removeprefix(f"/{self.name}")
        fault = g.fault.kind if g.fault and g.fault.kind != "none" else ""
        line = Request(request.method, path, request.args.to_dict(), answer.status_code, self.clock.now(), fault)
        with self.lock:
            self.requests += [line] if g.life == self._life else []
        return answer


def _cut_short(answer: Response) -> Response:
    """Half of the body under the length of the whole, as when a connection breaks; the first line of an endless one."""
    if answer.is_streamed:
        answer.response = _take_one(answer.response)
        return answer
    body = answer.get_data()
    cut = Response(iter([body[: len(body) // 2]]), answer.status_code, mimetype=answer.mimetype)
    cut.headers["Content-Length"] = str(len(body))
    return cut


def _take_one(lines: Any) -> Iterator[bytes]:
    with closing(lines):
        yield next(lines)
