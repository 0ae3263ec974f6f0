"""What the answers of Meta's Graph API mean: its errors as ours, by the numbers of its error reference."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

import requests

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Edge, read_json, wait_until
from sources.threads import Refused, TokenExpired
from sources.values import mapping, whole

WAIT = timedelta(minutes=15)  # Meta counts over a rolling hour and does not always say how long
TOO_MUCH = frozenset({4, 17, 32, 341, 368, 613, *range(80_000, 80_015)})
PASSING = frozenset({1, 2})
NO_TOKEN = frozenset({102, 104, 190, 458, 459, 460, 463, 467})
NO_OBJECT = 803
NO_PERMISSION = frozenset({3, 10, *range(200, 300)})
INVALID, GONE = 100, 33  # the number of a bad parameter, and under it the one of an object that is not there
USAGE = "x-business-use-case-usage"
COUNTS = ("x-app-usage", USAGE, "x-ad-account-usage")


class MetaEdge(Edge):
    """Lets JSON objects with a good status through to python-facebook-api, which has errors of its own for all else."""

    def judge(self, response: requests.Response) -> None:
        error = read_error(response)
        if error:
            self._refuse(response, error)
        if response.status_code >= 500 or response.status_code == 408:
            raise Transient(f"{self.platform} has trouble of its own (status {response.status_code}).")
        if response.status_code == 429:
            raise self._limit(response)
        if response.status_code >= 400:
            raise Misconfigured(f"{self.platform} refused the request (status {response.status_code}).")
        if response.status_code >= 300:
            raise Transient(f"{self.platform} sent us to another address, which we do not follow.")
        body = read_json(response, self.platform)
        if not isinstance(body, dict) or "error" in body:
            raise Transient(f"{self.platform} answered with JSON of an unknown form.")
        if "json" not in response.headers.get("content-type", ""):
            raise Transient(f"{self.platform} answered with something that it does not call JSON.")
        for name in COUNTS:  # the library stumbles over a count that it does not know, and we need none
            response.headers.pop(name, None)

    def _refuse(self, response: requests.Response, error: Mapping[str, Any]) -> NoReturn:
        code, words = whole(error.get("code")), read_words(error)
        if code in TOO_MUCH:
            raise self._limit(response)
        if code in NO_TOKEN:
            raise AuthFailed(f"{self.platform} refused our token: {words}")
        if code in NO_PERMISSION or (code == INVALID and error.get("error_subcode") is None and "permission" in words):
            raise AuthFailed(f"{self.platform} does not allow this to our app: {words}")
        if code == NO_OBJECT or (code == INVALID and error.get("error_subcode") == GONE):
            raise Refused(f"{self.platform} does not show this to us: {words}")
        if code == INVALID and "cursor" in words.casefold():
            raise TokenExpired(f"{self.platform} no longer takes the token of the page: {words}")
        if code in PASSING or error.get("is_transient") is True or response.status_code >= 500:
            raise Transient(f"{self.platform} has trouble of its own: {words}")
        raise Misconfigured(f"{self.platform} refused the request: {words}")

    def _limit(self, response: requests.Response) -> RetryAt:
        now = self.clock()
        when = read_regain(response.headers.get(USAGE), now) or now + WAIT
        return RetryAt(f"{self.platform} asks us to wait until {when:%H:%M:%S} UTC.", when)


class FacebookEdge(MetaEdge):
    platform = "Facebook"


class InstagramEdge(MetaEdge):
    platform = "Instagram"


def read_error(response: requests.Response) -> Mapping[str, Any]:
    """The error that a body tells of; empty where it tells of none."""
    try:
        return mapping(mapping(response.json()).get("error"))
    except requests.JSONDecodeError:
        return {}


def read_words(error: Mapping[str, Any]) -> str:
    """Meta's own words, as the end of a sentence."""
    words = " ".join(str(error.get("message") or "it gave no reason").split())
    return f"{words[:400].rstrip('.')}."


def read_regain(header: str | None, now: datetime) -> datetime | None:
    """When Meta lets us in again, from the minutes in its usage header; None where it says nothing."""
    if not header or not re.match(r"\s*\{", header):
        return None
    try:
        minutes = max(_find_minutes(json.loads(header)), default=0)
    except ValueError:
        return None
    return wait_until(now.timestamp() + 60 * minutes, now) if minutes else None


def _find_minutes(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        yield max(whole(value.get("estimated_time_to_regain_access")) or 0, 0)
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []:
        yield from _find_minutes(each)
