"""Commands as processes of their own, forked from one that has loaded the program: five start as fast as one."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from monitor.cli import main

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["monitor.cli.parts", "classifier.engine", "tests.monitor.parts.running"])


def start_command(arguments: list[str], environment: Mapping[str, str], log: Path) -> BaseProcess:
    """Begins it; what it prints goes to `log`."""
    process = CONTEXT.Process(target=run_command, args=(arguments, dict(environment), log))
    process.start()
    return process


def run_command(arguments: list[str], environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    with log.open("w", buffering=1) as stream:
        sys.stdout = sys.stderr = stream
        main(arguments)
