"""Past mentions that say much the same: the kept embeddings held in memory and compared all at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from monitor.live.trail import Trail, join_trail
from monitor.models import Embedding, Mention, Outcome, Reply
from monitor.words import Happened, Status

MOST = 200_000  # embeddings held, the newest
# Held as int8, each row stretched over its whole range: 77 MB for 384 columns instead of float16's 154, and four times
# as fast, as NumPy multiplies neither and widening int8 to float32 costs least. A cosine is off by .002 or so.
FULL = 127
CHUNK = 8_192  # rows widened at a time, which stay in the processor's cache
LOADED_AT_ONCE = 10_000
SHOWN = 5
LOOKED_AT = 200  # the nearest, of which those are shown that were answered
CHANGING = frozenset({Happened.JUDGED, Happened.EDITED, Happened.GONE, Happened.ERASED})
NOBODYS = -1  # the brand of a row that is no longer used


@dataclass(frozen=True)
class Past:
    """A mention much like another, how it was answered and how that went."""

    mention: Mention
    cosine: float
    replies: Sequence[Reply]
    outcome: Outcome | None


class Shelf:
    """The embeddings of one model with the ids and brands of their mentions; rows are overwritten, or added behind."""

    def __init__(self, model: str, width: int, trail: Trail, room: int = LOADED_AT_ONCE) -> None:
        self.model, self.trail, self.size = model, trail, 0
        self.ids: NDArray[np.int64] = np.zeros(room, np.int64)
        self.brands: NDArray[np.int32] = np.full(room, NOBODYS, np.int32)
        self.scales: NDArray[np.float32] = np.zeros(room, np.float32)
        self.vectors: NDArray[np.int8] = np.zeros((room, width), np.int8)
        self.places: dict[int, int] = {}

    def put(self, mention_id: int, brand_id: int, vector: bytes) -> None:
        """Keep one, with the scale that makes a product a cosine; one of another width is of no use."""
        found = np.frombuffer(vector, np.float16).astype(np.float32)
        length = float(np.linalg.norm(found))
        if found.shape != self.vectors.shape[1:] or not 0 < length < np.inf:
            return
        place = self.places.setdefault(mention_id, self.size)
        if place == self.size:
            self.size += 1
            self.grow()
        largest = float(np.abs(found).max())
        self.vectors[place] = np.rint(found * (FULL / largest))
        self.scales[place] = largest / (FULL * length)
        self.ids[place], self.brands[place] = mention_id, brand_id

    def grow(self) -> None:
        """Make room by half as much again. Who reads the arrays meanwhile keeps the old ones."""
        more = len(self.ids) // 2
        if self.size < len(self.ids):
            return
        self.ids = np.concatenate([self.ids, np.zeros(more, np.int64)])
        self.brands = np.concatenate([self.brands, np.full(more, NOBODYS, np.int32)])
        self.scales = np.concatenate([self.scales, np.zeros(more, np.float32)])
        self.vectors = np.concatenate([self.vectors, np.zeros((more, self.vectors.shape[1]), np.int8)])

    def drop(self, mention_ids: Iterable[int]) -> None:
        for mention_id in mention_ids:
            place = self.places.get(mention_id)
            if place is not None:
                self.brands[place], self.vectors[place] = NOBODYS, 0


class Nearest:
    """Finds what is nearest. Loaded by the first who asks, kept up with the audit trail by those who ask later."""

    def __init__(self, most: int = MOST) -> None:
        self.most, self.lock = most, Lock()
        self.shelf: Shelf | None = None

    def find(self, session: Session, mention: Mention, now: datetime, limit: int) -> list[tuple[int, float]]:
        """The ids of the nearest other mentions of its brand with their cosines, the nearest first."""
        own = session.get(Embedding, mention.id)
        if own is None:
            return []
        with self.lock:
            shelf = self.catch_up(session, own, now)
            size, ids, brands = shelf.size, shelf.ids, shelf.brands
            vectors, scales = shelf.vectors, shelf.scales
        cosines = compare(vectors[:size], scales[:size], own.vector)
        cosines[(brands[:size] != mention.brand_id) | (ids[:size] == mention.id)] = -2.0
        nearest = best(cosines, limit)
        return [(int(ids[place]), float(cosines[place])) for place in nearest if cosines[place] > -2.0]

    def catch_up(self, session: Session, own: Embedding, now: datetime) -> Shelf:
        """The shelf as the store is now; made anew for another model, and when it has grown too far."""
        shelf = self.shelf
        if shelf is None or shelf.model != own.model or shelf.size > 1.2 * self.most:
            self.shelf = shelf = load(session, own, self.most, now)
            return shelf
        while lines := shelf.trail.read(session, now):
            if any(line.happened == Happened.FORGOTTEN for line in lines):  # it does not say of which mentions
                self.shelf = load(session, own, self.most, now)
                return self.shelf
            changed = {line.mention_id for line in lines if line.mention_id and line.happened in CHANGING}
            shelf.drop(changed)
            put_rows(session, shelf, changed)
        return shelf


def load(session: Session, own: Embedding, most: int, now: datetime) -> Shelf:
    """The newest embeddings of a model. The trail is joined before, so that nothing falls between."""
    shelf = Shelf(own.model, len(own.vector) // 2, join_trail(session, now))
    statement = kept(own.model).order_by(Embedding.mention_id.desc()).limit(most)
    rows = session.execute(statement.execution_options(yield_per=LOADED_AT_ONCE))
    for part in rows.partitions():
        for row in part:
            shelf.put(*row)
    return shelf


def put_rows(session: Session, shelf: Shelf, mention_ids: Collection[int]) -> None:
    if mention_ids:
        for row in session.execute(kept(shelf.model).where(Embedding.mention_id.in_(mention_ids))):
            shelf.put(*row)


def kept(model: str) -> Any:
    columns = select(Embedding.mention_id, Mention.brand_id, Embedding.vector)
    return columns.join(Mention, Mention.id == Embedding.mention_id).where(Embedding.model == model)


def compare(vectors: NDArray[np.int8], scales: NDArray[np.float32], own: bytes) -> NDArray[np.float32]:
    """The cosine of each row to an embedding as it is kept."""
    wanted = np.frombuffer(own, np.float16).astype(np.float32)
    wanted /= float(np.linalg.norm(wanted)) or 1.0
    products = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), CHUNK):
        products[start : start + CHUNK] = vectors[start : start + CHUNK].astype(np.float32) @ wanted
    return products * scales


def best(cosines: NDArray[np.float32], limit: int) -> list[int]:
    """The places of the greatest, the greatest first."""
    top = np.argpartition(cosines, -limit)[-limit:] if len(cosines) > limit else np.arange(len(cosines))
    return [int(place) for place in top[np.argsort(-cosines[top], kind="stable")]]


def similar_past(session: Session, nearest: Nearest, mention: Mention, least: float, now: datetime) -> list[Past]:
    """The nearest mentions of the brand that were answered or closed, with what was said and what came of it.

    `least` is the cosine from which two mentions are alike (monitor/likeness.py).
    """
    cosines = {id_: cosine for id_, cosine in nearest.find(session, mention, now, LOOKED_AT) if cosine >= least}
    dealt = or_(Mention.first_reply_at.is_not(None), Mention.status == Status.RESOLVED)
    statement = select(Mention).where(Mention.id.in_(cosines), dealt, Mention.status != Status.GONE)
    found = session.scalars(statement.options(joinedload(Mention.author), joinedload(Mention.brand))).all()
    shown = sorted(found, key=lambda one: -cosines[one.id])[:SHOWN]
    replies, outcomes = of_mentions(session, Reply, shown), of_mentions(session, Outcome, shown)
    return [
        Past(one, cosines[one.id], replies.get(one.id, []), outcomes[one.id][-1] if one.id in outcomes else None)
        for one in shown
    ]


def of_mentions(session: Session, table: Any, mentions: Sequence[Mention]) -> dict[int, list[Any]]:
    """What hangs on each of the mentions, oldest first."""
    statement = select(table).where(table.mention_id.in_([one.id for one in mentions])).order_by(table.id)
    rows: dict[int, list[Any]] = {}
    for row in session.scalars(statement.options(joinedload(table.user))):
        rows.setdefault(row.mention_id, []).append(row)
    return rows
