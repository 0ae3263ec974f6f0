"""app-reviews behind our timeout and host: it sleeps and asks again only where it is told to, and here it is not."""

import ssl
from functools import cache

import httpx
from app_reviews.core.http import HttpClient

from sources.http import check_base_url

MOST_BYTES = 8 << 20


@cache
def load_certificates() -> ssl.SSLContext:
    """Whom to trust, read once: it takes longer than a request."""
    return httpx.create_ssl_context()


class Redirected(httpx.BaseTransport):
    """Sends every request to another host where one is given, and counts them."""

    def __init__(self, base_url: str | None) -> None:
        checked = check_base_url(base_url)
        self._base = httpx.URL(checked) if checked else None
        self._inner = httpx.HTTPTransport(verify=load_certificates())
        self.sent = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        if self._base:
            path = self._base.raw_path.rstrip(b"/") + request.url.raw_path
            request.url = self._base.copy_with(raw_path=path)
            request.headers["host"] = self._base.netloc.decode()
        return self._inner.handle_request(request)


def open_web(timeout: float, transport: Redirected) -> HttpClient:
    """The library's client: each request once, over in `timeout` seconds, at most `MOST_BYTES` long."""
    return HttpClient(timeout=timeout, max_duration=timeout, max_bytes=MOST_BYTES, transport=transport)
