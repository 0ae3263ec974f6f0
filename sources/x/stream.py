"""X's filtered stream through tweepy: our rule kept equal to the feed's query, and what comes through."""

import json
import queue
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, NoReturn

import requests
import tweepy

from sources.base import Cost, Cursor, Misconfigured, Page, Post, RetryAt, SourceError, Transient
from sources.values import items, mapping
from sources.x.edge import XEdge
from sources.x.posts import read_batch

TAG = "mentiondesk"  # of our rules; an app's other rules are somebody else's
SILENCE = 45.0  # seconds; X sends at least an empty line every 20
OCCUPIED = timedelta(minutes=1)  # X takes a while to notice that a connection is gone
MOST = 100  # posts of one page


class StreamEdge(XEdge):
    """Lets the body of a good stream through as it comes."""

    def judge(self, response: requests.Response) -> None:
        if response.status_code == 429 and "TooManyConnections" in response.text:
            when = self.clock() + OCCUPIED
            raise RetryAt("X allows this app one connection to its stream, and that is in use.", when)
        if response.status_code != 200 or not is_stream(response):
            super().judge(response)


class Listener(tweepy.StreamingClient):  # type: ignore[misc]
    """tweepy's connection, in its own thread, without its sleeping and trying again: that is for the desk to decide.

    `arrived` holds lines as bytes, the error that broke the connection, True once it stands and None at its end.
    """

    def __init__(self, bearer_token: str, edge: StreamEdge) -> None:
        super().__init__(bearer_token, return_type=dict, daemon=True, max_retries=0)
        self.session.mount("https://", edge)
        self.arrived: queue.SimpleQueue[bytes | SourceError | bool | None] = queue.SimpleQueue()
        self.response: requests.Response | None = None
        self.session.hooks["response"].append(self._note)

    def on_connect(self) -> None:
        self.arrived.put(True)

    def on_data(self, raw_data: bytes) -> None:
        self.arrived.put(raw_data)

    def on_closed(self, response: requests.Response) -> None:
        self.disconnect()

    def on_connection_error(self) -> None:
        self.arrived.put(Transient("The stream of X broke off."))
        self.disconnect()

    def on_exception(self, exception: Exception) -> None:
        broke_off = Transient(f"The stream of X broke off ({type(exception).__name__}).")
        self.arrived.put(exception if isinstance(exception, SourceError) else broke_off)

    def on_disconnect(self) -> None:
        self.arrived.put(None)

    def hang_up(self) -> None:
        """Disconnect at once, not only when X next sends something."""
        self.disconnect()
        if self.response is not None:
            with suppress(Exception):  # it may be gone already
                self.response.raw.shutdown()

    def _note(self, response: requests.Response, **_given: Any) -> None:
        if is_stream(response):
            self.response = response


class Ear:
    """A connection to the filtered stream. The ids of the posts that come are added to `heard`."""

    def __init__(
        self, listener: Listener, query: str, fields: Mapping[str, Any], usd: Decimal, heard: set[str]
    ) -> None:
        self.is_over = False
        self.heard = heard
        self._listener, self._usd = listener, usd
        self._rule, added = keep_rule(listener, query)
        with ExitStack() as undo:
            if added:  # whoever has the connection would pay for what it brings
                undo.callback(listener.delete_rules, self._rule)
            undo.callback(listener.hang_up)  # X allows one connection, and this would be it until the process ends
            listener.filter(threaded=True, **fields)
            self._expect()
            drop_other_rules(listener, self._rule)  # only now: another feed of this app would have had the connection
            undo.pop_all()

    def hear(self, seconds: float, cursor: Cursor) -> Page | None:
        posts = [post for line in self._take(seconds) for post in self._read(line)]
        self.heard.update(post.id for post in posts)
        return Page(posts, cursor, cost=Cost(0, len(posts), len(posts) * self._usd)) if posts else None

    def place(self, cursor: Cursor) -> Cursor:
        """Nobody can begin in the past of this stream."""
        return cursor

    def close(self) -> None:
        self._listener.hang_up()

    def _expect(self) -> None:
        """Wait until the connection stands. Raises what keeps it from standing."""
        for come in iter(self._listener.arrived.get, True):
            self._check(come)
            raise Transient("X closed its stream at once.")

    def _take(self, seconds: float) -> Iterator[bytes]:
        """The lines that are there; the first may take so many seconds to come."""
        with suppress(queue.Empty):
            for number in range(MOST):
                come = self._listener.arrived.get(timeout=0 if number else seconds)
                if isinstance(come, bytes):
                    yield come
                elif self._check(come):
                    return

    def _check(self, come: object) -> bool:
        if isinstance(come, SourceError):
            raise come
        self.is_over = come is None
        return self.is_over

    def _read(self, line: bytes) -> list[Post]:
        """The post of a line. A line that is none is passed over: the search will bring what it was."""
        try:
            body = mapping(json.loads(line))
        except (ValueError, RecursionError):
            return []
        rules = {str(rule.get("id")) for rule in items(body.get("matching_rules"))}
        return read_batch(body).posts if self._rule in rules else []


def is_stream(response: requests.Response) -> bool:
    return str(response.request.path_url).partition("?")[0].endswith("/search/stream")


def keep_rule(client: tweepy.StreamingClient, query: str) -> tuple[str, bool]:
    """The id of our rule that says `query`, and whether it had to be added."""
    for rule in list_rules(client):
        if rule.get("value") == query:
            return str(rule["id"]), False
    answer = client.add_rules(tweepy.StreamRule(query, TAG))
    added = items(answer.get("data"))
    if not added or not added[0].get("id"):
        refuse(answer)
    return str(added[0]["id"]), True


def drop_other_rules(client: tweepy.StreamingClient, kept: str) -> None:
    """Take away what we once listened for."""
    old = [str(rule["id"]) for rule in list_rules(client) if str(rule.get("id")) != kept]
    if old:
        client.delete_rules(old)


def list_rules(client: tweepy.StreamingClient) -> list[Mapping[str, Any]]:
    """Those that we made."""
    return [rule for rule in items(client.get_rules().get("data")) if rule.get("tag") == TAG and rule.get("id")]


def refuse(answer: Mapping[str, Any]) -> NoReturn:
    words = "; ".join(str(each.get("detail") or each.get("title")) for each in items(answer.get("errors")))
    raise Misconfigured(f"X does not take this query for its stream: {words[:400] or 'it does not say why'}")
