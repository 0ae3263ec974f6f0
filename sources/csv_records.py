"""The records of a CSV file, one after another; a quotation mark that nothing closes costs at most its own line.

A reader that takes every quotation mark at its word reads on from an unclosed one to the next, however many posts lie
between. So a record is read strictly (RFC 4180); if that fails, its first line is read by itself, leniently, and the
lines after it are records of their own again.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator

DELIMITERS = (",", ";", "\t")
LONGEST_RECORD = 16 * 1024 * 1024  # characters


class Lines:
    """Lines of which those of the record at hand can be given back; `number` is that of the record's first line."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        self.number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._taken.append(self._returned.popleft() if self._returned else next(self._lines))
        return self._taken[-1]

    def go_on(self) -> None:
        """What was taken is done with."""
        self.number += len(self._taken)
        self._taken = []

    def give_back(self) -> str:
        """Give back all that was taken but the first line, and say that one again."""
        first, *others = self._taken
        self._returned.extendleft(reversed(others))
        self._taken = [first]
        return first


def read_records(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | csv.Error]]:
    """(number of its first line, cells by column) of each record, or why it cannot be read; blank lines are none.

    The first record names the columns, and its delimiter is the file's: comma, semicolon or tab. A record with too few
    cells lacks the last columns; cells beyond the last column are left out.
    """
    csv.field_size_limit(LONGEST_RECORD)
    source = Lines(lines)
    columns, delimiter = read_columns(source)
    while True:
        source.go_on()
        try:
            cells = read_record(source, delimiter, len(columns))
        except StopIteration:
            return
        except csv.Error as error:
            yield source.number, error
            continue
        if cells:
            yield source.number, dict(zip(columns, cells, strict=False))


def read_columns(source: Lines) -> tuple[list[str], str]:
    """The names of the columns, and what parts them."""
    for line in source:
        if line.strip():
            delimiter = max(DELIMITERS, key=line.count)
            return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))], delimiter
    return [], DELIMITERS[0]


def read_record(source: Lines, delimiter: str, width: int) -> list[str]:
    """The cells of the next record. Raises csv.Error where there are none to be had, StopIteration at the end."""
    try:
        return next(csv.reader(source, delimiter=delimiter, strict=True))
    except csv.Error:
        line = source.give_back()
    lenient = next(csv.reader([line], delimiter=delimiter))
    if len(lenient) == width:
        return lenient
    literal = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return literal if len(literal) == width else lenient
