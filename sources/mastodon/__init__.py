"""Mastodon, and servers that speak its API, through Mastodon.py."""

from sources.mastodon.source import Mastodon

__all__ = ["Mastodon"]
