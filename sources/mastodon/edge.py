"""What a Mastodon server's answers mean: the errors of its API as ours."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, NoReturn

import requests

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Clock, Edge, end_with, read_clock, read_json, read_wait, wait_until
from sources.values import mapping, word

WINDOW = timedelta(minutes=5)  # Mastodon counts requests over 5 minutes; waited where a 429 does not say how long


class NotFound(Misconfigured):
    """The server does not know what was asked for, or does not show it to us."""


class MastodonEdge(Edge):
    """Keeps the JSON of an answer with a good status, and lets Mastodon.py have an empty one.

    It would turn every value of every post into a type of its own: milliseconds a post, and odd values lost.
    """

    platform = "Mastodon"

    def __init__(self, timeout: float, clock: Clock = read_clock) -> None:
        super().__init__(timeout, clock=clock)
        self.requests = 0  # answered so far
        self.body: Any = None  # of the last good answer

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().send(*args, **kwargs)
        empty = requests.Response()
        empty.status_code, empty.request, empty.url = answer.status_code, answer.request, answer.url
        # It counts the statuses that a search has found.
        empty.raw = BytesIO(b'{"statuses": []}' if "/search?" in str(answer.url) else b"[]")
        return empty

    def judge(self, response: requests.Response) -> None:
        self.requests += 1
        status = response.status_code
        if status >= 500 or status == 408:
            raise Transient(f"The Mastodon server has trouble of its own (status {status}).")
        if status == 429:
            raise self._limit(response)
        if status >= 400:
            self._refuse(response)
        if status >= 300:
            where = response.headers.get("location", "nowhere")[:200]
            raise Misconfigured(f"The Mastodon server sends us on to {where}; set base_url to where it is.")
        self.body = read_json(response, "The Mastodon server")

    def _limit(self, response: requests.Response) -> RetryAt:
        now, reset = self.clock(), response.headers.get("x-ratelimit-reset")
        when = _read_reset(reset, now) or read_wait(response.headers.get("retry-after"), now) or now + WINDOW
        return RetryAt(f"The Mastodon server asks us to wait until {when:%H:%M:%S} UTC.", when)

    def _refuse(self, response: requests.Response) -> NoReturn:
        status, words = response.status_code, read_words(response)
        if status in (404, 410) and words != ".":
            raise NotFound(f"The Mastodon server does not know this{words}")
        if status == 401 or (status == 403 and response.request.method == "GET"):
            raise AuthFailed(f"The Mastodon server refused our credentials (status {status}){words}")
        raise Misconfigured(f"The Mastodon server refused the request (status {status}){words}")


def read_words(response: requests.Response) -> str:
    """The server's own words, as the end of a sentence: `: …`, or a full stop where it said nothing readable."""
    try:
        body = mapping(response.json())
    except requests.JSONDecodeError:
        return end_with("")
    return end_with(word(body.get("error_description")) or word(body.get("error")) or "")


def _read_reset(header: str | None, now: datetime) -> datetime | None:
    """`X-RateLimit-Reset`, ISO 8601 at Mastodon and seconds since 1970 elsewhere; None where it is neither."""
    if not header:
        return None
    try:
        at = int(header) if header.isascii() and header.isdigit() else _parse(header).timestamp()
        return wait_until(at, now)
    except (ValueError, OverflowError):
        return None


def _parse(header: str) -> datetime:
    found = datetime.fromisoformat(header)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
