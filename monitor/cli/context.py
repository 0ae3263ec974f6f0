"""What commands share: finding the configuration and the store, and loading each command only when it is called."""

import json
import os
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.configuration import PREFIX, load_settings, overrides
from monitor.demo import demo_settings
from monitor.settings import Settings
from monitor.store import Store

# A command's module is imported when it is called: `--help` stays quick, and `classify` needs no web server.
COMMANDS = {
    "run": "monitor.cli.run:run",
    "web": "monitor.cli.parts:web",
    "scheduler": "monitor.cli.parts:scheduler",
    "worker": "monitor.cli.parts:worker",
    "upgrade": "monitor.cli.run:upgrade",
    "doctor": "monitor.cli.doctor:doctor",
    "user": "monitor.cli.people:user",
    "token": "monitor.cli.people:token",
    "poll": "monitor.cli.collect:poll",
    "import": "monitor.cli.collect:import_",
    "export": "monitor.cli.collect:export",
    "triage": "monitor.cli.collect:triage",
    "classify": "monitor.cli.classify:classify",
    "evaluate": "monitor.cli.evaluate:evaluate",
    "learn": "monitor.cli.learn:learn",
    "digest": "monitor.cli.digest:digest",
    "saved-replies": "monitor.cli.saved_replies:saved_replies",
    "person": "monitor.cli.privacy:person",
    "forget": "monitor.cli.privacy:forget",
    "backup": "monitor.cli.backup:backup",
}


class DeskGroup(click.Group):
    """The commands of the table, each of which also takes `--config`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        for one in command.commands.values() if isinstance(command, click.Group) else [command]:
            if not any(parameter.name == "config" for parameter in one.params):
                one.params.append(config_option())
        return command


def config_option() -> click.Option:
    return click.Option(
        ["--config"],
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=remember_config,
        help="The configuration, instead of mentiondesk.toml here or what MENTIONDESK_CONFIG names.",
    )


def remember_config(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    context.ensure_object(Desk).config = value


@dataclass
class Desk:
    """The settings and store that a command works with."""

    config: Path | None = None
    demo: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The configuration; the demo's where there is none, or where it is asked for."""
        found = None if self.demo else load_settings(self.config)
        home = Path(os.environ.get(PREFIX + "HOME") or Path.cwd())
        return found or demo_settings(home, **overrides(os.environ))

    @cached_property
    def store(self) -> Store:
        """The store, set up and knowing the configured brands."""
        store = Store(self.settings.store_url)
        store.ensure()
        with store.write() as session:
            sync_settings(session, self.settings, utcnow())
        return store


pass_desk = click.make_pass_decorator(Desk, ensure=True)
model_option = click.option(
    "--model", help="default, accurate, a folder or hub:NAME_OR_FOLDER, instead of what the configuration names."
)


def progress() -> Progress:
    """A bar on stderr: how much is done, how fast, how long still."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def count_lines(file: Path) -> int:
    """How long the bar is; a quick look, exact for JSON lines."""
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))


def print_json(value: Any) -> None:
    click.echo(dump_json(value))


def dump_json(value: Any) -> str:
    """One line of JSON, readable as it is; a lone surrogate, which no encoding can carry, is written as an escape."""
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace").decode()
