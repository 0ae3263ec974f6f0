"""Fixtures for whoever needs the fake platforms: one server a session, as new for every test."""

from collections.abc import Iterator

import pytest

from tests.platforms.server import Platforms


@pytest.fixture(scope="session")
def platform_server() -> Iterator[Platforms]:
    with Platforms() as running:
        yield running


@pytest.fixture
def platforms(platform_server: Platforms) -> Platforms:
    """The fake platforms, empty: `platforms.x`, `.reddit`, `.slack`, `.clock`, `.url`."""
    platform_server.reset()
    return platform_server
