"""Writing down what happened, in the transaction in which it happens."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.models import Activity
from monitor.store import RECORDED
from monitor.words import Happened


def record(
    session: Session,
    happened: Happened,
    now: datetime,
    *,
    mention_id: int | None = None,
    user_id: int | None = None,
    **data: Any,
) -> Activity:
    """Append one line to the audit trail. `user_id` None means the desk itself; `data` must be JSON-serialisable."""
    line = Activity(at=now, happened=happened, mention_id=mention_id, user_id=user_id, data=data)
    session.add(line)
    session.info[RECORDED] = True
    return line
