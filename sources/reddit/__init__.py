"""Reddit through praw."""

from sources.reddit.source import Reddit

__all__ = ["Reddit"]
