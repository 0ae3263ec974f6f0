"""What the answers of Hacker News' search mean: its errors as ours."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

import requests

from sources.base import Misconfigured, RetryAt, Transient
from sources.http import Edge, read_json, read_wait

# The search takes 10,000 requests an hour from one address and turns away one that asks for more, with 429 or 403.
WAIT = timedelta(minutes=1)
TURNED_AWAY = timedelta(hours=1)


class Missing(Misconfigured):
    """There is no such item: deleted, or never there."""


class HackerNewsEdge(Edge):
    """Lets JSON objects with a good status through."""

    platform = "Hacker News"

    def judge(self, response: requests.Response) -> None:
        status = response.status_code
        if status >= 500 or status == 408:
            raise Transient(f"Hacker News has trouble of its own (status {status}).")
        if status >= 400:
            self._refuse(response)
        if status >= 300:
            raise Transient(f"Hacker News sent us to another address (status {status}), which we do not follow.")
        read_object(response)

    def _refuse(self, response: requests.Response) -> NoReturn:
        status, now = response.status_code, self.clock()
        if status in (403, 429):
            wait = WAIT if status == 429 else TURNED_AWAY
            when = read_wait(response.headers.get("retry-after"), now) or now + wait
            raise RetryAt(f"Hacker News asks us to wait until {when:%H:%M:%S} UTC (status {status}).", when)
        body = read_object(response)
        if status == 404:
            raise Missing("Hacker News has no such item.")
        words = " ".join(str(body.get("message") or body.get("error") or "").split())[:400]
        raise Misconfigured(f"Hacker News refused the request (status {status}){f': {words}' if words else '.'}")


def read_object(response: requests.Response) -> Mapping[str, Any]:
    """The JSON object of an answer. Raises `Transient` for anything else."""
    try:
        body = read_json(response, "Hacker News")
    except RecursionError as error:
        raise Transient("Hacker News answered with JSON that is nested too deeply.") from error
    if not isinstance(body, Mapping):
        raise Transient("Hacker News answered with JSON of an unknown form.")
    return body
