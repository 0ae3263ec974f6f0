"""What is like a mention: found at once, kept up with what is judged, edited and deleted."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.live.trail import Trail
from monitor.models import Embedding, Mention
from monitor.similar import Nearest, Shelf, compare, similar_past
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention


def embed(session: Session, mention: Mention, *numbers: float, now: datetime, model: str = "m 1") -> None:
    """As the triage does: the old one goes, and the trail says so."""
    session.execute(delete(Embedding).where(Embedding.mention_id == mention.id))
    vector = np.array(numbers, np.float16).tobytes()
    session.add(Embedding(mention_id=mention.id, model=model, vector=vector))
    record(session, Happened.JUDGED, now, mention_id=mention.id)
    session.flush()


def test_cosines_are_those_of_the_kept_vectors() -> None:
    random = np.random.default_rng(7)
    vectors = (random.standard_normal((20_000, 48)) * random.uniform(0.01, 30, (20_000, 1))).astype(np.float16)
    shelf = Shelf("m 1", 48, Trail(0), room=4)
    for number, vector in enumerate(vectors):
        shelf.put(number, 1, vector.tobytes())
    found = compare(shelf.vectors[: shelf.size], shelf.scales[: shelf.size], vectors[5].tobytes())
    exact = vectors.astype(np.float64)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    assert shelf.size == 20_000
    assert np.abs(found - exact @ exact[5]).max() < 0.01


@pytest.mark.parametrize("vector", [np.zeros(3), np.array([np.nan, 1, 0]), np.array([np.inf, 1, 0]), np.ones(4)])
def test_what_is_no_direction_is_passed_over(vector: np.ndarray) -> None:
    shelf = Shelf("m 1", 3, Trail(0))
    shelf.put(1, 1, vector.astype(np.float16).tobytes())
    assert shelf.size == 0


def test_the_nearest_of_the_brand_come_first(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        own, near, far, other = (
            make_mention(session, brand=brand) for brand in ("Aurora Air", "Aurora Air", "Aurora Air", "Borealis")
        )
        embed(session, own, 1, 0, 0, now=now)
        embed(session, near, 1, 0.2, 0, now=now)
        embed(session, far, 0, 1, 0, now=now)
        embed(session, other, 1, 0, 0, now=now)
        embed(session, make_mention(session), 1, 0, 0, now=now, model="m 2")
        found = Nearest().find(session, own, now, 10)
    assert [id_ for id_, _ in found] == [near.id, far.id]
    assert [round(cosine, 2) for _, cosine in found] == [0.98, 0.0]


def test_it_keeps_up_with_what_happens(any_store: Store, now: datetime) -> None:
    nearest = Nearest()
    with any_store.write() as session:
        own, one, two = (make_mention(session) for _ in range(3))
        embed(session, own, 1, 0, 0, now=now)
        embed(session, one, 1, 0.1, 0, now=now)

    def found() -> list[int]:
        with any_store.read() as session:
            return [id_ for id_, _ in nearest.find(session, own, now, 10)]

    assert found() == [one.id]
    with any_store.write() as session:
        embed(session, two, 1, 0, 0, now=now)
        embed(session, one, 0, 1, 0, now=now)  # edited and judged again
    assert found() == [two.id, one.id]
    with any_store.write() as session:
        session.execute(delete(Embedding).where(Embedding.mention_id == two.id))
        record(session, Happened.GONE, now, mention_id=two.id)
    assert found() == [one.id]
    with any_store.write() as session:
        embed(session, own, 1, 0, 0, now=now, model="m 2")
        embed(session, two, 1, 0, 0, now=now, model="m 2")
    assert found() == [two.id]


def test_only_what_was_dealt_with_is_shown(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        own, waiting = make_mention(session), make_mention(session)
        answered = make_mention(session, first_reply_at=now - timedelta(minutes=1))
        unlike = make_mention(session, first_reply_at=now)
        for mention, numbers in ((own, (1, 0)), (waiting, (1, 0)), (answered, (1, 0.3)), (unlike, (0, 1))):
            embed(session, mention, *numbers, now=now)
        found = similar_past(session, Nearest(), own, 0.75, now)
        assert [past.mention.id for past in found] == [answered.id]
        assert similar_past(session, Nearest(), own, 0.99, now) == []
        assert similar_past(session, Nearest(), make_mention(session), 0.75, now) == []
