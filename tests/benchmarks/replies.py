"""Answers under kill -9: `python -m tests.benchmarks.replies --kills 2000 --json` prints `sent, doubled, lost`.

For every reply a process of its own is forked, which sends what is due and is killed with SIGKILL at a step chosen at
random: before a statement or commit of its own; or by the platform, just before it takes the reply or just after, while
the answer is on its way. Others follow, some killed too, until one lives. Then the platform is asked what it has.
"""

import argparse
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from flask import Response, request

from monitor.clock import utcnow
from monitor.replies.sending import LEASE
from monitor.store import Store
from tests.benchmarks.sender import Order, live
from tests.benchmarks.stores import throwaway
from tests.platforms import Platforms
from tests.replying import NAMES, Answering, make_settings

STATEMENTS = 24  # about what sending one reply takes; processes that take fewer live
REQUESTS = 4
LIVES = 4  # processes that are let live, before a reply counts as lost
SETTLED = ("sent", "unknown", "failed")
SECOND_KILL = 0.3  # how often the process that follows is killed too


@dataclass
class Score:
    """What came of the replies to one platform. `lost`: neither in public nor before a person."""

    kills: int = 0
    sent: int = 0
    doubled: int = 0
    lost: int = 0
    in_doubt: int = 0  # left to a person, because nobody could tell


@dataclass(frozen=True)
class Death:
    """When a process dies: at its own statement of this number, or at its request of this number."""

    statement: int = -1
    request: int = -1
    taken: bool = False  # only after the platform has done what it was asked


def draw(dice: Random) -> Death:
    if dice.random() < 0.5:
        return Death(statement=dice.randrange(STATEMENTS))
    return Death(request=dice.randrange(REQUESTS), taken=dice.random() < 0.6)


class Reaper:
    """The platform's side: kills the process whose request has come, before it is handled or after."""

    def __init__(self, platforms: Platforms) -> None:
        self.pid, self.death, self.seen = 0, Death(), 0
        app = platforms.app
        app.before_request(self.before)
        app.after_request(self.after)

    def aim(self, pid: int, death: Death) -> None:
        self.pid, self.death, self.seen = pid, death, 0

    def before(self) -> None:
        if self.death.request == self.seen and not self.death.taken:
            self.kill()

    def after(self, answer: Response) -> Response:
        if self.death.request == self.seen and self.death.taken:
            self.kill()
        self.seen += 1
        return answer

    def kill(self) -> None:
        if self.pid and not request.path.startswith("/control"):
            os.kill(self.pid, signal.SIGKILL)


class Trial:
    """One desk on one platform, whose senders die."""

    def __init__(self, name: str, database: str, platforms: Platforms, nursery: Any, seed: str) -> None:
        self.name, self.platforms, self.nursery = name, platforms, nursery
        self.dice, self.score = Random(seed), Score()
        self.reaper = Reaper(platforms)
        settings = make_settings(platforms, database)
        store = Store(settings.store_url)
        store.ensure()
        self.desk = Answering(store, platforms, settings, utcnow())

    def run(self, kills: int, tell: Callable[[], object]) -> Score:
        while self.score.kills < kills:
            self.answer_once()
            tell()
        return self.score

    def answer_once(self) -> None:
        """One reply, its senders killed once or more often, and at last one that lives."""
        self.desk.now = self.platforms.clock.now()
        number = len(self.desk.sent(self.name)) + self.score.lost
        text = f"Hi Dana, your bag {self.score.kills}-{number} is on its way: https://auroraair.example/{number}"
        reply_id = self.desk.send(self.desk.collect(self.name), text)
        self.send(draw(self.dice))
        while self.dice.random() < SECOND_KILL:
            self.send(draw(self.dice))
        for _ in range(LIVES):
            if self.desk.reply(reply_id).state not in SETTLED:
                self.send(Death())
        self.count(reply_id, text)

    def send(self, death: Death) -> None:
        """Let a process send what is due, and time pass after it: the lease of the dead runs out."""
        self.platforms.bluesky.signed_in.clear()  # processes that live longer sign in once
        ahead = self.platforms.clock.now() - utcnow()
        order = Order(self.desk.settings, self.desk.environment, ahead, death.statement)
        here, there = self.nursery.Pipe()
        child = self.nursery.Process(target=live, args=(order, there))
        child.start()
        self.reaper.aim(child.pid or 0, death)
        here.send("go")
        child.join()
        self.reaper.aim(0, Death())
        if child.exitcode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"A sender ended by itself with {child.exitcode}.")
        self.score.kills += child.exitcode == -signal.SIGKILL
        self.platforms.clock.advance(LEASE.total_seconds() + self.dice.choice((1, 60, 7_200)))

    def count(self, reply_id: int, text: str) -> None:
        found = self.desk.sent(self.name).count(text)
        state = self.desk.reply(reply_id).state
        self.score.sent += found > 0
        self.score.doubled += max(found - 1, 0)
        self.score.in_doubt += state == "unknown"
        self.score.lost += (found == 0 and state not in ("unknown", "failed")) or (
            found > 0 and state not in ("sent", "unknown")
        )


def open_nursery() -> Any:
    """Processes are forked from one that has imported everything and runs no threads: a life costs milliseconds."""
    nursery = multiprocessing.get_context("forkserver")
    sources = [f"sources.{name}" for name in NAMES]
    nursery.set_forkserver_preload(["tests.benchmarks.sender", "tests.platforms", "tests.replying", *sources])
    return nursery


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2_000, help="in all, shared by the platforms")
    parser.add_argument("--seed", default="replies")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own; else on SQLite")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    scores: dict[str, Score] = {}
    nursery = open_nursery()
    with throwaway(given.postgresql) as address:
        for name in NAMES:
            with Platforms() as platforms:
                trial = Trial(name, address(name), platforms, nursery, f"{given.seed} {name}")
                scores[name] = trial.run(given.kills // len(NAMES), lambda: None)
                trial.desk.store.close()
            if not given.json:
                print(name, scores[name], flush=True)
    total = {key: sum(asdict(score)[key] for score in scores.values()) for key in asdict(Score())}
    if given.json:
        print(json.dumps({**total, "platforms": {name: asdict(score) for name, score in scores.items()}}))
    raise SystemExit(1 if total["doubled"] or total["lost"] else 0)


if __name__ == "__main__":
    main()
