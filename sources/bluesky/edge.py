"""What Bluesky's answers mean: the errors of its XRPC API as ours."""

import re
from datetime import timedelta
from typing import NoReturn

import httpx

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Clock, end_with, read_wait, wait_until
from sources.values import mapping, word

WINDOW = timedelta(minutes=5)  # Bluesky counts requests over 5 minutes; waited out where a 429 does not say how long
STALE = frozenset({"ExpiredToken", "InvalidToken"})


class TokenRefused(AuthFailed):
    """Bluesky no longer takes the session; signing in anew may help."""


class NotFound(Misconfigured):
    """Bluesky does not know what was asked for."""


class BlueskyEdge:
    """A response hook of httpx: JSON objects with a good status pass, everything else is raised as a `SourceError`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.requests = 0  # answered so far

    def judge(self, response: httpx.Response) -> None:
        self.requests += 1
        response.read()
        status = response.status_code
        if status >= 500 or status == 408:
            raise Transient(f"Bluesky has trouble of its own (status {status}).")
        if status >= 400:
            self._refuse(response)
        if status >= 300:
            raise Transient(f"Bluesky sent us to another address (status {status}), which we do not follow.")
        if not isinstance(_read_json(response), dict):
            raise Transient(f"Bluesky answered {status} with something that is not a JSON object.")

    def _refuse(self, response: httpx.Response) -> NoReturn:
        status, (name, words) = response.status_code, read_words(response)
        if status == 429:
            raise self._limit(response)
        if name in STALE:
            raise TokenRefused(f"Bluesky refused our session{words}")
        if name in ("NotFound", "RecordNotFound"):
            raise NotFound(f"Bluesky does not know this post{words}")
        if status in (401, 403) or name in ("AccountTakedown", "AccountDeactivated"):
            raise AuthFailed(f"Bluesky refused our credentials (status {status}){words}")
        raise Misconfigured(f"Bluesky refused the request (status {status}){words}")

    def _limit(self, response: httpx.Response) -> RetryAt:
        now, reset = self.clock(), response.headers.get("ratelimit-reset", "")
        when = wait_until(int(reset), now) if re.fullmatch(r"\d{1,12}", reset) else None
        when = when or read_wait(response.headers.get("retry-after"), now) or now + WINDOW
        return RetryAt(f"Bluesky asks us to wait until {when:%H:%M:%S} UTC.", when)


def read_words(response: httpx.Response) -> tuple[str, str]:
    """The error's name, and Bluesky's own words as the end of a sentence: `: …`, or a full stop without any."""
    body = mapping(_read_json(response))
    name, message = word(body.get("error")) or "", word(body.get("message")) or ""
    return name, end_with(message or name)


def _read_json(response: httpx.Response) -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
