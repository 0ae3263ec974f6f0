"""Jetstream, Bluesky's stream of every post there is: one connection, and what in it names the brand.

The wire is that of the lexicon network.bsky.jetstream.subscribeEvents. Its cursor may be a time in microseconds since
1970, which means the same on every Jetstream server. Frames are read here rather than by atproto's client, which would
sleep and connect again by itself, and to which one odd record is the end of the connection.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from sources.base import Cost, Cursor, Gap, Misconfigured, Page, Post, RetryAt, SourceError, Transient
from sources.bluesky.posts import read_time
from sources.http import Clock
from sources.matching import make_matcher
from sources.values import mapping, word

JETSTREAM = "wss://jetstream.us-east.bsky.network/xrpc"
METHOD, COLLECTION = "network.bsky.jetstream.subscribeEvents", "app.bsky.feed.post"
FORM = Subprotocol("xrpc.v1.json")
GOODBYE = 1.0  # seconds that the other side has to take note when we hang up
LARGEST_FRAME = 4 * 1024 * 1024  # bytes; a record has at most one MiB
REWIND = timedelta(seconds=10)  # servers differ a little about when they saw a post
FURTHEST = timedelta(hours=1)  # of all posts there are; what came before it is searched for
OCCUPIED = timedelta(minutes=1)
MOST = 25  # posts of one page, which are looked up by one request

View = Mapping[str, Any]
Show = Callable[[Mapping[str, View]], tuple[Sequence[Post], Cost]]


class Ear:
    """One connection, begun where `heard` (microseconds) says. `show` turns what `is_wanted` into posts."""

    def __init__(
        self, base: str, heard: int | None, is_wanted: Callable[[View], bool], show: Show, timeout: float, clock: Clock
    ) -> None:
        self.is_over = False
        self._is_wanted, self._show = is_wanted, show
        start, self._gap = choose_start(heard, clock())
        self._heard = start or to_microseconds(clock())
        self._line = ExitStack()
        self._socket = dial(self._line, base, start, timeout, clock)

    def hear(self, seconds: float, cursor: Cursor) -> Page | None:
        """Whatever comes in this time; what is deleted within it is not shown."""
        views: dict[str, View] = {}
        end = time.monotonic() + seconds
        while len(views) < MOST and not self.is_over and (left := end - time.monotonic()) > 0:
            if frame := self._receive(left):
                self._take(frame, views)
        return self._page(views, cursor) if views or self._gap else None

    def place(self, cursor: Cursor) -> Cursor:
        return {**cursor, "heard": self._heard}

    def close(self) -> None:
        self._line.close()

    def _page(self, views: Mapping[str, View], cursor: Cursor) -> Page:
        posts, cost = self._show(views)
        page = Page(posts, self.place(cursor), self._gap, cost)
        self._gap = None
        return page

    def _receive(self, seconds: float) -> View | None:
        try:
            return read_frame(self._socket.recv(timeout=seconds))
        except TimeoutError:
            return None
        except ConnectionClosedOK:
            self.is_over = True
            return None
        except (ConnectionClosed, OSError) as error:
            raise Transient("The connection to Jetstream broke off.") from error

    def _take(self, frame: View, views: dict[str, View]) -> None:
        payload = mapping(frame.get("payload"))
        if frame.get("$type") == "error":
            words = word(frame.get("message")) or word(frame.get("error")) or "it does not say why"
            raise Transient(f"Jetstream ended the connection: {words[:400]}")
        if payload.get("name") == "OutdatedCursor":
            self._gap = replace(self._gap or say_gap(self._heard, None), until=None)  # as far as it is found out now
        with suppress(KeyError, TypeError, ValueError, OverflowError):  # what is no event tells no time either
            seen = to_microseconds(read_time(payload.get("witnessedAt") or payload["time"]))
            self._note(payload, seen, views)
            self._heard = max(self._heard, seen)

    def _note(self, event: View, seen: int, views: dict[str, View]) -> None:
        uri = f"at://{event['did']}/{event['collection']}/{event['rkey']}"
        record = mapping(event.get("record"))
        if event["operation"] == "delete":
            views.pop(uri, None)
        elif event["collection"] == COLLECTION and self._is_wanted(record):
            author = {"did": event["did"], "handle": event["did"]}
            view = {"uri": uri, "cid": event.get("cid"), "author": author, "record": record}
            views[uri] = {**view, "indexedAt": from_microseconds(seen).isoformat()}


def make_filter(terms: Sequence[str], lang: str | None) -> Callable[[View], bool]:
    """A test for records that name the brand, in the language if there is one: what the search would be asked for."""
    matches = make_matcher(terms)

    def is_wanted(record: View) -> bool:
        langs = record.get("langs")
        return matches(word(record.get("text")) or "") and (lang is None or (isinstance(langs, list) and lang in langs))

    return is_wanted


def choose_start(heard: int | None, now: datetime) -> tuple[int | None, Gap | None]:
    """Where to begin, None for now; and what lies too far back for that."""
    if heard is None:
        return None, None
    start, earliest = heard - REWIND // timedelta(microseconds=1), to_microseconds(now - FURTHEST)
    return (start, None) if start >= earliest else (earliest, say_gap(heard, earliest))


def say_gap(since: int, until: int | None) -> Gap:
    reason = "Jetstream was not heard for a while, and does not go back so far; the search is read for it."
    return Gap(reason, from_microseconds(since), from_microseconds(until) if until else None)


def dial(line: ExitStack, base: str, start: int | None, timeout: float, clock: Clock) -> ClientConnection:
    """A connection for posts only, closed with `line`. Raises a `SourceError` where there is none to be had."""
    query = urlencode({"kinds": "commit", "collections": COLLECTION} | ({"cursor": start} if start else {}))
    address = f"{base.rstrip('/')}/{METHOD}?{query}"
    try:
        opening = connect(
            address, subprotocols=[FORM], max_size=LARGEST_FRAME, open_timeout=timeout, close_timeout=GOODBYE
        )
        return line.enter_context(opening)
    except InvalidStatus as error:
        refuse(error, clock)
    except (OSError, WebSocketException) as error:
        raise Transient(f"Jetstream cannot be reached ({type(error).__name__}).") from error


def refuse(error: InvalidStatus, clock: Clock) -> NoReturn:
    status, said = error.response.status_code, (error.response.body or b"").decode("utf-8", "replace")
    if status == 429:
        raise RetryAt("Jetstream asks us to wait a minute.", clock() + OCCUPIED) from error
    kind: type[SourceError] = Misconfigured if 400 <= status < 500 else Transient
    raise kind(f"Jetstream refused the connection (status {status}): {' '.join(said.split())[:400]}") from error


def read_frame(frame: str | bytes) -> View:
    """The object of a frame; an empty one for what is none, which is passed over."""
    try:
        return mapping(json.loads(frame))
    except (ValueError, RecursionError):
        return {}


def to_microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
