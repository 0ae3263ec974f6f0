"""One seed of chaos on one source: posts come, change and go, requests fail, the desk dies, days pass; then calm."""

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from monitor.models import Mention
from monitor.store import Store
from monitor.words import FeedState, Status
from tests.benchmarks.mortal import Desk
from tests.benchmarks.verdict import Verdict, choose_answered, count_least, judge
from tests.benchmarks.world import World
from tests.platforms import Platforms
from tests.sources.rows import ROWS, Row

STEPS = 6
BURSTS = {0: 30, 1: 20, 2: 15, 5: 15, 20: 10, 130: 2}  # posts between two polls → how often
STIRRED = 0.02  # of the moments between two statements, the world moves in this many
KILLED = 0.3  # of all polls
LONGEST_LIFE = 40  # statements; a poll of one page makes about twenty
AWAY = 0.01  # of all steps, the desk is off for longer than platforms keep things
CALM_POLLS = 12
PATIENCE = 3  # times that all re-checks are gone through in the calm
# Late posts have appeared after the first; after the second, the sources that go by numbers of answers have read all of
# them once more, because an answer that came while another went leaves a number as it was.
CALM = (timedelta(hours=2), timedelta(days=1))


def list_rows(platforms: Platforms) -> list[Row]:
    """The sources on which the storm can make posts."""
    return [row for row in ROWS if row.post and row.name in platforms.all]


class Ground:
    """One database file, as new for every seed: migrating each anew would take longer than the seed."""

    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "desk.db", folder / "template.db"
        first = Store(f"sqlite:///{self.template}")
        first.ensure()
        first.close()
        self.store = Store(f"sqlite:///{self.file}")

    def clear(self) -> Store:
        self.store.close()
        for file in self.file.parent.glob("desk.db*"):
            file.unlink()
        shutil.copy(self.template, self.file)
        return self.store


class Storm:
    """A world, a desk that watches it, and what the desk's requests came to where they are `counted`."""

    counted = True

    def __init__(self, row: Row, platforms: Platforms, seed: int, store: Store) -> None:
        platforms.reset()
        self.dice = Random(f"{row.name} {seed}")
        self.world = World(row, platforms, self.dice)
        self.desk = Desk(row, platforms, store, self._maybe_stir)
        self.clock, self.requests, self.least = platforms.clock, 0, 0
        self.raging = True

    def _maybe_stir(self) -> None:
        if self.raging and self.dice.random() < STIRRED:
            self.world.stir()

    def rage(self) -> None:
        for _ in range(STEPS):
            self.world.post(self.dice.choices(list(BURSTS), list(BURSTS.values()))[0])
            if self.dice.random() < 0.5:
                self.world.change_one()
            self.world.break_requests()
            self._poll(self._draw_death())
            if self.dice.random() < 0.3:
                self.desk.recheck(self._draw_death())
            self.clock.advance(days=8) if self.dice.random() < AWAY else self.clock.advance(self.dice.uniform(1, 90))

    def _draw_death(self) -> int | None:
        return self.dice.randint(0, LONGEST_LIFE) if self.dice.random() < KILLED else None

    def _poll(self, dies_after: int | None = None) -> bool:
        """One poll, its requests counted against the least; whether it read without trouble."""
        before, known = len(self.world.platform.requests), self._count()
        polled = self.desk.poll(dies_after)
        answered = choose_answered(self.world.platform.requests[before:])
        self.requests += len(answered)
        self.least += count_least(self.world.row.name, answered, self._count() - known)
        return polled is not None and polled.state == FeedState.READING and not polled.reason

    def _count(self) -> int:
        with self.desk.store.read() as session:
            return session.scalar(select(func.count(Mention.id))) or 0

    def calm(self) -> None:
        """Nothing fails any more: late posts appear, closed doors are tried again, all is read and checked."""
        self.raging = False
        self.world.mend()
        for wait in CALM:
            self.clock.advance(wait.total_seconds())
            self._read_all()
        check_all(self.desk)

    def _read_all(self) -> None:
        for _ in range(CALM_POLLS):
            known = self._count()
            if self._poll() and self._count() == known:
                return
            self.clock.advance(minutes=11)


def check_all(desk: Desk) -> None:
    """Let time pass until the desk has asked once more about every mention that it means to ask about again."""
    with desk.store.read() as session:
        last = session.scalar(select(func.max(Mention.recheck_at)).where(Mention.status != Status.GONE))
    if last:
        desk.platforms.clock.advance(max((last - desk.platforms.clock.now()).total_seconds(), 0) + 1)
    for _ in range(PATIENCE):  # on a busy machine the fake may take longer than the client waits
        while desk.recheck():
            pass


def run_seed(
    row: Row, platforms: Platforms, seed: int, ground: Ground, kind: type[Storm] = Storm
) -> tuple[Verdict, list[str]]:
    """The verdict on one source after one seed, and the tracebacks of what crashed."""
    storm = kind(row, platforms, seed, ground.clear())
    try:
        storm.rage()
        storm.calm()
    finally:
        storm.desk.fate.part()
    found = judge(storm.world, storm.desk)
    if storm.counted:
        found.requests, found.least = storm.requests, storm.least
    return found, storm.desk.crashes
