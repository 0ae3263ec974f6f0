"""Where a process runs, and whether one that ran here is over."""

import os
import platform
from pathlib import Path
from typing import NamedTuple, Protocol

BOOT = Path("/proc/sys/kernel/random/boot_id")  # another after each start of the machine; see proc(5)
SPACE = Path("/proc/self/ns/pid")


class Place(NamedTuple):
    """`host` is for people; `machine` tells machines apart, `space` containers of one that number for themselves."""

    host: str
    machine: str
    space: str
    pid: int


class Placed(Protocol):
    """What knows where it runs."""

    machine: str
    space: str
    pid: int


def this_place() -> Place:
    host = platform.node()[:100]
    try:
        return Place(host, BOOT.read_text().strip(), os.readlink(SPACE), os.getpid())
    except OSError:  # no Linux: there a host's name is all there is, and its processes share their numbers
        return Place(host, host, "", os.getpid())


def is_over(part: Placed) -> bool:
    """Whether its process has surely ended. False where that cannot be told from here."""
    here = this_place()
    if (part.machine, part.space) != (here.machine, here.space):
        return False
    try:
        os.kill(part.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, and alive
        return False
    return False
