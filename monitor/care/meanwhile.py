"""What happened to a mention since somebody looked at it: shown beside it, and before a reply that it may overtake."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.desk import Refused
from monitor.models import Activity
from monitor.words import Happened

# After these an answer may no longer fit: it was written to other words, or somebody answered already.
OVERTAKING = frozenset(
    {
        Happened.EDITED,
        Happened.REPLIED,
        Happened.SEEN_ANSWERED,
        Happened.RESOLVED,
        Happened.REOPENED,
        Happened.GONE,
        Happened.ERASED,
    }
    | {Happened.REPLY_ASKED, Happened.REPLY_QUEUED}
)


class Overtaken(Refused):
    """Something happened that whoever wrote this should see before sending it."""

    def __init__(self, lines: Sequence[Activity]) -> None:
        super().__init__("Something happened here while you wrote; look at it, then send again if it still fits.")
        self.lines = lines


def happened_since(
    session: Session, mention_id: int, seen: int, user_id: int, kinds: Collection[Happened] | None = None
) -> Sequence[Activity]:
    """What others did to a mention after the line `seen`, oldest first; of the given kinds, or of all."""
    others = or_(Activity.user_id.is_(None), Activity.user_id != user_id)
    statement = select(Activity).where(Activity.mention_id == mention_id, Activity.id > seen, others)
    if kinds is not None:
        statement = statement.where(Activity.happened.in_(kinds))
    return session.scalars(statement.order_by(Activity.id).options(joinedload(Activity.user))).all()


def refuse_overtaken(session: Session, mention_id: int, seen: int, user_id: int) -> None:
    """Raises `Overtaken` where somebody should look again before answering."""
    lines = happened_since(session, mention_id, seen, user_id, OVERTAKING)
    if lines:
        raise Overtaken(lines)
