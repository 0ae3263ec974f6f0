"""JSON under /api/v1: the same commands and reads as the pages, for programs with a bearer token."""

# Their routes register themselves on the blueprint.
from web.api import answering, feeds, handover, hard_ones, incidents, many, mentions, promises, replies, team  # noqa: F401
from web.api.blueprint import blueprint

__all__ = ["blueprint"]
