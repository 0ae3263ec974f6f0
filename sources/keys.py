"""The key of a reply: one for all attempts at it, in the form that atproto asks of a record's key (a TID).

13 letters and digits for a moment to the microsecond and a number: https://atproto.com/specs/tid.
"""

from datetime import UTC, datetime, timedelta

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_key(now: datetime, number: int) -> str:
    """The key of the reply with this number in our books, of which the last ten bits go into it."""
    value = ((now - EPOCH) // timedelta(microseconds=1) << 10) + number % 1024
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(60, -1, -5))


def read_time(key: str) -> datetime:
    """The moment in a key, aware UTC. Raises `ValueError` for what is no key."""
    if len(key) != 13:
        raise ValueError(f"no key: {key[:40]}")
    value = 0
    for letter in key:
        value = (value << 5) + ALPHABET.index(letter)
    return EPOCH + timedelta(microseconds=value >> 10)
