"""Cells that a spreadsheet would carry out as formulas: disarmed in what we write, as they were in what we read back.

Anybody may post `=HYPERLINK(…)`, and whoever opens an export should not run it (OWASP: CSV injection). A mark before
such a cell keeps spreadsheets from that; a column of the file says that the marks are ours to take away.
"""

from collections.abc import Mapping
from typing import Any

MARK = "'"
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
COLUMN = "guard"


def armed(cell: str) -> bool:
    """Whether a cell is to be marked: a formula, or one that begins with the mark itself."""
    return cell.startswith(MARK) or cell.lstrip(" \n").startswith(BEGINNINGS)


def disarm(cell: str) -> str:
    return MARK + cell if armed(cell) else cell


def disarmed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was before its cells were marked. Files of others, which lack the column, stay as they are."""
    if fields.get(COLUMN) != "on":
        return dict(fields)
    return {name: cell.removeprefix(MARK) if isinstance(cell, str) else cell for name, cell in fields.items()}
