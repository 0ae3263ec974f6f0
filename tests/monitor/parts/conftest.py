"""A desk whose parts are processes of their own, over one store."""

from collections.abc import Callable, Iterator, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from monitor.clock import utcnow
from monitor.settings import Settings
from monitor.store import Store
from tests.benchmarks.sigkill import spell
from tests.monitor.parts.running import start_command
from tests.platforms import Platforms
from tests.replying import Answering, make_settings

Start = Callable[..., BaseProcess]


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
    environment = {**answering.environment, "MENTIONDESK_DATABASE_URL": postgresql_url}
    started: list[BaseProcess] = []

    def start(*arguments: str) -> BaseProcess:
        log = tmp_path / f"{len(started)}-{arguments[0]}.log"
        started.append(start_command([*arguments, "--config", str(config)], environment, log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()
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


def end_all(processes: Sequence[BaseProcess]) -> list[int | None]:
    """How each ended after it was asked to; None for one that did not."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]
