"""Rows of an export (JSON lines or CSV) as posts; a row that cannot be one says why in a sentence."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

from sources.base import Author, Post
from sources.csv_records import read_records
from sources.formulas import disarmed

REQUIRED = ("id", "text", "author", "created_at")
OPTIONAL = (
    "url", "author_name", "followers", "in_reply_to", "source", "lang", "likes", "reposts", "thread_id",
    # What an export of the desk says besides: the id of the first edition, the platform's id of the author, whether the
    # platform has forgotten the author, what the columns above have no place for, and how formulas are disarmed.
    "root_id", "author_id", "author_gone", "extra", "guard",
)  # fmt: skip
KNOWN = frozenset((*REQUIRED, *OPTIONAL))
LONGEST_SOURCE = 40
MOST = 2**31 - 1  # what an integer column holds on every database
LONGEST_LINE = 16 * 1024 * 1024  # bytes
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadRow(ValueError):
    """A row that is no post, in a sentence without its line number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its post, or why there is none. `warning` is about a post that was mended."""

    line: int
    post: Post | None
    trouble: str = ""
    warning: str = ""


def read_rows(path: Path, form: str, source: str = "import") -> Iterator[Row]:
    """Every row of a `jsonl` or `csv` file, in order; blank lines are no rows. Raises OSError if unreadable."""
    with path.open("rb") as file:
        reading = read_csv(file) if form == "csv" else read_json_lines(file)
        for line, fields, warning in reading:
            try:
                yield Row(line, parse_row(fields, source), warning=warning)
            except BadRow as trouble:
                yield Row(line, None, str(trouble))


def read_json_lines(file: BinaryIO) -> Iterator[tuple[int, Any, str]]:
    """(line number, the line's value or a BadRow, warning)."""
    for number, line in enumerate(lines(file), start=1):
        if line.strip():
            text, warning = decode(line)
            yield number, parse_json(text), warning


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of bounded length, so that a file without line ends cannot fill the memory."""
    while line := file.readline(LONGEST_LINE):
        yield line


def parse_json(text: str | bytes) -> Any:
    """The value, or a BadRow. NaN and Infinity, which some programs write and no database takes, are null."""
    try:
        return json.loads(text, parse_constant=lambda _constant: None)
    except (ValueError, RecursionError):
        return BadRow("This line is not valid JSON.")


def read_csv(file: BinaryIO) -> Iterator[tuple[int, Any, str]]:
    """(line number, the row's columns or a BadRow, warning). The first row names the columns."""
    warnings: list[str] = []

    def decoded() -> Iterator[str]:
        for line in lines(file):
            text, warning = decode(line)
            warnings.append(warning)
            yield text.replace("\0", "")

    for number, cells in read_records(decoded()):
        warning = next(filter(None, warnings), "")
        warnings.clear()
        if isinstance(cells, csv.Error):
            yield number, BadRow(f"This row is not readable as CSV: {cells}."), warning
        else:
            yield number, disarmed({name: cell for name, cell in cells.items() if name and cell}), warning


def decode(line: bytes) -> tuple[str, str]:
    """UTF-8; what is not is kept as the replacement character, and a warning says so: no post is lost to one byte."""
    try:
        return line.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        return line.decode("utf-8-sig", "replace"), f"Byte {error.start + 1} is not UTF-8; it is kept as \ufffd."


def parse_row(fields: Any, source: str) -> Post:
    """Raises `BadRow`."""
    if isinstance(fields, BadRow):
        raise fields
    if not isinstance(fields, Mapping):
        raise BadRow("This row is not an object with named fields.")
    gone = str(fields.get("author_gone", "")).lower() in ("true", "1")
    missing = [name for name in REQUIRED if fields.get(name) in (None, "") and not (gone and name == "author")]
    if missing:
        raise BadRow(f"This row has no {' and no '.join(missing)}.")
    return Post(
        source=read_source(fields) or source,
        id=scalar(fields, "id"),
        root_id=scalar(fields, "root_id"),
        text=string(fields, "text"),
        author=None if gone else read_author(fields),
        created_at=moment(fields["created_at"]),
        url=scalar(fields, "url", longest=10_000),
        in_reply_to=scalar(fields, "in_reply_to") or None,
        thread_id=scalar(fields, "thread_id") or None,
        lang=scalar(fields, "lang") or None,
        likes=whole(fields, "likes"),
        reposts=whole(fields, "reposts"),
        extra=read_extra(fields),
    )


def read_author(fields: Mapping[str, Any]) -> Author:
    handle = scalar(fields, "author").removeprefix("@")
    id = scalar(fields, "author_id") or handle.casefold()
    return Author(id, handle, scalar(fields, "author_name"), whole(fields, "followers"))


def read_source(fields: Mapping[str, Any]) -> str:
    name = scalar(fields, "source").lower()
    if len(name) > LONGEST_SOURCE or not name.isprintable():
        raise BadRow(f"source must be a name of at most {LONGEST_SOURCE} letters.")
    return name


def read_extra(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have no place of their own, and those of an `extra` object (in CSV, as JSON)."""
    unknown = {str(name): value for name, value in fields.items() if name not in KNOWN}
    given = fields.get("extra")
    held = parse_json(given) if isinstance(given, str) else given
    if isinstance(held, Mapping):
        return {**unknown, **{str(name): value for name, value in held.items()}}
    return unknown if given is None else {**unknown, "extra": given}


def string(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise BadRow(f"{name} must be text, not {json.dumps(value, default=str)[:60]}.")
    if not value.strip():
        raise BadRow(f"This row has no {name}.")
    return value


def scalar(fields: Mapping[str, Any], name: str, longest: int = 2_000) -> str:
    """Text, or a whole number as text (ids often are), at most `longest` characters."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRow(f"{name} must be text, not {json.dumps(value, default=str)[:60]}.")
    if len(str(value)) > longest:
        raise BadRow(f"{name} is longer than {longest:,} characters.")
    return str(value).strip()


def whole(fields: Mapping[str, Any], name: str) -> int | None:
    """A count; None where there is none or it is not a number, for a post is worth more than its count of likes."""
    try:
        return max(0, min(int(float(fields[name])), MOST))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def moment(value: Any) -> datetime:
    """ISO 8601, RFC 2822, X's old form or seconds since 1970; without a zone it is read as UTC. Raises `BadRow`."""
    found = from_number(value) if isinstance(value, int | float) else from_text(str(value).strip())
    if found and not EARLIEST < found < LATEST:
        raise BadRow(f"created_at lies before {EARLIEST.year} or after {LATEST.year}: {str(value)[:60]!r}.")
    if found is None:
        raise BadRow(f"created_at is not a date: {str(value)[:60]!r}; write it like 2026-11-18T09:31:00Z.")
    return found


def from_number(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def from_text(value: str) -> datetime | None:
    if re.fullmatch(r"\d{9,13}(\.\d+)?", value):
        return from_number(float(value))
    for parse in (datetime.fromisoformat, parsedate_to_datetime, parse_old_x):
        try:
            found = parse(value)
        except (ValueError, TypeError, OverflowError):
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def parse_old_x(value: str) -> datetime:
    return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")
