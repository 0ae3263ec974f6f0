"""Fixtures of this folder's own tests."""

from tests.platforms.fixtures import platform_server, platforms

__all__ = ["platform_server", "platforms"]
