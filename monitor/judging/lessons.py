"""What the classifier has learned, in the store: which version is in use, and handing it to a running classifier."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from classifier.judgement import Classifier, ModelError
from classifier.learned import Learned, Shift, Teachable, unpack
from monitor.activity import record
from monitor.models import Lesson
from monitor.words import Happened

log = structlog.get_logger()


def teach(session: Session, classifier: Classifier) -> None:
    """Have the classifier judge with the version in use. One small query where it does already.

    Damaged lessons are told of once, and the classifier judges as it came.
    """
    if not isinstance(classifier, Teachable):
        return
    version = find_version(session, classifier.encoder)
    if version == (classifier.learned.version if classifier.learned else 0):
        return
    try:
        classifier.learned = load_lesson(session, version, classifier.encoder)
    except ModelError as error:
        log.error("judging without what was learned", why=str(error))  # noqa: TRY400 - the sentence says it all
        classifier.learned = Learned(version, classifier.encoder, {})


def find_version(session: Session, encoder: str) -> int:
    """The version in use for this model; 0 where nothing was learned, or all of it was rolled back."""
    kept = select(func.max(Lesson.id)).where(Lesson.encoder == encoder, Lesson.rolled_back_at.is_(None))
    return session.scalar(kept) or 0


def load_lesson(session: Session, version: int, encoder: str) -> Learned:
    """The lesson of that version; nothing learned for 0. Raises ModelError if it is damaged."""
    if not version:
        return Learned(0, encoder, {})
    return unpack(version, session.get_one(Lesson, version).shifts)


def take_turn(session: Session) -> None:
    """Wait until nobody else changes what is in use: two that learn at the same time must know of each other."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(text("LOCK TABLE lesson IN SHARE ROW EXCLUSIVE MODE"))


def keep_lesson(session: Session, encoder: str, shifts: Mapping[str, Shift], now: datetime) -> Learned:
    """Write down a new version; it is in use once the transaction is kept."""
    lesson = Lesson(made_at=now, encoder=encoder, shifts=Learned(0, encoder, shifts).pack())
    session.add(lesson)
    session.flush()
    return Learned(lesson.id, encoder, shifts)


def roll_back(session: Session, encoder: str, now: datetime) -> tuple[int, int]:
    """Put the version in use out of it; that version, and the one that is in use now. (0, 0): there was none."""
    take_turn(session)
    version = find_version(session, encoder)
    if not version:
        return 0, 0
    session.execute(update(Lesson).where(Lesson.id == version).values(rolled_back_at=now))
    before = find_version(session, encoder)
    record(session, Happened.UNLEARNED, now, version=version, in_use=before, encoder=encoder)
    return version, before
