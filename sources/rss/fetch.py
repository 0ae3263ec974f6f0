"""Fetching a feed's document: what it may take in time, size and redirects, and what its server's answers mean."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from sources.base import AuthFailed, Misconfigured, RetryAt, Transient
from sources.http import Clock, read_wait
from sources.rss.guard import Guard, GuardedAdapter

LARGEST = 4 * 1024 * 1024  # bytes, as sent and unpacked
CHUNK = 64 * 1024
MOST_REDIRECTS = 5
WAIT = timedelta(minutes=10)  # where a server asks us to wait and does not say how long
HEADERS = {
    "User-Agent": "mentiondesk (feed reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml, text/xml, */*;q=0.1",
    "Accept-Encoding": "gzip",  # and nothing else: this is unpacked here, piece by piece
    "Connection": "close",
}


@dataclass(frozen=True)
class Document:
    """What a server sent. `body` is None where it says that nothing changed."""

    url: str  # after redirects
    body: bytes | None
    content_type: str = ""
    etag: str = ""
    modified: str = ""


class Fetcher:
    """Gets one document after another, each within `timeout` seconds from the first look-up to the last byte."""

    def __init__(self, timeout: float, allowed: Callable[[str], bool], clock: Clock) -> None:
        self._timeout = timeout
        self._clock = clock
        self._guard = Guard(allowed)
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, GuardedAdapter(self._guard))

    def get(self, url: str, etag: str = "", modified: str = "") -> Document:
        """The document, if it is another than the one that `etag` and `modified` came with. Raises `SourceError`s."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = HEADERS | {name: value for name, value in conditions.items() if value}
        with self._guard.limit(self._timeout):
            try:
                return self._follow(url, headers)
            except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
                raise Transient(self._describe(url, error)) from error

    def _follow(self, url: str, headers: Mapping[str, str]) -> Document:
        for _ in range(MOST_REDIRECTS + 1):
            with self._ask(url, headers) as response:
                if not response.is_redirect:
                    return self._read(url, response)
                url = check_url(join(url, response.headers["Location"]))
        raise Misconfigured(f"{name_host(url)} sent us from address to address; give the feed's last one.")

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        return self._session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=self._timeout)

    def _read(self, url: str, response: requests.Response) -> Document:
        if response.status_code == 304:
            return Document(url, None)
        if response.status_code != 200:
            self._refuse(name_host(url), response)
        packed = self._read_body(url, response)
        body = unpack(packed, response.headers.get("Content-Encoding", ""), name_host(url))
        kept = (response.headers.get(name, "")[:500] for name in ("Content-Type", "ETag", "Last-Modified"))
        return Document(url, body, *kept)

    def _read_body(self, url: str, response: requests.Response) -> bytes:
        body = bytearray()
        for chunk in response.raw.stream(CHUNK, decode_content=False):
            body += chunk
            if len(body) > LARGEST:
                raise too_large(name_host(url))
        if self._guard.expired:
            raise TimeoutError  # a body without a stated length just ends when it is cut
        return bytes(body)

    def _refuse(self, host: str, response: requests.Response) -> NoReturn:
        status, now = response.status_code, self._clock()
        when = read_wait(response.headers.get("Retry-After"), now)
        if status == 429 or (status == 503 and when):
            when = when or now + WAIT
            raise RetryAt(f"{host} asks us to wait until {when:%H:%M:%S} UTC.", when)
        if status >= 500 or status == 408 or status < 400:
            raise Transient(f"{host} has trouble of its own (status {status}).")
        if status in (401, 403, 407):
            raise AuthFailed(f"{host} does not show us the feed (status {status}).")
        raise Misconfigured(f"{host} has no feed at this address (status {status}).")

    def _describe(self, url: str, error: Exception) -> str:
        host = name_host(url)
        if self._guard.expired or isinstance(error, requests.Timeout):
            return f"{host} did not send the feed within {self._timeout:g} seconds."
        if isinstance(error, requests.exceptions.ChunkedEncodingError | HTTPError):
            return f"The answer of {host} was cut short."
        return f"{host} cannot be reached ({type(error).__name__})."


def join(url: str, location: str) -> str:
    """Where a redirect leads; the location as it stands where it cannot be read."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def check_url(url: str) -> str:
    """The address. Raises `Misconfigured` where it is not one of http or https."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise Misconfigured(f"A feed's url must begin with http:// or https:// and name a host; it is '{url[:200]}'.")
    return url


def name_host(url: str) -> str:
    """The host alone: addresses of private feeds hold keys, which belong in no log."""
    return urlsplit(url).hostname or "The server"


def unpack(body: bytes, encoding: str, host: str) -> bytes:
    """The body without its compression, which may not blow it up beyond what is taken."""
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise Transient(f"{host} packed the feed in a way that it was not asked for ({encoding[:40]}).")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        found = unpacking.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise Transient(f"The answer of {host} cannot be unpacked.") from error
    if len(found) > LARGEST:
        raise too_large(host)
    if not unpacking.eof:
        raise Transient(f"The answer of {host} was cut short.")
    return found


def too_large(host: str) -> Misconfigured:
    return Misconfigured(f"The feed at {host} is larger than {LARGEST // 1024 // 1024} MB, which is too much.")
