"""X (formerly Twitter) through tweepy."""

from sources.x.source import X

__all__ = ["X"]
