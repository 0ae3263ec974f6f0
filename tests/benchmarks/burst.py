"""A burst: ten thousand posts about the brand between two polls of one feed.

    .venv/bin/python -m tests.benchmarks.burst [--posts 10000] [--source x] [--json]

posted, stored  all of them, one mention each
ordered         mentions whose time is not before that of the post written before them; as many as were stored
polls, requests what it took to read them, and `least`: one request, and one more for each further full page
limit           requests that the platform allows in its shortest window, said in its documentation
seconds         of this machine, the fake platform's included
"""

import json
import re
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from monitor.models import Mention
from tests.benchmarks.mortal import Desk
from tests.benchmarks.oracle import find_memory
from tests.benchmarks.storm import Ground, list_rows
from tests.benchmarks.verdict import choose_answered, count_least
from tests.platforms import Platforms
from tests.sources.rows import Row

# Sources whose platform shows so many, and how often each may be asked: docs/sources.md.
LIMITS = {"x": "450 in 15 min", "bluesky": "3,000 in 5 min", "mastodon": "300 in 5 min", "hackernews": "10,000 an hour"}
MOST_POLLS = 20
NUMBER = re.compile(r"number (\d+) ")


@dataclass(frozen=True)
class Burst:
    """What became of one."""

    source: str
    posted: int
    stored: int
    ordered: int
    polls: int
    requests: int
    least: int
    limit: str
    seconds: float


def run_burst(row: Row, platforms: Platforms, ground: Ground, posts: int) -> Burst:
    """Let the desk read nothing, post, and let it read until nothing new comes."""
    platforms.reset()
    desk = Desk(row, platforms, ground.clear(), lambda: None)
    platform = platforms.all[row.name]
    assert row.post
    desk.poll()
    for number in range(posts):
        row.post(platforms, f"aurora air number {number} of many #auroraair")
        platforms.clock.advance(0.01)
    platform.requests.clear()
    begun, polls, stored = time.monotonic(), 0, -1
    while polls < MOST_POLLS and len(times := read_times(desk)) > stored:
        stored, polls = len(times), polls + 1
        desk.poll()
    answered = choose_answered(platform.requests)
    least = count_least(row.name, answered, stored)
    ordered = sum(later >= earlier for earlier, later in pairwise(times)) + bool(times)
    seconds = round(time.monotonic() - begun, 1)
    desk.fate.part()
    return Burst(row.name, posts, stored, ordered, polls, len(answered), least, LIMITS[row.name], seconds)


def read_times(desk: Desk) -> list[float]:
    """When each mention was posted, in the order in which people wrote them."""
    with desk.store.read() as session:
        rows = session.execute(select(Mention.text, Mention.posted_at)).all()
    numbered = sorted((int(NUMBER.findall(text)[0]), at.timestamp()) for text, at in rows)
    return [at for _, at in numbered]


@click.command()
@click.option("--posts", default=10_000, show_default=True)
@click.option(
    "--source", "chosen", multiple=True, type=click.Choice(sorted(LIMITS)), help="Only this; may be repeated."
)
@click.option("--json", "as_json", is_flag=True)
def burst(posts: int, chosen: tuple[str, ...], as_json: bool) -> None:
    """Make a burst on each source and give the account of it."""
    found = []
    with Platforms() as platforms, tempfile.TemporaryDirectory(dir=find_memory()) as folder:
        ground = Ground(Path(folder))
        for row in list_rows(platforms):
            if row.name in (chosen or LIMITS):
                found.append(run_burst(row, platforms, ground, posts))
    print(json.dumps([asdict(each) for each in found])) if as_json else show(found)


def show(found: list[Burst]) -> None:
    table = Table(*asdict(found[0]))
    for each in found:
        table.add_row(*(str(value) for value in asdict(each).values()))
    Console().print(table)


if __name__ == "__main__":
    burst()
