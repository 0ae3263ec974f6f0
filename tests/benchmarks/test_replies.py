"""Keeps the measurement of replies from rotting: a few real kills, and its verdict."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.replies import Trial, open_nursery
from tests.platforms import Platforms


@pytest.fixture
def running() -> Iterator[Platforms]:
    """Fakes of its own: a kill is done by their server, from within a request."""
    with Platforms() as platforms:
        yield platforms


@pytest.mark.timeout(600)  # the process that others are forked from imports every client first
@pytest.mark.parametrize("name", ["x", "bluesky"])
def test_killed_senders_leave_each_reply_in_public_once(name: str, running: Platforms, tmp_path: Path) -> None:
    trial = Trial(name, f"sqlite:///{tmp_path / name}.db", running, open_nursery(), "smoke")
    score = trial.run(2, lambda: None)
    trial.desk.store.close()
    assert score.kills >= 2
    assert score.sent >= 1
    assert (score.doubled, score.lost, score.in_doubt) == (0, 0, 0)
