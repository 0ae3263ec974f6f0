"""Keeps the measurement of writes from rotting: a few real kills on each database, and its verdict."""

from random import Random

import pytest

from tests.benchmarks.stores import throwaway
from tests.benchmarks.writes import Trial, make_settings, open_nursery
from tests.databases import find_binaries


@pytest.mark.timeout(600)  # the process that others are forked from imports the whole desk first
@pytest.mark.parametrize("postgresql", [False, pytest.param(True, marks=pytest.mark.postgresql)])
def test_killed_servers_leave_each_write_there_once(postgresql: bool) -> None:
    if postgresql and find_binaries() is None:
        pytest.skip("no PostgreSQL here")
    with throwaway(postgresql) as address:
        trial = Trial(make_settings(address("desk")), open_nursery(), Random("smoke"))
        score = trial.run(3)
        trial.store.close()
    assert score.kills >= 3
    assert (score.lost, score.doubled, score.deeds_lost, score.deeds_doubled) == (0, 0, 0, 0)
