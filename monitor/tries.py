"""How often a sign-in may be tried: counted in the store, and so over all processes that serve the board."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from monitor.desk import DeskError
from monitor.models import SignInTries
from monitor.store import insert

WINDOW = timedelta(minutes=1)
OF_NAME = 10  # tries in it, of one name from one address; a stranger cannot lock a colleague out from elsewhere
OF_ADDRESS = 100  # failures in it; a whole office may sit behind one address


class TooManyTries(DeskError):
    """Somebody guesses."""


def begin_try(session: Session, name: str, address: str, now: datetime) -> None:
    """Count a try, in the transaction in which it is made: of two at once the second waits to see how the first ends.

    Raises `TooManyTries`.
    """
    failures = session.get(SignInTries, hash_of(address))
    if failures and failures.until > now and failures.number >= OF_ADDRESS:
        raise TooManyTries
    if count(session, name_key(name, address), now) > OF_NAME:
        raise TooManyTries


def end_well(session: Session, name: str, address: str) -> None:
    """Who knows the password has not guessed; what a good try wrote is taken back with it."""
    session.execute(delete(SignInTries).where(SignInTries.key_hash == hash_of(name_key(name, address))))


def end_badly(session: Session, address: str, now: datetime) -> None:
    count(session, address, now)
    over = select(SignInTries.key_hash).where(SignInTries.until <= now).with_for_update(skip_locked=True)
    session.execute(delete(SignInTries).where(SignInTries.key_hash.in_(over)))


def count(session: Session, key: str, now: datetime) -> int:
    """How many there were of this in the window, this one among them."""
    statement = insert(session, SignInTries).values(key_hash=hash_of(key), number=1, until=now + WINDOW)
    begun = SignInTries.until > now
    again = {
        "number": case((begun, SignInTries.number + 1), else_=1),
        "until": case((begun, SignInTries.until), else_=statement.excluded.until),
    }
    counted = statement.on_conflict_do_update(index_elements=[SignInTries.key_hash], set_=again)
    number: int = session.execute(counted.returning(SignInTries.number)).scalar_one()
    return number


def name_key(name: str, address: str) -> str:
    return f"{address} {name.strip().lower()[:80]}"


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
