"""A person corrects a judgement, or says that it is right: either way the classifier learns from it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from classifier.labels import HEADS
from monitor.activity import record
from monitor.desk import Invalid, set_press, workable
from monitor.judging.corrections import read_labels
from monitor.judging.press import due_at
from monitor.models import Correction, Mention, User
from monitor.settings import BrandSettings
from monitor.words import Happened


def relabel(
    session: Session,
    mention_id: int,
    user: User,
    labels: dict[str, Any],
    brand: Callable[[str], BrandSettings],
    now: datetime,
) -> Mention:
    """Correct a judgement, head by head, e.g. `{"urgency": "high", "abuse": 0}`. Each change is a Correction.

    A corrected urgency moves when the answer is due, and no rule lifts it: saying what the model said undoes a lift.
    Raises `Invalid` for a head or label that does not exist.
    """
    changes = {head: checked_label(head, value) for head, value in labels.items()}
    mention = workable(session, mention_id)
    for head, new in changes.items():
        if current_label(mention, head) != new or (head == "urgency" and mention.lifted_to):
            correct(session, mention, user, head, new, now)
    if "urgency" in changes:
        mention.lifted_to, mention.weigh_at = None, now  # a person's word stands against every rule
        mention.due_at = due_at(changes["urgency"], mention.posted_at, brand(mention.brand.name))
    set_press(mention)
    return mention


def correct(session: Session, mention: Mention, user: User, head: str, new: str, now: datetime) -> None:
    given = {"head": head, "old": current_label(mention, head), "new": new}
    session.add(Correction(mention_id=mention.id, user_id=user.id, model=mention.model, created_at=now, **given))
    setattr(mention, head, new == "1" if head == "abuse" else new)
    record(session, Happened.RELABELLED, now, mention_id=mention.id, user_id=user.id, **given)


def confirm(session: Session, mention_id: int, user: User, now: datetime) -> Mention:
    """Say that the judgement is right: each label counts as one that a person gave. A second time says no more."""
    mention = workable(session, mention_id)
    said = {given.head for given in read_labels(session, [mention_id])}
    labels = {head: label for head in HEADS if head not in said and (label := current_label(mention, head))}
    for head, label in labels.items():
        judged = {"mention_id": mention.id, "head": head, "old": label, "model": mention.model}
        session.add(Correction(**judged, new=label, user_id=user.id, created_at=now))
    if labels:
        record(session, Happened.CONFIRMED, now, mention_id=mention.id, user_id=user.id, heads=list(labels))
    return mention


def current_label(mention: Mention, head: str) -> str | None:
    value = getattr(mention, head)
    return str(int(value)) if isinstance(value, bool) else value


def checked_label(head: str, value: Any) -> str:
    label = str(int(value)) if isinstance(value, bool | int) else str(value)
    if head not in HEADS:
        raise Invalid(f"There is nothing called '{head}' to correct; there are {', '.join(HEADS)}.")
    if label not in HEADS[head]:
        raise Invalid(f"'{label}' is no {head}; choose from {', '.join(HEADS[head])}.")
    return label
