"""The oracle runs, its account balances, and it would notice a desk that loses, doubles or keeps what it should not."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from monitor.collecting.streams import Listening
from monitor.models import Activity, Edition, Mention
from tests.benchmarks.hearing import HeardStorm, Scene
from tests.benchmarks.oracle import ALWAYS_ZERO, oracle
from tests.benchmarks.storm import Ground, Storm, list_rows
from tests.benchmarks.verdict import judge
from tests.platforms import Platforms
from tests.sources.rows import ROWS, Row


@pytest.fixture
def storm(platforms: Platforms, tmp_path: Path) -> Iterator[Storm]:
    """A calm after a storm on X, with something deleted in it."""
    (row,) = [row for row in list_rows(platforms) if row.name == "x"]
    made = Storm(row, platforms, 3, Ground(tmp_path).clear())
    made.world.post(5)
    made.desk.poll()
    first = next(iter(made.world.posts))
    platforms.x.delete(first)
    made.world.posts[first].standing = False
    made.rage()
    made.calm()
    yield made
    made.desk.fate.part()
    made.desk.store.close()


@pytest.mark.parametrize("row", [row for row in ROWS if row.post], ids=lambda row: row.name)
def test_every_source_on_which_posts_can_be_made_is_in_the_storm(row: Row, platforms: Platforms) -> None:
    assert row in list_rows(platforms)


def test_the_desk_comes_through_a_seed() -> None:
    done = CliRunner().invoke(oracle, ["--seeds", "1", "--source", "x", "--source", "reddit", "--jobs", "1", "--json"])
    assert done.exit_code == 0, done.output
    account = json.loads(done.stdout)
    assert [account[name] for name in ALWAYS_ZERO] == [0] * len(ALWAYS_ZERO)
    assert account["posted"] > 0
    assert account["posted"] == account["stored"] + account["withdrawn"] + account["told"]
    assert set(account["sources"]) == {"x", "reddit"}


def test_the_desk_comes_through_a_seed_while_it_listens() -> None:
    chosen = ["--source", "x-stream", "--source", "bluesky-stream"]
    done = CliRunner().invoke(oracle, ["--seeds", "1", *chosen, "--jobs", "1", "--json"])
    assert done.exit_code == 0, done.output
    account = json.loads(done.stdout)
    assert [account[name] for name in ALWAYS_ZERO] == [0] * len(ALWAYS_ZERO)
    assert set(account["sources"]) == {"x-stream", "bluesky-stream"}
    assert all(found["stored"] for found in account["sources"].values())
    assert account["requests_per_mention"] is None


def test_a_desk_that_listens_stores_what_only_the_stream_brings(platforms: Platforms, tmp_path: Path) -> None:
    (row,) = [row for row in list_rows(platforms) if row.name == "x"]
    storm = HeardStorm(row, platforms, 0, Ground(tmp_path).clear())
    acts = [time.monotonic, time.monotonic, lambda: platforms.x.post("aurora air", late=3600), *[time.monotonic] * 9]
    storm.desk.reading = lambda *given: Listening(Scene(acts), *given)
    storm.desk.poll()
    storm.desk.fate.part()
    with storm.desk.store.read() as session:
        assert session.scalars(select(Mention.text)).all() == ["aurora air"]
    storm.desk.store.close()


def test_a_loss_is_noticed(storm: Storm) -> None:
    before = judge(storm.world, storm.desk)
    with storm.desk.store.write() as session:
        first = session.scalar(select(func.min(Mention.id)).where(Mention.status == "open"))
        for table in (Activity, Edition):
            session.execute(delete(table).where(table.mention_id == first))
        session.execute(delete(Mention).where(Mention.id == first))
    after = judge(storm.world, storm.desk)
    assert (before.lost, before.hidden_gaps) == (0, 0)
    assert (after.lost, after.hidden_gaps, after.stored) == (1, 1, before.stored - 1)


def test_a_double_is_noticed(storm: Storm) -> None:
    with storm.desk.store.write() as session:
        first = session.scalars(select(Mention).where(Mention.status == "open")).first()
        assert first
        columns = {column.name: getattr(first, column.name) for column in Mention.__table__.columns}
        session.add(Mention(**columns | {"id": None, "root_post_id": "another"}))
    assert judge(storm.world, storm.desk).doubled == 1


def test_a_purge_that_was_not_done_is_noticed(storm: Storm) -> None:
    with storm.desk.store.write() as session:
        session.execute(update(Mention).where(Mention.status == "gone").values(text="what was deleted"))
        gone = session.scalar(select(func.count(Mention.id)).where(Mention.status == "gone"))
    assert judge(storm.world, storm.desk).unpurged == gone != 0
