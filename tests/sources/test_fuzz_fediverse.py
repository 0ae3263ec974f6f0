"""Answers of Bluesky and Mastodon with something odd in them: no crash, and nothing passed over without a gap."""

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from sources.base import Source, SourceError
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.keeper import Keeper

SEEDS = range(20)
ODD = (
    None,
    7,
    -1.5,
    True,
    "",
    "odd",
    "\x00\ud800",
    [],
    {},
    [[]],
    {"a": []},
    10**30,
    "9999-12-31T23:59:59-23:59",
    "0001-01-01",
)


def list_places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield (*path, name)
        yield from list_places(child, (*path, name))


def spoil(body: Any, dice: random.Random) -> Any:
    """A copy in which up to three values are odd ones, or missing."""
    body = copy.deepcopy(body)
    for _ in range(dice.randint(1, 3)):
        *way, name = dice.choice(list(list_places(body)) or [(0,)])
        parent = body
        with suppress(KeyError, IndexError, TypeError):
            for step in way:
                parent = parent[step]
            if dice.random() < 0.3:
                del parent[name]
            else:
                parent[name] = dice.choice(ODD)
    return body


def check(make: Callable[[], Source], platform: Any, body: Any, ids: set[str], seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(10):
        keeper = Keeper()
        with suppress(SourceError):
            keeper.poll(make(), pages=1)  # signs in, where that is a page of its own
            platform.fail("200", body=spoil(body, dice))
            keeper.poll(make(), pages=1)
        told = bool(keeper.gaps)
        platform.faults.clear()
        keeper.poll(make())
        assert told or ids <= set(keeper.posts)


@pytest.mark.parametrize("seed", SEEDS)
def test_bluesky(seed: int, platforms: Platforms, make_bluesky: Callable[..., Source]) -> None:
    fake = platforms.bluesky
    uris = [fake.post(f"@{HANDLE} aurora air {number}") for number in range(3)]
    posts = [fake.posts[uri] for uri in uris]
    source = make_bluesky(mentions=seed % 2 == 1)
    notifications = {"notifications": [fake._notify(each, "mention") for each in reversed(posts)]}
    body = notifications if seed % 2 else {"posts": [fake._show(each) for each in reversed(posts)]}
    check(lambda: source, fake, body, set(uris), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_mastodon(seed: int, platforms: Platforms, make_mastodon: Callable[..., Source]) -> None:
    fake = platforms.mastodon
    ids = [fake.post(f"@auroraair aurora air #auroraair {number}") for number in range(3)]
    statuses = [fake._show(each) for each in fake._visible()]
    told = [fake._notify(each) for each in reversed(fake.notifications)]
    options, body = [
        ({}, statuses),
        ({"mentions": True}, told),
        ({"query": "aurora air"}, {"accounts": [], "statuses": statuses}),
    ][seed % 3]
    check(lambda: make_mastodon(platforms.mastodon_credentials, **options), fake, body, set(ids), seed)
