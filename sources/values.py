"""Values out of somebody else's JSON, where anything may be of any type."""

from collections.abc import Mapping
from typing import Any

from sources.base import Transient
from sources.http import VISIBLE


def whole(value: Any) -> int | None:
    """A count that a database can hold, else None."""
    return value if type(value) is int and abs(value) < 1 << 62 else None


def word(value: Any) -> str | None:
    """A string that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def read_token(value: Any, platform: str) -> str | None:
    """Where an answer goes on, to be sent back as it came; None at the end. Raises `Transient` for what is no token.

    Taken for the end, or sent and refused, it would cost what comes after it.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not VISIBLE.fullmatch(value):
        raise Transient(f"{platform} does not say where its answer goes on.")
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, or the one object; archives write {} for an empty list."""
    if isinstance(value, Mapping):
        return [value] if value else []
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
