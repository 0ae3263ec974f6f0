"""Which saved replies fit a mention: by its need, by what they were used on before, and by how that went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.cleaning import printable
from monitor.desk import get
from monitor.models import Embedding, Mention, Outcome, Reply, SavedReply, SavedReplyUse, User
from monitor.saved_replies.commands import find
from monitor.saved_replies.variables import fill, variables
from monitor.store import insert
from monitor.words import Ended

SHOWN = 6
EXAMPLES = 2_000  # uses looked at, the newest
BEST = 3  # of a saved reply's examples, the nearest count
WELL = (Ended.SOLVED, Ended.ANSWERED)


@dataclass(frozen=True)
class Tally:
    """On how many mentions it went into an answer, and how many of these were closed well and stayed closed."""

    used: int = 0
    solved: int = 0


@dataclass(frozen=True)
class Proposal:
    """A saved reply for one mention. `near` is the cosine to the nearest it was used on; None: to none."""

    saved: SavedReply
    fits_need: bool
    near: float | None
    tally: Tally

    @property
    def rank(self) -> float:
        """Need and nearness weigh alike; how it went before decides between equals."""
        success = self.tally.solved / self.tally.used if self.tally.used else 0.0
        return self.fits_need + (self.near or 0.0) + 0.1 * success


def propose(session: Session, mention: Mention, least: float) -> list[Proposal]:
    """What fits best comes first; what is for other needs, and was never used on anything alike, is left out.

    `least` is the cosine from which two mentions are alike (monitor/likeness.py).
    """
    every = session.scalars(select(SavedReply).where(*suitable(mention)).options(joinedload(SavedReply.brand))).all()
    ids = [saved.id for saved in every]
    near, tallies = measure_nearness(session, mention, ids), count_uses(session, ids)
    found = [
        Proposal(saved, not saved.needs or mention.need in saved.needs, near.get(saved.id), tallies[saved.id])
        for saved in every
    ]
    fitting = [one for one in found if one.fits_need or (one.near or 0.0) >= least]
    return sorted(fitting, key=lambda one: (-one.rank, one.saved.title))[:SHOWN]


def suitable(mention: Mention) -> list[ColumnElement[bool]]:
    """For its brand and, where that is known, in its language."""
    brand = or_(SavedReply.brand_id.is_(None), SavedReply.brand_id == mention.brand_id)
    language = [or_(SavedReply.lang.is_(None), SavedReply.lang == mention.lang)] if mention.lang else []
    return [SavedReply.archived_at.is_(None), brand, *language]


def measure_nearness(session: Session, mention: Mention, ids: Sequence[int]) -> dict[int, float]:
    """The mean cosine of the mention to the nearest mentions that each saved reply was used on."""
    own = session.get(Embedding, mention.id)
    if own is None:
        return {}
    statement = select(SavedReplyUse.saved_reply_id, Embedding.vector)
    statement = statement.join(Embedding, Embedding.mention_id == SavedReplyUse.mention_id)
    others = (SavedReplyUse.saved_reply_id.in_(ids), Embedding.model == own.model, Embedding.mention_id != mention.id)
    rows = session.execute(statement.where(*others).order_by(SavedReplyUse.used_at.desc()).limit(EXAMPLES)).all()
    cosines: dict[int, list[float]] = {}
    for saved_id, vector in rows:
        cosines.setdefault(saved_id, []).append(cosine(own.vector, vector))
    return {saved_id: float(np.mean(sorted(found)[-BEST:])) for saved_id, found in cosines.items()}


def cosine(one: bytes, other: bytes) -> float:
    """Of two embeddings as they are kept; 0 where they cannot be compared."""
    a, b = (np.frombuffer(kept, np.float16).astype(np.float32) for kept in (one, other))
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if a.shape == b.shape and size else 0.0


def count_uses(session: Session, ids: Sequence[int]) -> Mapping[int, Tally]:
    """Counted by what happened: put into a reply that was then logged or sent, on a mention that was then closed."""
    answered = exists().where(Reply.mention_id == SavedReplyUse.mention_id, Reply.created_at >= SavedReplyUse.used_at)
    well = exists().where(
        Outcome.mention_id == SavedReplyUse.mention_id, Outcome.outcome.in_(WELL), Outcome.reopened_at.is_(None)
    )
    counts = select(SavedReplyUse.saved_reply_id, func.count(), func.count().filter(well))
    rows = session.execute(
        counts.where(SavedReplyUse.saved_reply_id.in_(ids), answered).group_by(SavedReplyUse.saved_reply_id)
    )
    return dict.fromkeys(ids, Tally()) | {saved_id: Tally(used, solved) for saved_id, used, solved in rows}


def use(session: Session, mention_id: int, saved_id: int, user: User, links: Mapping[str, str], now: datetime) -> str:
    """The text filled in for whoever answers this author; the mention is from then on an example of its use."""
    mention, saved = get(session, mention_id), find(session, saved_id)
    row = {"saved_reply_id": saved_id, "mention_id": mention_id, "user_id": user.id, "used_at": now}
    session.execute(insert(session, SavedReplyUse).on_conflict_do_nothing(), row)
    name = mention.author.name if mention.author else ""
    return fill(saved.text, variables(printable(name), user.name, mention.brand.name, links))
