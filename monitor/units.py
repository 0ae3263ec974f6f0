"""Durations and money as people write them: `15m`, `8h`, `20 USD/month`."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}


@dataclass(frozen=True)
class Money:
    """An amount of US dollars for a calendar month."""

    usd: Decimal


def parse_duration(value: Any) -> timedelta:
    """`90s`, `15m`, `8h`, `2d`. Raises ValueError with a sentence."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"\s*(\d+)\s*([smhdwy])\s*", str(value))
    if not found or int(found[1]) == 0:
        raise ValueError(f"'{value}' is not a duration; write 90s, 15m, 8h or 2d")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def parse_money(value: Any) -> Money:
    """`20 USD/month`. Raises ValueError with a sentence."""
    if isinstance(value, Money):
        return value
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*USD\s*/\s*month\s*", str(value))
    if not found:
        raise ValueError(f"'{value}' is not a budget; write 20 USD/month")
    return Money(Decimal(found[1]))


def say_duration(span: timedelta) -> str:
    """The largest fitting unit: `45 s`, `12 min`, `3 h`, `5 d`."""
    seconds = int(abs(span).total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
