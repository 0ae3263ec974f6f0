"""RSS and Atom feeds: news alerts, forums, review pages, blogs."""

from sources.rss.source import Rss

__all__ = ["Rss"]
