"""A desk whose parts are processes of their own, over one store."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from monitor.clock import utcnow
from monitor.settings import Settings
from monitor.store import Store
from tests.benchmarks.sigkill import spell
from tests.platforms import Platforms
from tests.replying import Answering, make_settings

PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def answering(postgresql_store: Store, platforms: Platforms) -> Answering:
    """A desk that reads and answers on Bluesky."""
    given = make_settings(platforms)
    (feed,) = [feed for feed in given.brands[0].feeds if feed.name == "bluesky"]
    brand = {**given.brands[0].model_dump(by_alias=True), "feed": [{**feed.model_dump(), "every": "1s"}]}
    return Answering(postgresql_store, platforms, Settings.model_validate({"brand": [brand]}), utcnow())


@pytest.fixture
def start(answering: Answering, postgresql_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts a command beside the test; what still runs at its end is ended."""
    config = write_config(tmp_path / "mentiondesk.toml", answering.settings)
    environment = {**os.environ, **answering.environment, "MENTIONDESK_DATABASE_URL": postgresql_url}
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [*PROGRAM, *arguments, "--config", str(config)]
        log = (tmp_path / f"{len(started)}-{arguments[0]}.log").open("w")
        started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True))
        log.close()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    for log in sorted(tmp_path.glob("*.log")):
        print(f"{log.name}: {log.read_text()}")  # shown where the test fails


def write_config(file: Path, settings: Settings) -> Path:
    """The settings' one brand and its one feed, as TOML."""
    (brand,) = settings.brands
    (feed,) = brand.feeds
    lines = ["[[brand]]", f"name = {spell(brand.name)}", f"terms = {spell(list(brand.terms))}", "[brand.handles]"]
    lines += [f"{name} = {spell(handle)}" for name, handle in brand.handles.items()]
    lines += ["[[brand.feed]]", f"name = {spell(feed.name)}", f"source = {spell(feed.source)}", 'every = "1s"']
    lines += [f"{name} = {spell(value)}" for name, value in feed.options.items()]
    file.write_text("\n".join(lines))
    return file


def end_all(processes: Sequence[subprocess.Popen[str]]) -> list[int]:
    """How each ended after it was asked to."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    return [process.wait(60) for process in processes]
