"""JSON lines with a text each: read one by one, so that a file may be longer than memory and one bad line stays one."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from classifier.labels import HEADS

Item = TypeVar("Item")


class BadLine(ValueError):
    """A line cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with what people say of it: head -> label, for the heads that somebody labelled."""

    line: int  # from 1
    text: str
    truth: Mapping[str, str]
    id: Any = None


def in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`, the last of them shorter."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def parse_object(line: str) -> dict[str, Any]:
    """The JSON object that a line holds. Raises BadLine."""
    try:
        row = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadLine("This line is not valid JSON.") from None
    if not isinstance(row, dict):
        raise BadLine("This line is not a JSON object.")
    return row


def _refuse(constant: str) -> Any:
    """NaN and Infinity are no JSON, though Python reads them: passed on, they would break the next reader."""
    raise ValueError(constant)


def read_text(row: Mapping[str, Any]) -> str:
    """The row's text, which may be empty. Raises BadLine."""
    text = row.get("text")
    if not isinstance(text, str):
        raise BadLine("This line has no text.")
    return text


def read_truth(row: Mapping[str, Any]) -> dict[str, str]:
    """The labels a row carries, in the spelling of HEADS. Raises BadLine where one is none of ours."""
    truth: dict[str, str] = {}
    for head, labels in HEADS.items():
        value = row.get(head)
        if value is None:
            continue
        truth[head] = str(int(value)) if isinstance(value, bool) else str(value)
        if truth[head] not in labels:
            raise BadLine(f"{head} is {value!r}, which is none of {', '.join(labels)}.")
    return truth


@dataclass
class LabelledLines:
    """The labelled texts of JSON lines. What cannot be scored is passed over and counted; what is wrong is told."""

    lines: Iterable[str]
    complain: Callable[[str], None]
    skipped: Counter[str] = field(default_factory=lambda: Counter(bad=0, no_text=0, no_label=0))

    def __iter__(self) -> Iterator[Labelled]:
        for number, line in enumerate(self.lines, 1):
            if not line.strip():
                continue
            row = self._read(number, line)
            if isinstance(row, Labelled):
                yield row
            else:
                self.skipped[row] += 1

    def _read(self, number: int, line: str) -> Labelled | str:
        """The line's text with its labels, or why it is passed over."""
        try:
            row = parse_object(line)
            if row.get("text") is None:
                return "no_text"
            labelled = Labelled(number, read_text(row), read_truth(row), row.get("id"))
        except BadLine as error:
            self.complain(f"line {number}: {error}")
            return "bad"
        return labelled if labelled.truth else "no_label"
