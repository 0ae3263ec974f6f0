"""Counting who took what attacks people, in the transaction in which they took it."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.models import AbuseTurn, Mention
from monitor.store import insert


def count_turn(session: Session, mention: Mention, user_id: int, now: datetime) -> None:
    """Somebody holds the mention from now on. One that is not judged abusive counts for nobody."""
    if not mention.abuse:
        return
    row = insert(session, AbuseTurn).values(user_id=user_id, mention_id=mention.id, at=now)
    session.execute(row.on_conflict_do_update(index_elements=["user_id", "mention_id"], set_={"at": now}))
