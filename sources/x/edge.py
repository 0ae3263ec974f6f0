"""What X's answers mean: the errors of its API as ours."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

import requests

from sources.base import AuthFailed, Misconfigured, OutOfCredits, RetryAt, SourceError, Transient
from sources.http import Edge, end_with, read_json, read_wait, wait_until

WINDOW = timedelta(minutes=15)  # X counts requests over 15 minutes; waited out where a 429 does not say how long
TOO_OLD = re.compile(r"(since|until)_id.*(created after|larger than)", re.DOTALL)


class TooOld(Misconfigured):
    """X refused an id as older than it searches."""


class XEdge(Edge):
    """Lets JSON objects with a good status through to tweepy."""

    platform = "X"

    def judge(self, response: requests.Response) -> None:
        status = response.status_code
        if status >= 500 or status == 408:
            raise Transient(f"X has trouble of its own (status {status}).")
        if status >= 400:
            self._refuse(response)
        if status >= 300:
            raise Transient(f"X sent us to another address (status {status}), which we do not follow.")
        if not isinstance(read_json(response, "X"), dict):
            raise Transient("X answered with JSON of an unknown form.")

    def _refuse(self, response: requests.Response) -> NoReturn:
        status, words = response.status_code, read_words(response)
        if status == 429:
            raise self._limit(response, words)
        if status == 402:
            raise OutOfCredits(f"The X account has no credits left{words}")
        # A refused reply is a matter of what may be answered, not of the credentials that also read.
        if status == 401 or (status == 403 and response.request.method == "GET"):
            raise AuthFailed(f"X refused our credentials (status {status}){words}")
        kind = TooOld if TOO_OLD.search(words) else Misconfigured
        raise kind(f"X refused the request (status {status}){words}")

    def _limit(self, response: requests.Response, words: str) -> SourceError:
        if "UsageCapExceeded" in response.text:
            return OutOfCredits(f"The X account has used up its posts{words}")
        now = self.clock()
        when = read_reset(response.headers.get("x-rate-limit-reset"), now)
        when = when or read_wait(response.headers.get("retry-after"), now) or now + WINDOW
        return RetryAt(f"X asks us to wait until {when:%H:%M:%S} UTC.", when)


def read_reset(header: str | None, now: datetime) -> datetime | None:
    """`x-rate-limit-reset`, seconds since 1970; None where it is absent or no number."""
    return wait_until(int(header), now) if header and re.fullmatch(r"\d{1,12}", header) else None


def read_words(response: requests.Response) -> str:
    """X's own words, as the end of a sentence: `: …` or a full stop where it said nothing readable."""
    try:
        return end_with(" ".join(_collect_words(response.json())))
    except requests.JSONDecodeError:
        return end_with("")


def _collect_words(body: Any) -> Iterator[str]:
    if not isinstance(body, Mapping):
        return
    errors = body.get("errors")
    messages = [each.get("message") for each in errors if isinstance(each, Mapping)] if isinstance(errors, list) else []
    said = [message for message in messages if message] or [body.get("detail") or body.get("title")]
    yield from (each for each in said if isinstance(each, str))
