"""Reviews in Google Play through app-reviews and the official Play Developer API."""

from sources.googleplay.source import GooglePlay

__all__ = ["GooglePlay"]
