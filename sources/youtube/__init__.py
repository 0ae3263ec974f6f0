"""YouTube through python-youtube."""

from sources.youtube.source import YouTube

__all__ = ["YouTube"]
