"""Weighing the words of pressing mentions by judging them without each: slow, so only while little waits."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from classifier.absence import PRESSING
from classifier.judgement import Classifier, Explaining, Explanation, Judgement
from monitor.models import Mention
from monitor.queries.queue import order
from monitor.store import Store
from monitor.words import Status

NEAREST = 100  # mentions at the head of the queue whose words are looked after
AT_ONCE = 8  # so that a mention that comes meanwhile waits for less than half a second
log = structlog.get_logger()


def explain_pressing(
    classifier: Classifier, texts: Sequence[str], judgements: Sequence[Judgement]
) -> Sequence[Judgement]:
    """The judgements, the pressing ones with their words weighed where the classifier can."""
    places = [at for at, one in enumerate(judgements) if one.urgency in PRESSING]
    if not isinstance(classifier, Explaining):
        return judgements
    explained = list(judgements)
    for at, why in zip(places, explain_each(classifier, [texts[at] for at in places]), strict=True):
        explained[at] = judgements[at].explained(why) if why else judgements[at]
    return explained


def explain_next(store: Store, classifier: Classifier) -> int:
    """Weigh the words of the next few mentions at the head of the queue where they are only estimated; how many."""
    if not isinstance(classifier, Explaining):
        return 0
    with store.read() as session:
        found = find_estimated(session)
    if not found:
        return 0
    explanations = explain_each(classifier, [row.text for row in found])
    with store.write() as session:
        for row, why in zip(found, explanations, strict=True):
            same = (Mention.id == row.id, Mention.text == row.text, Mention.judged_at == row.judged_at)
            session.execute(update(Mention).where(*same).values(reasons=row.reasons | reasons_of(why)))
    return len(found)


def find_estimated(session: Session) -> Sequence[Any]:
    """The first few at the head of the queue that are pressing and were judged in a hurry."""
    waiting = (Mention.status == Status.OPEN, Mention.hidden.is_(None), Mention.judged_at.is_not(None))
    head = select(Mention.id, Mention.urgency, Mention.reasons).where(*waiting).order_by(*order).limit(NEAREST)
    ids = [row.id for row in session.execute(head) if row.urgency in PRESSING and not row.reasons.get("measured")]
    columns = (Mention.id, Mention.text, Mention.judged_at, Mention.reasons)
    return session.execute(select(*columns).where(Mention.id.in_(ids[:AT_ONCE]))).all()


def explain_each(classifier: Explaining, texts: Sequence[str]) -> list[Explanation | None]:
    """One for each text; None of one that the model cannot explain, which keeps no other from it."""
    try:
        return list(classifier.explain(texts))
    except Exception as error:  # noqa: BLE001 - whatever the text did to the model, the desk goes on
        if len(texts) == 1:
            log.warning("a mention cannot be explained", error=repr(error))
            return [None]
        return [one for text in texts for one in explain_each(classifier, [text])]


def reasons_of(why: Explanation | None) -> dict[str, Any]:
    """What changes in a mention's reasons. Where a person made it pressing there is nothing to weigh."""
    return {"measured": True, **(why.as_json() if why and why.words else {})}
