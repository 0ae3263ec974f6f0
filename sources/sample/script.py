"""The demo's script: who says what about Aurora Air, and when, read from the two data files beside this module."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sources.base import Author


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the script."""

    at: int  # seconds from the start of the demo; below zero for what is already there
    platform: str
    author: Author
    text: str
    replies_to: int | None = None  # index of the line that opened the thread
    lang: str | None = None
    likes: int | None = None
    reposts: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """All lines in the order of `at`. The backlog comes once; the live lines after it are played in rounds."""

    lines: tuple[Line, ...]
    backlog: int  # how many of the lines are the backlog

    @property
    def live(self) -> int:
        """How many lines one round plays."""
        return len(self.lines) - self.backlog

    @property
    def length(self) -> float:
        """Seconds that one round takes at pace 1, with a breath after its last line."""
        return self.lines[-1].at + 60.0


@cache
def read_script() -> Script:
    """The script of the demo, read once."""
    authors = {(row["platform"], row["handle"]): _author(row) for row in _rows("authors.jsonl")}
    lines: list[Line] = []
    threads: dict[str, int] = {}
    for index, row in enumerate(_rows("posts.jsonl")):
        if "key" in row:
            threads[row["key"]] = index
        lines.append(_line(row, authors[row["platform"], row["author"]], threads))
    return Script(tuple(lines), backlog=sum(line.at < 0 for line in lines))


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with files(__package__).joinpath(name).open(encoding="utf-8") as data:
        yield from map(json.loads, data)


def _author(row: dict[str, Any]) -> Author:
    return Author(row["handle"], row["handle"], row.get("name", ""), row.get("followers"))


def _line(row: dict[str, Any], author: Author, threads: dict[str, int]) -> Line:
    # `intended` stays in the file: the desk has to judge these posts like any other.
    return Line(
        at=row["at"],
        platform=row["platform"],
        author=author,
        text=row["text"],
        replies_to=threads[row["reply_to"]] if "reply_to" in row else None,
        lang=row.get("lang"),
        likes=row.get("likes"),
        reposts=row.get("reposts"),
    )
