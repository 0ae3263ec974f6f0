"""`/events`: what happens, told to open boards as it happens, from wherever they last heard of it."""

import time
from collections.abc import Iterator
from random import uniform

from flask import Blueprint, Flask, Response, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue

from monitor.live.reader import News, Watcher
from monitor.live.trail import position, read_since
from web.board.filters import chosen_in, queue_filter
from web.context import NAME, here, new_moment, this_moment
from web.live.screens import Message, Screen, count_now, draw_rows, tell_counts, tell_news, tell_present
from web.login import whoami
from web.mention_id import LARGEST_ID

WAIT = 1.0  # seconds; how long a board that was closed may keep its thread
BEAT = 15.0  # so that a board, and every proxy on the way, can tell silence from a lost line
COUNT_PAUSE = 1.0
LONGEST = (600.0, 900.0)  # then the board connects anew, and who it is is asked again
FAR_BEHIND = 2_000  # lines; a board that missed more is offered the queue as it is now
MOST_ROWS = 200

blueprint = Blueprint("events", __name__, url_prefix="/events")


@blueprint.get("")
def events() -> ResponseReturnValue:
    """A stream of server-sent events; 204 where no thread is left for one, and then `?poll=1` asks once.

    `after` or `Last-Event-ID` is the id of the last event that the board has had; the filters are those of its queue.
    """
    screen = Screen(whoami().id, queue_filter(chosen_in(request.args), whoami().id))
    if "poll" in request.args:
        return look_once(screen)
    streams = here().streams
    if not streams.acquire(blocking=False):
        return Response(status=204)
    answer = Response(stream_with_context(stream(screen, heard_last())), content_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep them until it has a bufferful
    answer.call_on_close(streams.release)
    return answer


@blueprint.get("/rows")
def rows() -> Response:
    """Rows by their mentions' ids: `{id: html}`; for a board that was told of more at once than a message carries."""
    ids = [int(part) for part in request.args.get("ids", "").split(",") if part.isdecimal() and len(part) < 10]
    with here().store.read() as db:
        return jsonify(draw_rows(db, ids[:MOST_ROWS]))


def heard_last() -> int | None:
    """The id of the last event that the board has had; None for one that begins now."""
    given = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    return min(int(given), LARGEST_ID) if given.isdecimal() and len(given) < 20 else None


def look_once(screen: Screen) -> Response:
    """The same messages in one answer: `{"position": 41, "messages": [[event, data]]}`."""
    with here().store.read() as db:
        reached = position(db, this_moment())
    messages = [*catch_up(screen, heard_last(), reached), count_now(screen, reached), tell_present(reached)]
    told = ",".join(f'["{message.event}",{message.data}]' for message in messages)
    return Response(f'{{"position":{reached},"messages":[{told}]}}', content_type="application/json")


def stream(screen: Screen, after: int | None) -> Iterator[str]:
    """Everything since `after`, and then what comes, until the board is gone."""
    with here().live.watch() as watcher:
        telling = Telling(screen, watcher)
        end = time.monotonic() + uniform(*LONGEST)  # noqa: S311 - so that boards do not all come back at once
        messages = telling.begin(after)
        while True:
            for message in messages:
                yield message.write()
            if is_gone() or time.monotonic() >= end:
                return
            messages = telling.go_on()


class Telling:
    """How far one open board has been told."""

    def __init__(self, screen: Screen, watcher: Watcher) -> None:
        self.screen, self.watcher = screen, watcher
        self.reached = watcher.position
        self.people = here().live.presence.version
        self.told_at = self.counted_at = 0.0
        self.changed_at: float | None = None  # since when the counts that were told may be wrong

    def begin(self, after: int | None) -> Iterator[Message]:
        new_moment()
        self.changed_at = time.monotonic() if after is not None else None
        yield from catch_up(self.screen, after, self.reached)
        yield tell_present(self.reached)
        yield self.beat()

    def go_on(self) -> Iterator[Message]:
        """Wait for a moment; what came in it."""
        news = self.watcher.take(WAIT)
        new_moment()
        for one in news or ():
            self.reached, self.changed_at, self.told_at = one.position, time.monotonic(), time.monotonic()
            yield from tell_news(self.screen, one)
        if self.people != here().live.presence.version:
            self.people = here().live.presence.version
            yield tell_present(self.reached)
        if self.changed_at and time.monotonic() - self.counted_at >= COUNT_PAUSE:
            counts = tell_counts(self.screen, self.reached, self.changed_at)
            if counts:
                self.changed_at, self.counted_at = None, time.monotonic()
                yield counts
        if time.monotonic() - self.told_at >= BEAT:
            yield self.beat()

    def beat(self) -> Message:
        self.told_at = time.monotonic()
        return Message("beat", "{}", self.reached)


def catch_up(screen: Screen, after: int | None, reached: int) -> Iterator[Message]:
    """What a board missed while it was away; told at least once, which does no harm twice."""
    if after is None:
        return
    with here().store.read() as db:
        lines = read_since(db, after, FAR_BEHIND + 1)
    if len(lines) > FAR_BEHIND:
        yield Message("stale", "{}", reached)
    elif lines:
        yield from tell_news(screen, News(reached, tuple(lines)))


def is_gone() -> bool:
    """Whether the board has hung up, where the server can tell before something is sent; or the server is to stop."""
    gone = request.environ.get("waitress.client_disconnected")
    return here().live.closed or bool(gone and gone())


def hang_up(app: Flask) -> None:
    """End every stream; the boards connect anew when the server is back."""
    app.extensions[NAME].live.close()
