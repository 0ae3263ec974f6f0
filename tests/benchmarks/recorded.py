"""Recorded real traffic through the real clients and into a real store: what becomes of every item?

    .venv/bin/python -m tests.benchmarks.recorded --path ../shared/recorded [--fuzz 10000] [--json]

The folder may hold anything; what tells the platform of a file is the name of a folder above it, the address in a
cassette or the form of what is in it. Every answer is first given to the source as it stands (with its status and its
headers), as the answer to a poll and to questions about single posts; then its posts are laid into the answer in which
our client would get them, read by the client over HTTP, and stored. Printed:

files    all files
items    posts in them, wherever they are in an answer: `items` = `stored` + all of `dropped`
stored   became a mention
dropped  reason → how many
crashed  answers that ended in an error other than one a source may raise
passed   files without an item, reason → how many

With `--fuzz N`, N answers are then mutated (cut, bytes flipped, JSON values deleted, replaced, doubled) and sent to the
sources in place of right ones while posts wait to be read: `fuzzed`, `fuzz_crashed`, and `moved_past`, cursors that
left posts behind without a gap.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from monitor.brands import ensure_brand
from monitor.cli.context import progress
from monitor.clock import utcnow
from monitor.collecting.ingest import ingest_posts
from monitor.settings import BrandSettings
from monitor.store import Store
from sources.base import Post
from tests.benchmarks.fuzzing import Fuzz
from tests.benchmarks.recordings import Answer, NoRecording, read_file
from tests.benchmarks.replay import Replay, list_readable
from tests.benchmarks.shelves import RSS, SHELVES, count_entries, find_context, find_platform
from tests.platforms import Platforms

BRAND = BrandSettings(name="Recorded")
BATCH = 200
SAMPLES = 400  # answers of a platform that are kept for the fuzz


@dataclass
class Account:
    """What became of all files."""

    files: int = 0
    items: int = 0
    stored: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    crashed: int = 0
    fuzzed: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        shown = {name: getattr(self, name) for name in ("files", "items", "stored")}
        counts = {name: dict(getattr(self, name).most_common()) for name in ("dropped", "passed")}
        return shown | {"dropped": counts["dropped"], "crashed": self.crashed, "passed": counts["passed"]} | self.fuzzed


class Reading:
    """Files, one after the other, into one store."""

    def __init__(self, root: Path, platforms: Platforms, store: Store) -> None:
        self.root, self.store, self.account = root, store, Account()
        self.replays = {name: Replay(name, platforms) for name in list_readable(platforms)}
        self.samples: dict[str, list[bytes]] = {name: [] for name in self.replays}

    def read(self, path: Path) -> None:
        self.account.files += 1
        before = self.account.items
        try:
            answers = read_file(path)
        except (NoRecording, OSError) as error:
            self.account.passed[str(error) if isinstance(error, NoRecording) else "cannot be opened"] += 1
            return
        platforms = {self._read_answer(path, answer) for answer in answers}
        if self.account.items == before:
            self.account.passed[f"no post in it ({', '.join(sorted(platforms))})"] += 1

    def _read_answer(self, path: Path, answer: Answer) -> str:
        name = find_platform(path, self.root, answer)
        if name in self.replays:
            self._give(name, answer)
        if name == RSS:
            self._read_document(answer)
        elif name:
            self._read_items(name, path, answer)
        return name or "platform unknown"

    def _give(self, name: str, answer: Answer) -> None:
        """The answer as it stands."""
        replay = self.replays[name]
        replay.fetch(answer.body, answer.status, answer.headers)
        replay.ask(answer.body)
        if len(self.samples[name]) < SAMPLES and answer.body:
            self.samples[name].append(answer.body)

    def _read_document(self, answer: Answer) -> None:
        count = count_entries(answer.body)
        self.account.items += count
        if count:
            self._store(RSS, self.replays[RSS].read_document(answer, self.account.dropped)[:count])

    def _read_items(self, name: str, path: Path, answer: Answer) -> None:
        shelf = SHELVES[name]
        items = shelf.find(answer.value)
        self.account.items += len(items)
        if shelf.source not in self.replays:
            self.account.dropped += Counter({f"{name}: the desk reads no such platform": len(items)})
            return
        told = [shelf.foreign(item) for item in items]
        self.account.dropped.update(f"{name}: {reason}" for reason in told if reason)
        readable = [item for item, reason in zip(items, told, strict=True) if not reason]
        if readable:
            replay = self.replays[name]
            self._store(name, replay.read(readable, shelf, find_context(path, answer), self.account.dropped))

    def _store(self, name: str, posts: Sequence[Post]) -> None:
        for start in range(0, len(posts), BATCH):
            with self.store.write() as session:
                self._keep(session, name, posts[start : start + BATCH])

    def _keep(self, session: Session, name: str, posts: Sequence[Post]) -> None:
        now = utcnow()
        counts = ingest_posts(session, posts, ensure_brand(session, BRAND.name, now), BRAND, now)
        self.account.stored += counts.stored
        for count, reason in (
            (counts.duplicates, "stored before, from another answer"),
            (counts.edited, "another edition of one that was stored before"),
            (counts.echoes, "a repost: counted as reach of its original"),
            (counts.ignored, "ruled out by the brand's terms"),
        ):
            self.account.dropped += Counter({f"{name}: {reason}": count})

    @property
    def crashes(self) -> list[str]:
        return [trace for replay in self.replays.values() for trace in replay.crashes]


@click.command()
@click.option("--path", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--fuzz", default=0, show_default=True, help="Mutated answers, over all sources.")
@click.option("--seed", default=0, show_default=True, help="Of the mutations.")
@click.option("--json", "as_json", is_flag=True)
def recorded(path: Path, fuzz: int, seed: int, as_json: bool) -> None:
    """Replay recorded traffic and give the account of it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    root = path.parent if path.is_file() else path
    with tempfile.TemporaryDirectory() as folder, Platforms() as platforms, progress() as bar:
        store = Store(f"sqlite:///{folder}/desk.db")
        store.ensure()
        reading = Reading(root, platforms, store)
        task = bar.add_task("Replaying", total=len(files), note="files")
        for file in files:
            reading.read(file)
            bar.advance(task)
        store.close()
        crashes = reading.crashes
        reading.account.crashed = len(crashes)
        if fuzz:
            task = bar.add_task("Fuzzing", total=fuzz, note="answers")
            found = Fuzz(platforms, reading.samples, seed).run(fuzz, lambda: bar.advance(task))
            reading.account.fuzzed = found.as_json()
            crashes = crashes + found.crashes
    for trace, times in Counter(crashes).most_common(5):
        click.echo(f"{times} times:\n{trace}", err=True)
    print(json.dumps(reading.account.as_json())) if as_json else show(reading.account)


def show(account: Account) -> None:
    table = Table("what", "counted")
    for name, value in account.as_json().items():
        for reason, count in value.items() if isinstance(value, dict) else [("", value)]:
            table.add_row(f"{name}: {reason}" if reason else name, f"{count:,}")
    Console().print(table)


if __name__ == "__main__":
    recorded()
