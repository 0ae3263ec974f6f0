"""Bluesky through atproto."""

from sources.bluesky.source import Bluesky

__all__ = ["Bluesky"]
