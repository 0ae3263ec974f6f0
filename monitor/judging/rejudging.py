"""Judging open mentions again after a lesson: by arithmetic on what was kept of them, without the encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from classifier.decide import name_scores
from classifier.learned import Learned, Teachable, encoder_of
from monitor.activity import record
from monitor.alerting.alerts import alert_urgent
from monitor.judging.corrections import read_labels
from monitor.judging.known import read_scores, read_vector
from monitor.models import Embedding, Mention
from monitor.settings import Settings
from monitor.signals.lifting import lift_mentions, load, place
from monitor.store import Store
from monitor.words import NOT_CLOSED, Happened

BATCH = 200
WAITING = (
    Mention.status.in_(NOT_CLOSED),
    Mention.first_reply_at.is_(None),
    Mention.judged_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Anew:
    """What the lesson says of one mention."""

    mention_id: int
    judged_at: datetime  # the judgement that it is based on
    labels: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, float]]


def rejudge_open(store: Store, settings: Settings, classifier: Teachable, learned: Learned, now: datetime) -> int:
    """Judge every mention that waits for an answer with this lesson; how many now have another label.

    A label that a person gave stays, and so does a judgement whose labels stay. One transaction a batch: whatever ends
    it half-way, the next `learn` goes on with the rest.
    """
    changed = after = 0
    while True:
        with store.read() as session:
            rows = find_batch(session, classifier.encoder, after)
        if not rows:
            return changed
        after = rows[-1].mention_id
        anew = judge_rows(rows, classifier, learned)
        with store.write() as session:
            changed += keep_anew(session, anew, learned, settings, now)


def find_batch(session: Session, encoder: str, after: int) -> Sequence[Row[Any]]:
    """The next that wait and of which enough was kept, judged by this model."""
    columns = (Embedding.mention_id, Embedding.vector, Embedding.scores, Mention.judged_at, Mention.model)
    statement = select(*columns).join(Mention, Embedding.mention_id == Mention.id)
    kept = (Embedding.model == encoder, Embedding.scores.is_not(None), Embedding.mention_id > after)
    return session.execute(statement.where(*WAITING, *kept).order_by(Embedding.mention_id).limit(BATCH)).all()


def judge_rows(rows: Sequence[Row[Any]], classifier: Teachable, learned: Learned) -> list[Anew]:
    return [judge_row(row, classifier, learned) for row in rows if encoder_of(row.model or "") == classifier.encoder]


def judge_row(row: Row[Any], classifier: Teachable, learned: Learned) -> Anew:
    scores = learned.adjust(read_scores(row.scores), read_vector(row.vector))
    return Anew(row.mention_id, row.judged_at, classifier.decide(scores), name_scores(scores))


def keep_anew(session: Session, anew: Sequence[Anew], learned: Learned, settings: Settings, now: datetime) -> int:
    """Write down what changes, with all its consequences; how many mentions changed."""
    by_id = {one.mention_id: one for one in anew}
    corrected = {(given.mention_id, given.head) for given in read_labels(session, by_id)}
    changed, pressing = 0, []
    for mention in load(session, list(by_id)):
        one = by_id[mention.id]
        if mention.judged_at != one.judged_at or mention.first_reply_at or mention.status not in NOT_CLOSED:
            continue  # somebody was quicker
        before = mention.urgency
        free = {head: one.labels[head] for head in one.scores if (mention.id, head) not in corrected}
        changed += relabel(session, mention, free, one, learned, now)
        if mention.urgency != before:
            mention.lifted_to = None
            place(mention, settings.brand(mention.brand.name), now)
            pressing.append(mention.id)
    session.flush()
    lift_mentions(session, pressing, settings, now)
    alert_urgent(session, pressing, settings, now)
    return changed


def relabel(
    session: Session, mention: Mention, labels: Mapping[str, Any], anew: Anew, learned: Learned, now: datetime
) -> bool:
    """Give the mention these labels where they are others than it has; whether there was one."""
    changed = {head: label for head, label in labels.items() if getattr(mention, head) != label}
    if not changed:
        return False
    for head, label in changed.items():
        setattr(mention, head, label)
    mention.scores = {head: {label: round(p, 4) for label, p in row.items()} for head, row in anew.scores.items()}
    mention.model = learned.name
    said = {head: getattr(mention, head) for head in ("urgency", "sentiment", "need")}
    record(session, Happened.JUDGED, now, mention_id=mention.id, model=learned.name, again=True, **said)
    return True
