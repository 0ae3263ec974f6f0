"""How many requests this process answered, and how long each page took."""

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from prometheus_client.registry import CollectorRegistry

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNKNOWN = "none"  # an address that is no page's


def init_requests(app: Flask, registry: CollectorRegistry) -> None:
    """Counted by the page's name, never by its address, which holds ids and secrets."""
    answered = Counter("mentiondesk_requests", "Requests answered.", ("page", "method", "status"), registry=registry)
    took = Histogram(
        "mentiondesk_request_seconds",
        "From the request to the first byte of its answer.",
        ("page",),
        buckets=BUCKETS,
        registry=registry,
    )

    def begin() -> None:
        g.begun = time.perf_counter()

    def end(response: Response) -> Response:
        page = request.endpoint or UNKNOWN
        answered.labels(page, known_method(request.method), response.status_code).inc()
        took.labels(page).observe(time.perf_counter() - g.begun)
        return response

    app.before_request(begin)
    app.after_request(end)


def known_method(method: str) -> str:
    """A stranger may make up as many methods as they like; each would be a series."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
