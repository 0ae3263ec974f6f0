"""How mentions were closed: one row for each time, which stands until the mention is reopened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from monitor.models import Mention, Outcome
from monitor.words import Ended


@dataclass(frozen=True)
class Verdict:
    """How somebody closes a mention. `duplicate_of` is the mention on which it is dealt with."""

    outcome: Ended
    duplicate_of: int | None = None

    def as_data(self) -> dict[str, str | int]:
        """For the audit trail."""
        original = {"duplicate_of": self.duplicate_of} if self.duplicate_of else {}
        return {"outcome": self.outcome.value, **original}


def usual_verdict(mention: Mention) -> Verdict:
    """What closing without a word means: it was answered in public, or needed no answer."""
    return Verdict(Ended.ANSWERED if mention.first_reply_at else Ended.UNNEEDED)


def keep_outcome(
    session: Session, mention: Mention, user_id: int, verdict: Verdict, reason: str, now: datetime
) -> None:
    """Write down how a mention was closed, and how its author felt then."""
    row = Outcome(
        mention_id=mention.id,
        user_id=user_id,
        outcome=verdict.outcome,
        reason=reason,
        duplicate_of_id=verdict.duplicate_of,
        sentiment=mention.sentiment,
        created_at=now,
    )
    session.add(row)


def end_outcome(session: Session, mention_id: int, user_id: int | None, now: datetime) -> None:
    """The mention is open again; `user_id` None means through its author's next post."""
    standing = (Outcome.mention_id == mention_id, Outcome.reopened_at.is_(None))
    session.execute(update(Outcome).where(*standing).values(reopened_at=now, reopened_by_id=user_id))
