"""Where a client library meets the network: our timeout, host and errors, before the library sleeps or retries."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from sources.base import Misconfigured, Transient

Clock = Callable[[], datetime]
VISIBLE = re.compile(r"[!-~]+")  # what an HTTP header can hold
LONGEST_WAIT = timedelta(days=1)  # a platform that asks for more is asked again then


def read_clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


class Edge(HTTPAdapter):
    """Mounted on a library's `requests` session: good answers pass, everything else is raised as a `SourceError`.

    Libraries pass no timeout (tweepy), sleep and retry (prawcore) or stumble over odd error bodies (both). An error
    raised here reaches our code before they act on it.
    """

    platform: ClassVar[str]

    def __init__(self, timeout: float, base_url: str | None = None, clock: Clock = read_clock) -> None:
        super().__init__()
        self.timeout = timeout
        self.base_url = check_base_url(base_url)
        self.clock = clock

    def admit(self) -> None:
        """Raise `RetryAt` where the platform has asked us to wait; called before every request."""

    def judge(self, response: requests.Response) -> None:
        """Raise the error that an answer stands for; return where the library may have it."""
        raise NotImplementedError

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        if self.base_url:
            request.url = self.base_url + request.path_url
            proxies = get_environ_proxies(request.url)
        self.admit()
        try:
            response = super().send(request, stream, self.timeout, verify, cert, proxies)
            if not stream:
                response.content  # noqa: B018  read here, so that an answer cut short is judged here
        except requests.RequestException as error:
            raise Transient(self._describe(error)) from error
        self.judge(response)
        return response

    def _describe(self, error: requests.RequestException) -> str:
        if isinstance(error, requests.Timeout):
            return f"{self.platform} did not answer within {self.timeout:g} seconds."
        if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return f"The answer of {self.platform} was cut short."
        return f"{self.platform} cannot be reached ({type(error).__name__})."


def check_base_url(url: str | None) -> str | None:
    """The address without a trailing slash. Raises `Misconfigured` where it is not one of http or https."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(f"base_url must begin with http:// or https:// and name a host; it is '{url}'.")
    return url.rstrip("/")


def read_json(response: requests.Response, platform: str) -> Any:
    """The parsed body. Raises `Transient` for HTML and other accidents under a good status."""
    try:
        return response.json()
    except requests.JSONDecodeError as error:
        raise Transient(f"{platform} answered {response.status_code} with something that is not JSON.") from error


def end_with(words: str) -> str:
    """A platform's own words as the end of a sentence: `: …`, or a full stop where there are none."""
    said = " ".join(words.split())
    return f": {said[:400]}" if said else "."


def read_wait(header: str | None, now: datetime) -> datetime | None:
    """When a `Retry-After` ends, from seconds or from an HTTP date (RFC 9110, 10.2.3); None where it says nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return _read_http_date(header, now)
    return wait_until(now.timestamp() + seconds, now) if math.isfinite(seconds) else None


def wait_until(timestamp: float, now: datetime) -> datetime:
    """A moment that a platform named, kept between one second and `LONGEST_WAIT` from now."""
    earliest, latest = (now + timedelta(seconds=1)).timestamp(), (now + LONGEST_WAIT).timestamp()
    return datetime.fromtimestamp(min(max(timestamp, earliest), latest), UTC)


def _read_http_date(header: str, now: datetime) -> datetime | None:
    try:
        return wait_until(parsedate_to_datetime(header).timestamp(), now)
    except (ValueError, OverflowError):
        return None


def need(credentials: Mapping[str, str], names: tuple[str, ...], platform: str) -> None:
    """Raise `Misconfigured` that names the environment variables of settings that are missing or cannot be sent."""
    variables = {name: f"MENTIONDESK_{platform.upper()}_{name.upper()}" for name in names}
    missing = [variables[name] for name in names if not credentials.get(name)]
    if missing:
        raise Misconfigured(f"{platform} needs {' and '.join(missing)}.")
    broken = [variables[name] for name in names if not VISIBLE.fullmatch(credentials[name])]
    if broken:
        raise Misconfigured(f"{' and '.join(broken)} holds spaces or letters that no key has; copy it again.")
