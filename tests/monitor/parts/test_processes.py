"""One board, two schedulers and two workers on one PostgreSQL: together they do everything, and nothing twice."""

import json
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from monitor.models import Activity, Judging, Lease, Mention, Part
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention
from tests.monitor.parts.conftest import Start, end_all
from tests.monitor.test_cli import free_port
from tests.replying import Answering

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(3_000)]
WAITING = 80  # more than one takes at a time


def wait_for(condition: Callable[[], object], seconds: float = 600) -> None:
    """Five programs start at once, perhaps on a machine that has other things to do; then that takes minutes."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def kinds(store: Store) -> dict[str, int]:
    with store.read() as session:
        return dict(Counter(session.scalars(select(Part.kind))))


def planner(store: Store) -> int | None:
    """The process that plans."""
    with store.read() as session:
        return session.scalar(select(Part.pid).join(Lease, Lease.part_id == Part.id).where(Lease.until > func.now()))


def write_posts(store: Store, number: int = WAITING) -> None:
    with store.write() as session:
        for one in range(number):
            make_mention(session, f"my bag did not come, number {one}", urgency=None)


def are_all_judged(store: Store) -> bool:
    with store.read() as session:
        return not session.scalar(select(func.count(Mention.id)).where(Mention.judged_at.is_(None)))


def judged(store: Store) -> Counter[int]:
    """How often each mention was judged."""
    with store.read() as session:
        found = session.scalars(select(Activity.mention_id).where(Activity.happened == Happened.JUDGED))
        return Counter(one for one in found if one)


def texts(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Mention.text)))


def health(port: int) -> dict[str, object]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            body: dict[str, object] = json.load(answer)
            return body
    except URLError:
        return {}


@pytest.fixture
def desk(start: Start, answering: Answering) -> dict[str, list[BaseProcess]]:
    """All five, alive; six answers wait to be sent, and posts to be judged."""
    for number in range(6):
        answering.send(answering.collect("bluesky", f"where is my bag {number}? aurora air"), f"We look for {number}.")
    write_posts(answering.store)
    port = free_port()
    started = {
        "worker": [start("worker"), start("worker")],
        "scheduler": [start("scheduler"), start("scheduler")],
        "web": [start("web", "--port", str(port))],
    }
    wait_for(lambda: kinds(answering.store) == {"worker": 2, "scheduler": 2, "web": 1})
    wait_for(lambda: health(port).get("parts") == {"worker": 2, "scheduler": 2, "web": 1})
    return started


def test_together_they_do_everything_once_and_go_on_when_one_is_killed(
    desk: dict[str, list[BaseProcess]], answering: Answering
) -> None:
    store = answering.store
    wait_for(lambda: are_all_judged(store) and len(answering.sent("bluesky")) == 6)
    assert sorted(answering.sent("bluesky")) == [f"We look for {number}." for number in range(6)]
    assert set(judged(store).values()) == {1}
    wait_for(lambda: said_by_workers(store) >= len(judged(store)))

    killed = kill_the_planner(desk["scheduler"], store)
    answering.platforms.bluesky.post("aurora air, the other one reads this")
    wait_for(lambda: "aurora air, the other one reads this" in texts(store))
    assert planner(store) not in (None, killed)

    write_posts(store)
    wait_for(lambda: is_under_way(store))
    desk["worker"].pop().kill()
    wait_for(lambda: are_all_judged(store))
    assert set(judged(store).values()) == {1}

    wait_for(lambda: kinds(store) == {kind: len(part) for kind, part in desk.items()})  # it is missed
    left = [process for part in desk.values() for process in part]
    assert end_all(left) == [0] * 3
    assert kinds(store) == {}
    with store.read() as session:
        assert session.scalars(select(Judging.mention_id)).all() == []


def said_by_workers(store: Store) -> int:
    """How many they say that they judged; one that was held up for long, and taken for dead, did so for nothing."""
    with store.read() as session:
        return sum(part.counts.get("judged", 0) for part in session.scalars(select(Part)))


def is_under_way(store: Store) -> bool:
    with store.read() as session:
        return bool(session.scalar(select(func.count(Judging.mention_id))))


def kill_the_planner(schedulers: list[BaseProcess], store: Store) -> int:
    wait_for(lambda: planner(store))
    pid = planner(store)
    (active,) = [process for process in schedulers if process.pid == pid]
    schedulers.remove(active)
    active.kill()
    active.join()
    return pid or 0
