"""JSON under /api/v1: the same commands and reads as the pages, for programs with a bearer token."""

from web.api import feeds, mentions, promises, replies, team  # noqa: F401 - their routes register themselves on the blueprint
from web.api.blueprint import blueprint

__all__ = ["blueprint"]
