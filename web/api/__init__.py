"""JSON under /api/v1: the same commands and reads as the pages, for programs with a bearer token."""

# Their routes register themselves on the blueprint.
from web.api import (  # noqa: F401
    answering,
    feeds,
    handover,
    hard_ones,
    incidents,
    many,
    mentions,
    personal,
    promises,
    replies,
    team,
)
from web.api.blueprint import blueprint

__all__ = ["blueprint"]
