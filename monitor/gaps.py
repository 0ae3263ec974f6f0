"""Gaps: windows of a feed that we know we could not read, shown until a person accepts them."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.desk import NotFound, Refused
from monitor.models import Feed, Gap, User
from monitor.words import Happened, Role


def accept_gap(session: Session, gap_id: int, user: User, now: datetime) -> Gap:
    """Take note that a window stays unread. A lead may; who did, and when, is kept."""
    gap = session.get(Gap, gap_id)
    if gap is None:
        raise NotFound("There is no such gap.")
    if user.role == Role.AGENT:
        raise Refused("A gap is accepted by a lead, who answers for what was not read.")
    if gap.closed_at is None:
        gap.closed_at, gap.closed_by_id = now, user.id
        feed = session.get_one(Feed, gap.feed_id)
        record(session, Happened.GAP_ACCEPTED, now, user_id=user.id, feed=feed.name, reason=gap.reason)
    return gap
