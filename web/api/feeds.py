"""The calls about feeds: whether the desk is blind, and what it knows it missed."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from spectree import Response as Described

from monitor import queries
from monitor.models import Feed, Gap
from web.api.blueprint import blueprint, spec
from web.api.shapes import when
from web.context import here


@blueprint.get("/feeds")
@spec.validate(resp=Described("HTTP_200", "HTTP_401"))
def list_feeds() -> Response:
    """Every feed in use: whether it can read, since when, and its open gaps."""
    with here().store.read() as session:
        gaps = queries.open_gaps(session)
        return jsonify({"feeds": [show_feed(feed, gaps) for feed in queries.feeds(session)]})


def show_feed(feed: Feed, gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        "id": feed.id,
        "brand": feed.brand.name,
        "name": feed.name,
        "source": feed.source,
        "state": feed.state,
        "state_since": when(feed.state_since),
        "reason": feed.state_reason,
        "read_at": when(feed.read_at),
        "next_poll_at": when(feed.next_poll_at),
        "gaps": [show_gap(gap) for gap in gaps if gap.feed_id == feed.id],
    }


def show_gap(gap: Gap) -> dict[str, Any]:
    return {
        "id": gap.id,
        "reason": gap.reason,
        "since": when(gap.since),
        "until": when(gap.until),
        "found_at": when(gap.found_at),
        "retry_at": when(gap.retry_at),  # when it is next tried; null where nothing more can be done
        "tries": gap.tries,
    }
