"""What Reddit's answers mean: its errors as ours, and its request allowance without prawcore's sleeps."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Clock, Edge, end_with, read_clock, read_json, read_wait, wait_until

TOKEN_PATH = "/api/v1/access_token"  # noqa: S105  a path
ALLOWANCE = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")
WAIT = timedelta(minutes=1)  # Reddit counts 100 requests a minute; waited where a 429 does not say how long


class TokenRefused(AuthFailed):
    """Reddit no longer takes the access token; a new one may do."""


class Refused(Misconfigured):
    """Reddit does not show what was asked for: private (403), banned (404) or unknown (302 to its search)."""


class RedditEdge(Edge):
    """Lets JSON with a good status through to prawcore, without the headers that would make it sleep (up to 600 s)."""

    platform = "Reddit"

    def __init__(self, timeout: float, clock: Clock = read_clock) -> None:
        super().__init__(timeout, clock=clock)
        self._free_at: datetime | None = None

    def admit(self) -> None:
        if self._free_at and self.clock() < self._free_at:
            raise RetryAt(f"Reddit's allowance is used up until {self._free_at:%H:%M:%S} UTC.", self._free_at)

    def judge(self, response: requests.Response) -> None:
        status, of_token = response.status_code, urlsplit(response.request.path_url).path.endswith(TOKEN_PATH)
        reset = self._note_allowance(response)
        if status >= 500 or status == 408:
            raise Transient(f"Reddit has trouble of its own (status {status}).")
        if status == 429:
            self._free_at = read_wait(response.headers.get("retry-after"), self.clock()) or reset or self.clock() + WAIT
            self.admit()
        if status >= 300:
            self._refuse(status, of_token, read_words(response))
        body = read_json(response, "Reddit")
        if of_token:
            check_token(body)

    def _note_allowance(self, response: requests.Response) -> datetime | None:
        """Take the allowance off the answer, so that prawcore does not sleep on it. Returns when it is renewed."""
        now = self.clock()
        remaining, _, reset = (_read_number(response.headers.pop(name, None)) for name in ALLOWANCE)
        renewed = wait_until(now.timestamp() + reset, now) if reset is not None else None
        self._free_at = (renewed or now + WAIT) if remaining is not None and remaining < 1 else None
        return renewed

    def _refuse(self, status: int, of_token: bool, words: str) -> NoReturn:
        if of_token:
            raise AuthFailed(f"Reddit refused our credentials (status {status}){words}")
        if status == 401:
            raise TokenRefused(f"Reddit refused our access token{words}")
        if status in (301, 302, 303, 307, 308, 403, 404):
            raise Refused(f"Reddit does not show this to us (status {status}){words}")
        raise Misconfigured(f"Reddit refused the request (status {status}){words}")


def check_token(body: Any) -> None:
    """Raise where an answer under status 200 holds no access token; prawcore would stumble over it."""
    if isinstance(body, Mapping) and body.get("error"):
        raise AuthFailed(f"Reddit refused our credentials: {body.get('error_description') or body['error']}.")
    whole = isinstance(body, Mapping) and body.get("access_token") and isinstance(body.get("expires_in"), int)
    if not whole or not isinstance(body.get("scope"), str):
        raise Transient("Reddit answered without an access token.")


def read_words(response: requests.Response) -> str:
    """Reddit's own words, as the end of a sentence: `: …` or a full stop where it said nothing readable."""
    try:
        return end_with(" ".join(_collect_words(response.json())))
    except requests.JSONDecodeError:
        return end_with("")


def _collect_words(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        yield from (body[name] for name in ("reason", "message", "explanation") if isinstance(body.get(name), str))


def _read_number(header: str | None) -> float | None:
    return float(header) if header and re.fullmatch(r"-?\d{1,9}(\.\d+)?", header) else None
