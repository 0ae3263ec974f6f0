"""Bluesky and Mastodon in the storm: nothing lost or doubled, and no more sign-ins than Bluesky allows."""

from collections.abc import Callable
from typing import Any

import pytest

from sources.base import Source
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import Faults, Storm

SEEDS = range(3)
FAULTS: Faults = {"429": {"reset": 40}, "500": {}, "503": {}, "html": {}, "drop": {}}


class NoEdits(Storm):
    """Where what is changed is deleted and posted anew."""

    def change_one(self) -> None:
        chosen = self.dice.choice(sorted(self.expected))
        self.platform.delete(chosen)
        self.expected.discard(chosen)


class Marked:
    """A fake whose posts all carry a mark by which a feed finds them."""

    def __init__(self, fake: Any, mark: str) -> None:
        self.fake = fake
        self.mark = mark

    def post(self, text: str, **given: Any) -> str:
        id: str = self.fake.post(f"{text} {self.mark}", **given)
        return id

    def edit(self, id: str, text: str) -> None:
        self.fake.edit(id, f"{text} {self.mark}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fake, name)


def check(storm: Storm, make: Callable[[], Source]) -> None:
    keeper = Keeper()
    storm.rage(make, keeper)
    storm.calm(make, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts) >= len(storm.expected) > 0
    assert keeper.gaps == []


@pytest.mark.parametrize("seed", SEEDS)
def test_bluesky_search(seed: int, platforms: Platforms, make_bluesky: Callable[..., Source]) -> None:
    check(NoEdits(platforms.bluesky, {**FAULTS, "empty": {"path": "searchPosts"}}, seed), make_bluesky)
    assert len(platforms.bluesky.signed_in) < 10


@pytest.mark.parametrize("seed", SEEDS)
def test_bluesky_notifications(seed: int, platforms: Platforms, make_bluesky: Callable[..., Source]) -> None:
    storm = NoEdits(Marked(platforms.bluesky, f"@{HANDLE}"), FAULTS, seed)
    check(storm, lambda: make_bluesky(mentions=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_mastodon_hashtags(seed: int, platforms: Platforms, make_mastodon: Callable[..., Source]) -> None:
    check(Storm(Marked(platforms.mastodon, "#auroraair"), FAULTS, seed), make_mastodon)


@pytest.mark.parametrize("seed", SEEDS)
def test_mastodon_mentions(seed: int, platforms: Platforms, make_mastodon: Callable[..., Source]) -> None:
    storm = Storm(Marked(platforms.mastodon, "@auroraair"), FAULTS, seed)
    check(storm, lambda: make_mastodon(platforms.mastodon_credentials, mentions=True))
