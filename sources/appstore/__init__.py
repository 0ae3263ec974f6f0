"""Reviews in Apple's App Store through app-reviews."""

from sources.appstore.source import AppStore

__all__ = ["AppStore"]
