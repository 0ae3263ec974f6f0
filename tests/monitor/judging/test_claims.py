"""Many parts judge one queue: each mention once, and what a dead one had goes to the others."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from classifier.judgement import Judgement
from monitor.clock import utcnow
from monitor.judging.claims import claim, find_free, let_go
from monitor.judging.triage import triage_batch
from monitor.models import Judging
from monitor.parts import roll
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.monitor.judges import PlainJudge
from tests.monitor.parts.test_roll import enter

POSTS = 120
LATER = timedelta(hours=1)  # parts that are alive for as long as a slow machine may take


class Counting(PlainJudge):
    """Remembers what it judged; the first time it waits until another judges too."""

    def __init__(self, together: Barrier) -> None:
        super().__init__()
        self.together: Barrier | None = together
        self.seen: list[str] = []

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        if self.together:
            self.together.wait(60)
        self.together = None
        self.seen += texts
        return super().judge(texts)


class Broken(PlainJudge):
    """Ends as no text can end it: as when the store goes away in the middle."""

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        raise KeyboardInterrupt


def write_posts(store: Store, number: int) -> list[int]:
    with store.write() as session:
        return [make_mention(session, f"post {one}", urgency=None).id for one in range(number)]


def free(store: Store, part_id: str, now: datetime) -> set[int]:
    with store.read() as session:
        return set(find_free(session, part_id, 1_000, now))


def take(store: Store, mention_ids: Sequence[int], part_id: str, now: datetime) -> list[int]:
    with store.write() as session:
        return sorted(claim(session, mention_ids, part_id, now))


def test_two_that_judge_at_once_judge_each_post_once(any_store: Store, settings: Settings) -> None:
    write_posts(any_store, POSTS)
    together = Barrier(2)
    judges = [Counting(together), Counting(together)]
    parts = [enter(any_store, utcnow() + LATER) for _ in judges]

    def work(number: int) -> None:
        while triage_batch(any_store, judges[number], settings, utcnow(), size=16, part_id=parts[number]):
            pass

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    judged = Counter(judges[0].seen + judges[1].seen)
    assert (len(judged), set(judged.values())) == (POSTS, {1})
    assert min(len(judge.seen) for judge in judges) >= 16
    with any_store.read() as session:
        assert session.scalars(select(Judging.mention_id)).all() == []


def test_what_one_has_no_other_takes_until_it_is_dead(any_store: Store) -> None:
    now = utcnow()
    ids = write_posts(any_store, 3)
    first, second = enter(any_store, now + LATER), enter(any_store, now + LATER)
    assert take(any_store, ids[:2], first, now) == ids[:2]
    assert free(any_store, second, now) == {ids[2]}
    assert take(any_store, ids, second, now) == [ids[2]]
    with any_store.write() as session:
        roll.leave(session, [first], now)
    assert free(any_store, second, now) == set(ids)
    assert take(any_store, ids, second, now) == ids


def test_what_broke_off_is_taken_up_again_by_the_same_part(any_store: Store, settings: Settings) -> None:
    now = utcnow()
    (id,) = write_posts(any_store, 1)
    part = enter(any_store, now + LATER)
    with pytest.raises(KeyboardInterrupt):
        triage_batch(any_store, Broken(), settings, now, part_id=part)
    assert free(any_store, "another", now) == set()
    assert free(any_store, part, now) == {id}
    assert triage_batch(any_store, PlainJudge(), settings, now, part_id=part) == 1


def test_what_nobody_has_is_anybodys(any_store: Store) -> None:
    """As for a command that judges and ends."""
    now = utcnow()
    ids = write_posts(any_store, 1)
    assert take(any_store, ids, "", now) == ids
    assert free(any_store, "another", now) == set(ids)
    with any_store.write() as session:
        let_go(session, ids)
        assert session.scalars(select(Judging.mention_id)).all() == []
