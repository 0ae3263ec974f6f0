"""Hacker News through its public search at Algolia."""

from sources.hackernews.source import HackerNews

__all__ = ["HackerNews"]
