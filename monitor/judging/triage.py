"""Judging what is waiting: a batch in one forward pass, its consequences in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from classifier.absence import PRESSING
from classifier.judgement import Classifier, Judgement
from classifier.learned import as_kept, encoder_of
from monitor.alerting.alerts import alert_urgent
from monitor.care.following import follow_authors
from monitor.collecting.hiding import choose_hiding
from monitor.collecting.muting import is_of_thread
from monitor.judging.claims import claim, find_free, let_go
from monitor.judging.explaining import AT_ONCE, explain_pressing
from monitor.judging.lessons import teach
from monitor.judging.press import due_at, press
from monitor.models import Activity, Author, Brand, Embedding, Mention, MutedThread
from monitor.settings import Settings
from monitor.signals.lifting import lift_mentions
from monitor.signals.marking import mark_authors
from monitor.store import Store, insert
from monitor.words import Happened

BATCH = 64
log = structlog.get_logger()

Waiting = Row[Any]
"""A mention that nobody has judged: id, text, posted_at, lang, status, author_id, answered, brand, how urgent it stood
before an edit (stood_at), and until when author (muted_until) and conversation (thread_muted_until) are muted."""


@dataclass(frozen=True)
class Judged:
    """A waiting mention and its judgement, or why there is none."""

    waiting: Waiting
    judgement: Judgement | None
    trouble: str = ""


def triage_batch(
    store: Store, classifier: Classifier, settings: Settings, now: datetime, size: int = BATCH, part_id: str = ""
) -> int:
    """Judge up to `size` mentions, the newest first; how many were done. The model runs outside any transaction.

    What another part of the desk is judging is left to it; what nobody (`""`) judges, any of them may take.
    """
    with store.read() as session:
        teach(session, classifier)
    waiting = claim_waiting(store, size, part_id, now)
    if not waiting:
        return 0
    judged = judge(classifier, waiting)
    if len(waiting) < size and is_calm(judged):
        judged = explain(classifier, judged)
    with store.write() as session:
        kept = keep_judgements(session, [one for one in judged if one.judgement], settings, now)
        set_aside(session, [one for one in judged if not one.judgement], now)
        follow_authors(session, [row.id for row in waiting], now)
        lift_mentions(session, kept, settings, now)
        mark_authors(session, {row.author_id for row in waiting}, min(row.posted_at for row in waiting), now, kept)
        alert_urgent(session, kept, settings, now, {row.id: row.stood_at for row in waiting})
        let_go(session, [row.id for row in waiting])
    return len(waiting)


def claim_waiting(store: Store, size: int, part_id: str, now: datetime) -> Sequence[Waiting]:
    """The next batch of this part; empty where nothing waits that no other has."""
    while True:
        with store.read() as session:
            free = find_free(session, part_id, size, now)
        if not free:
            return ()
        with store.write() as session:
            mine = claim(session, free, part_id, now)
            waiting = read_waiting(session, mine)
            let_go(session, set(mine) - {row.id for row in waiting})  # another judged them a moment ago
        if waiting:
            return waiting


def read_waiting(session: Session, mention_ids: Sequence[int]) -> Sequence[Any]:
    answered = Mention.first_reply_at.is_not(None).label("answered")
    stood_at = Mention.effective_urgency.label("stood_at")
    columns = (Mention.id, Mention.text, Mention.posted_at, Mention.lang, Mention.status, Mention.author_id)
    thread_muted = MutedThread.muted_until.label("thread_muted_until")
    statement = (
        select(*columns, answered, stood_at, Author.muted_until, thread_muted, Brand.name.label("brand"))
        .join(Brand)
        .outerjoin(Author)
        .outerjoin(MutedThread, is_of_thread())
        .where(Mention.id.in_(mention_ids), Mention.judged_at.is_(None), Mention.triage_error.is_(None))
    )
    return list(session.execute(statement.order_by(Mention.id.desc())))


def judge(classifier: Classifier, waiting: Sequence[Waiting]) -> list[Judged]:
    """Judge them together; where that fails, one by one, so that a single bad mention holds nobody up."""
    try:
        judgements = classifier.judge([row.text for row in waiting])
    except Exception as error:  # noqa: BLE001 - whatever the text did to the model, the queue goes on
        if len(waiting) == 1:
            log.warning("mention set aside", mention=waiting[0].id, error=repr(error))
            return [Judged(waiting[0], None, f"The model could not judge this: {error}"[:500])]
        return [one for row in waiting for one in judge(classifier, [row])]
    return [Judged(row, judgement) for row, judgement in zip(waiting, judgements, strict=True)]


def is_calm(judged: Sequence[Judged]) -> bool:
    """Whether so few are pressing that there is time to look why before anybody is told; else `explain_next` does."""
    return sum(one.judgement is not None and one.judgement.urgency in PRESSING for one in judged) <= AT_ONCE


def explain(classifier: Classifier, judged: Sequence[Judged]) -> list[Judged]:
    """With the words of pressing ones weighed, as whoever is woken is told of them."""
    read = {one.waiting: one.judgement for one in judged if one.judgement}
    explained = explain_pressing(classifier, [waiting.text for waiting in read], list(read.values()))
    known = dict(zip(read, explained, strict=True))
    return [replace(one, judgement=known.get(one.waiting)) for one in judged]


def keep_judgements(session: Session, judged: Sequence[Judged], settings: Settings, now: datetime) -> list[int]:
    """Write the judgements down; the ids of those kept. One whose post was edited meanwhile waits for the next."""
    unchanged = find_unchanged(session, judged)
    kept = [one for one in judged if one.waiting.id in unchanged]
    if kept:
        session.execute(update(Mention), [judgement_values(one, settings, now) for one in kept])
    keep_embeddings(session, kept)
    session.add_all(judged_activity(one, now) for one in kept)
    return [one.waiting.id for one in kept]


def find_unchanged(session: Session, judged: Sequence[Judged]) -> set[int]:
    """Those that still say what was judged and that nobody else judged; so they stay until the transaction ends."""
    texts = {one.waiting.id: one.waiting.text for one in judged}
    statement = select(Mention.id, Mention.text).where(Mention.id.in_(texts), Mention.judged_at.is_(None))
    # PostgreSQL locks these rows; on SQLite the transaction of a writer has locked all of them.
    return {row.id for row in session.execute(statement.with_for_update()) if row.text == texts[row.id]}


def judgement_values(one: Judged, settings: Settings, now: datetime) -> dict[str, Any]:
    judgement, waiting = cast(Judgement, one.judgement), one.waiting
    said = judgement.as_json()
    # What the model cannot read has a place like `normal`: nobody has said that it can wait.
    due = due_at(judgement.urgency or "normal", waiting.posted_at, settings.brand(waiting.brand))
    rank, at = press(judgement.urgency, due, waiting.posted_at, waiting.answered, waiting.status)
    return {
        "id": waiting.id,
        **{name: said[name] for name in ("sentiment", "urgency", "need", "scores", "reasons", "model")},
        "abuse": judgement.abuse,
        "lang": judgement.lang or waiting.lang,
        "judged_at": now,
        "lifted_to": None,
        "signals": [],
        "hidden": choose_hiding(waiting.text, judgement.urgency, waiting.muted_until, now, waiting.thread_muted_until),
        "due_at": due,
        "press_rank": rank,
        "press_at": at,
    }


def keep_embeddings(session: Session, kept: Sequence[Judged]) -> None:
    """Those of an earlier text go, also where the new one was not read."""
    session.execute(delete(Embedding).where(Embedding.mention_id.in_([one.waiting.id for one in kept])))
    rows = [
        {
            "mention_id": one.waiting.id,
            "model": encoder_of(one.judgement.model),
            "vector": as_kept(one.judgement.embedding).tobytes(),
            "scores": one.judgement.unlearned or one.judgement.scores,
        }
        for one in kept
        if one.judgement and one.judgement.embedding is not None
    ]
    if rows:
        session.execute(insert(session, Embedding), rows)


def judged_activity(one: Judged, now: datetime) -> Activity:
    judgement = cast(Judgement, one.judgement)
    data = {
        "urgency": judgement.urgency,
        "sentiment": judgement.sentiment,
        "need": judgement.need,
        "model": judgement.model,
        **({} if judgement.urgency else {"doubts": list(judgement.doubts)}),
    }
    return Activity(at=now, happened=Happened.JUDGED, mention_id=one.waiting.id, data=data)


def set_aside(session: Session, troubled: Sequence[Judged], now: datetime) -> None:
    """Take what cannot be judged out of the way of the rest; the board shows it, and why."""
    for one in troubled:
        session.execute(update(Mention).where(Mention.id == one.waiting.id).values(triage_error=one.trouble))
        session.add(Activity(at=now, happened=Happened.SET_ASIDE, mention_id=one.waiting.id, data={"why": one.trouble}))
