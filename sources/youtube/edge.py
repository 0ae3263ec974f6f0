"""What the answers of the YouTube Data API mean: its errors as ours."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import requests

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Edge, end_with, read_json, read_wait
from sources.threads import Refused, TokenExpired
from sources.values import items, mapping

PACIFIC = ZoneInfo("America/Los_Angeles")  # where the day of a quota ends
WAIT = timedelta(minutes=1)  # where YouTube says "too fast" and not for how long
USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})
TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
CLOSED = frozenset({"commentsDisabled", "videoNotFound", "channelNotFound", "commentNotFound", "forbidden"})
BAD_KEY = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED", "accessNotConfigured"})
BAD_TOKEN = "invalidPageToken"  # noqa: S105  a reason of YouTube's


class YouTubeEdge(Edge):
    """Lets JSON objects with a good status through to python-youtube."""

    platform = "YouTube"

    def judge(self, response: requests.Response) -> None:
        status = response.status_code
        if status >= 500 or status == 408:
            raise Transient(f"YouTube has trouble of its own (status {status}).")
        if status >= 400:
            self._refuse(response)
        if status >= 300:
            raise Transient(f"YouTube sent us to another address (status {status}), which we do not follow.")
        body = read_json(response, "YouTube")
        if not isinstance(body, dict) or "error" in body:
            raise Transient("YouTube answered with JSON of an unknown form.")

    def _refuse(self, response: requests.Response) -> NoReturn:
        status, (reasons, words) = response.status_code, read_error(response)
        if reasons & USED_UP:
            when = next_midnight(self.clock())
            raise RetryAt(f"The day's quota of YouTube is used up; it is renewed at {when:%H:%M} UTC.", when)
        if status == 429 or reasons & TOO_FAST:
            when = read_wait(response.headers.get("retry-after"), self.clock()) or self.clock() + WAIT
            raise RetryAt(f"YouTube asks us to wait until {when:%H:%M:%S} UTC.", when)
        if "processingFailure" in reasons:
            raise Transient(f"YouTube could not process the request{words}")
        if BAD_TOKEN in reasons:
            raise TokenExpired(f"YouTube no longer takes the token of the page{words}")
        if status == 404 or reasons & CLOSED:
            raise Refused(f"YouTube does not show this to us (status {status}){words}")
        if status in (401, 403) or reasons & BAD_KEY:
            raise AuthFailed(f"YouTube refused our key (status {status}){words}")
        raise Misconfigured(f"YouTube refused the request (status {status}){words}")


def next_midnight(now: datetime) -> datetime:
    """The next midnight of Pacific time, when quotas are renewed. UTC; right through changes of the clocks."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PACIFIC).astimezone(now.tzinfo)


def read_error(response: requests.Response) -> tuple[set[str], str]:
    """The reasons by which YouTube tells its errors apart, and its words as the end of a sentence."""
    try:
        error = mapping(response.json()).get("error")
    except requests.JSONDecodeError:
        return set(), end_with("")
    words = str(mapping(error).get("message") or (error if isinstance(error, str) else ""))
    return set(_find_reasons(mapping(error))), end_with(words)


def _find_reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for each in items(error.get("errors")) + items(error.get("details")):
        if isinstance(each.get("reason"), str):
            yield each["reason"]
