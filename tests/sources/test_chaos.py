"""Nothing is lost or doubled when requests fail, posts arrive while we page or appear late, and the desk is killed."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from sources.base import Budget, RetryAt, Source, SourceError
from tests.platforms import Platforms
from tests.sources.keeper import Keeper

Faults = dict[str, dict[str, Any]]
SEEDS = range(10)
STEPS = 25
FAILING = 0.35  # of all requests


class Storm:
    """A platform on which everything happens at once, by the dice of one seed."""

    def __init__(self, platform: Any, faults: Faults, seed: int, bursts: Sequence[int] = (0, 3, 20, 130)) -> None:
        self.platform = platform
        self.faults = faults
        self.bursts = bursts
        self.dice = random.Random(seed)
        self.expected: set[str] = set()
        self.posted = 0

    def post_some(self) -> None:
        for _ in range(self.dice.choice(self.bursts)):
            self.posted += 1
            late = self.dice.uniform(0, 240) if self.dice.random() < 0.1 else 0
            self.expected.add(self.platform.post(f"aurora air {self.posted}", late=late))

    def change_one(self) -> None:
        chosen = self.dice.choice(sorted(self.expected))
        if self.dice.random() < 0.5:
            self.platform.edit(chosen, f"aurora air edited {chosen}")
        else:
            self.platform.delete(chosen)
            self.expected.discard(chosen)

    def break_some_requests(self) -> None:
        self.platform.faults.clear()
        while self.dice.random() < FAILING:
            kind = self.dice.choice(sorted(self.faults))
            self.platform.fail(kind, **self.faults[kind])

    def poll(self, source: Source, keeper: Keeper) -> None:
        """One poll with a random budget that may be killed after any page; a later poll waits as it is asked to."""
        budget = Budget(requests=self.dice.randint(1, 6))
        try:
            keeper.poll(source, budget, pages=self.dice.choice((None, None, 1, 2)))
        except RetryAt as error:
            wait = (error.when - self.platform.clock.now()).total_seconds()
            self.platform.clock.advance(max(wait, 0) + 1)
        except SourceError:
            self.platform.clock.advance(5)

    def rage(self, make: Callable[[], Source], keeper: Keeper) -> None:
        """Every poll by a source built anew: nothing may hang on what a process remembers."""
        for _ in range(STEPS):
            self.post_some()
            if self.expected and self.dice.random() < 0.6:
                self.change_one()
            self.break_some_requests()
            self.poll(make(), keeper)
            self.platform.clock.advance(self.dice.uniform(1, 60))

    def calm(self, make: Callable[[], Source], keeper: Keeper) -> None:
        self.platform.faults.clear()
        self.platform.clock.advance(300)
        keeper.poll(make(), Budget(requests=500, posts=100_000))


@pytest.mark.parametrize("seed", SEEDS)
def test_x(seed: int, platforms: Platforms, make_x: Callable[..., Source]) -> None:
    faults: Faults = {
        "429": {"reset": 40},
        "500": {},
        "503": {},
        "html": {},
        "drop": {},
        "empty": {},
    }
    storm, keeper = Storm(platforms.x, faults, seed), Keeper()
    storm.rage(make_x, keeper)
    storm.calm(make_x, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []


@pytest.mark.parametrize("seed", SEEDS)
def test_reddit(seed: int, platforms: Platforms, make_reddit: Callable[..., Source]) -> None:
    faults: Faults = {"429": {"retry_after": 20}, "500": {}, "503": {}, "html": {}, "drop": {}}
    # Fewer posts than a listing holds: what lies beyond its end is a gap, and another test's matter.
    storm, keeper = Storm(platforms.reddit, faults, seed, bursts=(0, 2, 10, 60)), Keeper()

    def make() -> Source:
        return make_reddit(subreddits=["flights"], submissions=False)

    storm.rage(make, keeper)
    storm.calm(make, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []


def test_the_storm_would_notice_a_loss(platforms: Platforms, make_x: Callable[..., Source]) -> None:
    """A keeper that forgets a page at random fails the same check."""

    class Careless(Keeper):
        def _keep(self, page: Any) -> list[Any]:
            kept = dict(self.posts)
            brought = super()._keep(page)
            if len(page.posts) > 10:
                self.posts = kept
            return brought

    storm, keeper = Storm(platforms.x, {"503": {}}, seed=1), Careless()
    with suppress(SourceError):
        storm.rage(make_x, keeper)
    storm.calm(make_x, keeper)
    assert storm.expected - set(keeper.posts)
