"""Doing a thing once, however often its form is sent: each form carries a key that can be spent a single time."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.models import IdempotencyKey
from monitor.store import insert

LONGEST_KEY = 100


def spend_key(session: Session, user_id: int, key: str, now: datetime) -> bool:
    """Whether the key was still good. Of two who send it at once, the second waits for the first and finds it spent."""
    values = {"user_id": user_id, "key": name_key(key), "request_hash": "", "status": 303, "body": {}}
    row = insert(session, IdempotencyKey).values(**values, created_at=now)
    spent = row.on_conflict_do_nothing().returning(IdempotencyKey.key)
    return session.scalar(spent) is not None


def is_spent(session: Session, user_id: int, key: str) -> bool:
    return session.get(IdempotencyKey, (user_id, name_key(key))) is not None


def name_key(key: str) -> str:
    """Apart from the keys of the API."""
    return f"form {key[:LONGEST_KEY]}"
