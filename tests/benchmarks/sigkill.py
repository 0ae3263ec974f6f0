"""Rounds with a real SIGKILL: `mentiondesk poll` as a process of its own, ended at a random moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import update

from monitor.models import Feed
from tests.benchmarks.mortal import Desk
from tests.benchmarks.storm import CALM, Ground, check_all, list_rows
from tests.benchmarks.verdict import Verdict, judge
from tests.benchmarks.world import World
from tests.platforms import Platforms

LONGEST_LIFE = 0.15  # seconds after the first request; a poll of three pages takes about as long
STARTING = 60.0  # seconds that a process may take to its first request
CALM_POLLS = 8


def run_rounds(name: str, rounds: int, folder: Path, tell: Callable[[], object]) -> Verdict:
    """Kill `rounds` processes that poll the source, then let one live; the verdict."""
    own = folder / f"kill9-{name}"
    own.mkdir()
    with Platforms() as platforms:
        (row,) = [row for row in list_rows(platforms) if row.name == name]
        dice = Random(name)
        world = World(row, platforms, dice)
        desk = Desk(row, platforms, Ground(own).clear(), lambda: None)
        command, environment = prepare_command(desk, row.name, own)
        for _ in range(rounds):
            world.post(dice.randint(1, 120))
            world.change_one()
            kill_one(command, environment, world, dice)
            free(desk)
            tell()
        for wait in CALM:
            platforms.clock.advance(wait.total_seconds())
            for _ in range(CALM_POLLS):
                desk.poll()
        check_all(desk)
        return judge(world, desk)


def prepare_command(desk: Desk, name: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command line that polls the desk's feed, and its environment."""
    config = folder / "mentiondesk.toml"
    brand = desk.settings.brands[0]
    lines = [f'database_url = "sqlite:///{desk.store.engine.url.database}"', "[[brand]]", f"name = {spell(brand.name)}"]
    lines += [f"terms = {spell(list(brand.terms))}", "[[brand.feed]]"]
    feed = {"name": name, "source": name, **brand.feeds[0].options}
    lines += [f"{option} = {spell(value)}" for option, value in feed.items()]
    config.write_text("\n".join(lines))
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "poll", "--config", str(config)]
    return command, {**os.environ, **desk.environment}


def spell(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(spell, value))}]"
    return str(value) if isinstance(value, int | float) else f'"{value}"'


def kill_one(command: list[str], environment: dict[str, str], world: World, dice: Random) -> None:
    """Start a poll, let it reach the platform, and kill it a moment later."""
    world.platform.requests.clear()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + STARTING
        while not world.platform.requests and process.poll() is None and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, LONGEST_LIFE))
        process.send_signal(signal.SIGKILL)


def free(desk: Desk) -> None:
    """The lease of the dead runs out."""
    with desk.store.write() as session:
        session.execute(update(Feed).values(lease_until=None))
