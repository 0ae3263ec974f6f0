"""How far back a first poll looks, as people write it: "90m", "24h", "3d"."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_window(value: Any) -> Any:
    """A timedelta from "24h"; anything but a string is left to pydantic."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", value.strip())
    if match is None:
        raise ValueError(f"'{value}' is not a time span; write it like 90m, 24h or 3d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


Window = Annotated[timedelta, BeforeValidator(parse_window)]
