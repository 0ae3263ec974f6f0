"""Closing a mention with what came of it: solved, answered, declined and why, in private, a duplicate of which."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor import desk
from monitor.care.outcomes import Verdict
from monitor.desk import Invalid, Refused, required
from monitor.models import Mention, User
from monitor.words import Ended

REASONS = {Ended.DECLINED: "a short reason for declining", Ended.UNANSWERED: "the reason why we will not answer"}


def close(
    session: Session,
    mention_id: int,
    user: User,
    now: datetime,
    outcome: str = "",
    reason: str = "",
    duplicate_of: int | None = None,
) -> Mention:
    """Resolve a mention and keep its outcome; without one, it is what an answer in public, or none, makes it.

    Raises `Invalid` for an unknown outcome, for a no without a reason and for a duplicate of nothing, and `Refused`
    for leaving what is only upset without an answer.
    """
    if not outcome:
        return desk.resolve(session, mention_id, user, now, reason)
    verdict = check_verdict(session, mention_id, outcome, duplicate_of)
    if verdict.outcome in REASONS:
        reason = required(reason, REASONS[verdict.outcome])
    return desk.resolve(session, mention_id, user, now, reason, verdict)


def check_verdict(session: Session, mention_id: int, outcome: str, duplicate_of: int | None) -> Verdict:
    if outcome not in tuple(Ended):
        raise Invalid(f"'{outcome}' is no outcome; choose from {', '.join(Ended)}.")
    if outcome == Ended.UNANSWERED:
        refuse_unless_abusive(session, mention_id)
    if outcome != Ended.DUPLICATE:
        return Verdict(Ended(outcome))
    if duplicate_of is None:
        raise Invalid("Please give the number of the mention that this is a duplicate of.")
    if duplicate_of == mention_id:
        raise Invalid("A mention is no duplicate of itself; give the number of the other one.")
    check_original(session, mention_id, duplicate_of)
    return Verdict(Ended.DUPLICATE, duplicate_of)


def refuse_unless_abusive(session: Session, mention_id: int) -> None:
    """Whoever is only upset gets an answer, if a no."""
    if not desk.get(session, mention_id).abuse:
        raise Refused("Only what attacks people may be left without an answer; decline this one, and say why.")


def check_original(session: Session, mention_id: int, original_id: int) -> None:
    mention, original = desk.get(session, mention_id), session.get(Mention, original_id)
    if original is None or original.brand_id != mention.brand_id:
        raise Invalid(f"There is no mention {original_id} of {mention.brand.name}.")
