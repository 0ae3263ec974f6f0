"""What the model knows of texts before it learned anything: as kept with mentions, or read anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.decide import Floats
from classifier.judgement import Judgement, ModelError
from classifier.labels import HEADS
from classifier.learn import Examples
from classifier.learned import Teachable
from monitor.models import Correction, Embedding, Mention
from monitor.words import Status

BACKGROUND = 1_000  # mentions, the newest that nobody labelled


@dataclass(frozen=True, slots=True)
class Known:
    """What the model knows of one text before it learned anything."""

    vector: Floats  # [width]
    scores: Mapping[str, Floats]


def read_vector(kept: bytes) -> Floats:
    """An embedding [width] as it was kept."""
    return np.frombuffer(kept, dtype=np.float16).astype(np.float64)


def read_scores(kept: Mapping[str, Mapping[str, float]]) -> dict[str, Floats]:
    """head -> probabilities [labels], before anything learned."""
    return {head: np.array([kept[head][label] for label in HEADS[head]]) for head in HEADS if head in kept}


def read_background(session: Session, encoder: str, labelled: set[int]) -> list[Floats]:
    """The embeddings [width] of the newest mentions that nobody labelled."""
    statement = select(Embedding.mention_id, Embedding.vector).where(Embedding.model == encoder)
    rows = session.execute(statement.order_by(Embedding.mention_id.desc()).limit(BACKGROUND + len(labelled)))
    return [read_vector(row.vector) for row in rows if row.mention_id not in labelled][:BACKGROUND]


def read_known(session: Session, encoder: str, wanted: set[int]) -> tuple[dict[int, Known], dict[int, str]]:
    """What was kept of each mention, and the texts of those that this model has not read; purged ones are in neither.

    `wanted` are ids of mentions with corrections.
    """
    columns = (Mention.id, Mention.text, Mention.judged_at, Embedding.model, Embedding.vector, Embedding.scores)
    statement = select(*columns).outerjoin(Embedding).where(Mention.id.in_(select(Correction.mention_id)))
    known, unread = {}, {}
    for row in session.execute(statement.where(Mention.status != Status.GONE)):
        if row.id not in wanted:
            continue
        if row.model == encoder and row.scores and row.judged_at:
            known[row.id] = Known(read_vector(row.vector), read_scores(row.scores))
        else:
            unread[row.id] = row.text
    return known, unread


def know(classifier: Teachable, texts: Sequence[str]) -> list[Known]:
    """Read texts with the model as it came."""
    return [Known(vector_of(one), read_scores(one.unlearned or one.scores)) for one in classifier.judge(texts)]


def vector_of(judgement: Judgement) -> Floats:
    """Its embedding. Raises ModelError from a model that has none."""
    if judgement.embedding is None:
        raise ModelError(f"{judgement.model} gives no embeddings, so it cannot learn.")
    return judgement.embedding


def examples_of(head: str, rows: Sequence[Mapping[str, Any]], known: Sequence[Known]) -> Examples:
    """One head's examples: rows that carry its label, and what the model knows of each."""
    labels = HEADS[head]
    return Examples(
        np.array([one.vector for one in known]),
        np.array([one.scores[head] for one in known]),
        np.array([labels.index(str(row[head])) for row in rows], dtype=int),
    )
