"""Reading many subreddits at once although some of them are private, banned or unknown.

Reddit refuses the whole of `r/a+b+c` for one of them, so the culprit is searched by halving, named, left out, and
tried again from time to time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

RETRY = timedelta(hours=1)
NAME = re.compile(r"^(?:/?r/)?([A-Za-z0-9_]{2,21})/?$")
Probe = Callable[[Sequence[str]], bool]


def clean_name(name: str) -> str:
    """`AskUK` from `r/AskUK`. Raises `ValueError` for what cannot be a subreddit."""
    match = NAME.match(name.strip())
    if match is None:
        raise ValueError(f"'{name}' cannot be the name of a subreddit")
    return match[1]


def find_closed(names: Sequence[str], is_open: Probe) -> list[str]:
    """Those of `names` that Reddit refuses, given that it refuses them together; about 2 log2(n) questions for each."""
    if len(names) == 1:
        return list(names)
    middle = len(names) // 2
    halves = (names[:middle], names[middle:])
    return [name for half in halves if not is_open(half) for name in find_closed(half, is_open)]


def list_due(closed: Mapping[str, float], now: datetime) -> list[str]:
    """Closed subreddits whose next trial is due."""
    return [name for name, again in closed.items() if again <= now.timestamp()]


def close(closed: Mapping[str, float], names: Sequence[str], now: datetime) -> dict[str, float]:
    """`closed` with these names in it, to be tried again in an hour."""
    return {**closed, **dict.fromkeys(names, (now + RETRY).timestamp())}


def spell(names: Sequence[str]) -> str:
    """`r/a, r/b`, for sentences."""
    return ", ".join(f"r/{name}" for name in names)
