"""The chaos oracle: does the desk lose, double, keep or hide anything while everything goes wrong?

    .venv/bin/python -m tests.benchmarks.oracle [--seeds 1000] [--source x] [--jobs 2] [--kill9 20] [--json]

The real desk (its store on SQLite, its polls and re-checks, the real clients over HTTP) watches the fake platforms. By
the dice of each seed people post, edit and delete, also while the desk pages and between any two of its statements;
posts appear late; 35 % of all requests fail in every way the platforms know; the desk is killed between any two
statements; now and then it is off for eight days. Then comes calm, and the platform's truth is held against the store.
`x-stream` and `bluesky-stream` are feeds that are listened to: their connections break off, leave out posts, fall
silent and are refused besides (what is heard before it is searched for is up to the machine, so their seeds are not
exact).

posted      posts about the brand; each is in exactly one of the next four
stored      there is a mention of it
withdrawn   deleted before any poll could see it
told        not stored, but in a window that the desk shows as a gap
lost        it stands, is not stored, and no gap says so
doubled     mentions beyond one for each post
unpurged    mentions of deleted posts that still hold text, author or an earlier edition after the next re-check
stale       mentions that hold another edition than the one that stands after the next re-check
hidden_gaps stretches of lost posts
shown_gaps  open gaps on the board
unfinished  seeds after which the feed did not read again
crashed     polls and re-checks that ended in an error of our own
requests_per_mention
            reads spent for the stored mentions, over the fewest that any client could do with: in each poll, every
            listing of the feed asked once, and once more for each further full page of mentions that were new. Requests
            that the platform failed count for neither, nor does signing in. Not counted for streams, which search every
            second here.

With `--kill9 N` that many rounds a source follow in which `mentiondesk poll` runs as a process of its own and is ended
by a real SIGKILL at a random moment.
"""

import json
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog
from rich.console import Console
from rich.table import Table

from monitor.cli.context import progress
from tests.benchmarks.hearing import HEARD, HeardStorm
from tests.benchmarks.sigkill import run_rounds
from tests.benchmarks.storm import Ground, Storm, list_rows, run_seed
from tests.benchmarks.verdict import Verdict
from tests.platforms import Platforms

BATCH = 5  # seeds that a worker is handed at a time
ALWAYS_ZERO = ("lost", "doubled", "unpurged", "hidden_gaps", "unfinished", "crashed")
COLUMNS = ("posted", "stored", "withdrawn", "told", *ALWAYS_ZERO, "stale", "shown_gaps", "requests_per_mention")


@dataclass
class Account:
    """What all seeds came to."""

    sources: dict[str, Verdict] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)  # "source seed", to run again alone
    crashes: Counter[str] = field(default_factory=Counter)

    def add(self, source: str, seed: str, found: Verdict, crashes: list[str]) -> None:
        self.sources.setdefault(source, Verdict())
        self.sources[source] += found
        self.crashes.update(crashes)
        if any(getattr(found, name) for name in ALWAYS_ZERO):
            self.failed.append(f"{source} {seed}")

    @property
    def total(self) -> Verdict:
        total = Verdict()
        for each in self.sources.values():
            total += each
        return total

    def as_json(self) -> dict[str, Any]:
        sources = {name: found.as_json() for name, found in self.sources.items()}
        return {**self.total.as_json(), "sources": sources, "failed": sorted(self.failed)}


@click.command()
@click.option("--seeds", default=1000, show_default=True, help="How many, each on every source.")
@click.option("--first", default=0, show_default=True, help="The first seed.")
@click.option("--source", "chosen", multiple=True, help="Only this source; may be repeated.")
@click.option("--jobs", default=2, show_default=True, help="Processes at the same time.")
@click.option("--kill9", default=0, show_default=True, help="Rounds with a real SIGKILL, for each source.")
@click.option("--json", "as_json", is_flag=True)
def oracle(seeds: int, first: int, chosen: tuple[str, ...], jobs: int, kill9: int, as_json: bool) -> None:
    """Run the storm and give the account of it."""
    if kill9:
        hush()  # its desk lives in this process
    names = list_names(chosen)
    account = Account()
    with tempfile.TemporaryDirectory(dir=find_memory()) as folder, progress() as bar:
        task = bar.add_task("Storming", total=seeds * len(names), note="seeds")
        for source, seed, found, crashes in run_storms(names, range(first, first + seeds), jobs, Path(folder)):
            account.add(source, str(seed), found, crashes)
            bar.update(task, advance=1, note=f"seeds, {account.total.lost} lost")
        for name in [name for name in names if name not in HEARD] if kill9 else []:
            task = bar.add_task(f"Killing {name}", total=kill9, note="rounds")
            account.add(name, "kill9", run_rounds(name, kill9, Path(folder), partial(bar.advance, task)), [])
    for trace, times in account.crashes.most_common(5):
        click.echo(f"{times} times:\n{trace}", err=True)
    print(json.dumps(account.as_json())) if as_json else show(account)


def list_names(chosen: tuple[str, ...]) -> list[str]:
    with Platforms() as platforms:
        names = [*(row.name for row in list_rows(platforms)), *HEARD]
    unknown = set(chosen) - set(names)
    if unknown:
        raise click.ClickException(f"No fake platform for {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    return [name for name in names if not chosen or name in chosen]


def find_memory() -> str | None:
    """A folder in memory where there is one: the disk's patience is not what is measured."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def run_storms(
    names: list[str], seeds: range, jobs: int, folder: Path
) -> Iterator[tuple[str, int, Verdict, list[str]]]:
    """Every seed on every source, as each is done."""
    batches = [(name, seeds[start : start + BATCH]) for start in range(0, len(seeds), BATCH) for name in names]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=prepare, initargs=(folder,)) as pool:
        for done in as_completed([pool.submit(run_batch, name, batch) for name, batch in batches]):
            yield from done.result()


class Worker:
    """What a process keeps from seed to seed: the platforms' server and a database."""

    platforms: Platforms
    ground: Ground


def hush() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # blind feeds are no news here


def prepare(folder: Path) -> None:
    hush()
    own = folder / multiprocessing.current_process().name
    own.mkdir()
    Worker.platforms, Worker.ground = Platforms().__enter__(), Ground(own)


def run_batch(name: str, seeds: range) -> list[tuple[str, int, Verdict, list[str]]]:
    (row,) = [row for row in list_rows(Worker.platforms) if row.name == HEARD.get(name, name)]
    kind = HeardStorm if name in HEARD else Storm
    return [(name, seed, *run_seed(row, Worker.platforms, seed, Worker.ground, kind)) for seed in seeds]


def show(account: Account) -> None:
    table = Table("source", *COLUMNS)
    for name, found in [*account.sources.items(), ("total", account.total)]:
        values = found.as_json()
        table.add_row(name, *(f"{values[column]:,}" if values[column] is not None else "" for column in COLUMNS))
    Console().print(table)
    if account.failed:
        click.echo(f"Not as it should be: {', '.join(sorted(account.failed)[:20])}")


if __name__ == "__main__":
    oracle()
