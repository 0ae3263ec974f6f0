"""Mentions that the model could not judge: put before it again, one or all, by a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import Refused, get
from monitor.models import Mention, User
from monitor.words import Happened


def retry(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Have one mention judged again. Raises `NotFound`, or `Refused` where it was not set aside."""
    mention = get(session, mention_id)
    if mention.triage_error is None:
        raise Refused("This mention was not set aside, so there is nothing to try again.")
    send_back(session, [mention_id], user, now)
    return get(session, mention_id)


def retry_all(session: Session, user: User | None, now: datetime) -> int:
    """Have everything that was set aside judged again; how many. `user` None: asked for on the command line."""
    aside = session.scalars(select(Mention.id).where(Mention.triage_error.is_not(None)).order_by(Mention.id)).all()
    return send_back(session, aside, user, now)


def send_back(session: Session, mention_ids: Sequence[int], user: User | None, now: datetime) -> int:
    """Put them before the classifier; whoever sends one back at the same moment does nothing twice."""
    aside = (Mention.id.in_(mention_ids), Mention.triage_error.is_not(None))
    sent = session.scalars(update(Mention).where(*aside).values(triage_error=None).returning(Mention.id)).all()
    for mention_id in sent:
        record(session, Happened.RETRIED, now, mention_id=mention_id, user_id=user.id if user else None)
    return len(sent)
