"""What every test may ask for: an empty store on each database, settings of an invented brand, a fixed now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.brands import sync_settings
from monitor.settings import Settings
from monitor.store import Store

pytest_plugins = ["tests.platforms.fixtures", "tests.databases"]


@pytest.fixture
def now() -> datetime:
    """A Wednesday noon in London's winter."""
    return datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One invented brand, with working hours and no feeds."""
    brand = {
        "name": "Aurora Air",
        "terms": ["aurora air", "@auroraair"],
        "handles": {"x": "auroraair", "reddit": "u/AuroraAir"},
        "timezone": "Europe/London",
        "hours": {"mon-fri": ["08:00-20:00"], "sat": ["09:00-13:00"]},
    }
    return Settings(brand=[brand], home=tmp_path)


@pytest.fixture
def store(tmp_path: Path, settings: Settings, now: datetime) -> Iterator[Store]:
    """A new SQLite store that knows the settings' brand."""
    opened = Store(f"sqlite:///{tmp_path}/var/desk.db")
    opened.ensure()
    with opened.write() as session:
        sync_settings(session, settings, now)
    yield opened
    opened.close()
