"""What people write, under kill -9: `python -m tests.benchmarks.writes --kills 2000 --json` prints `lost, doubled`.

Drafts, notes, replies with a promise in them, promises, and outcomes are written through the API to a real server, a
process that is killed at a step chosen at random: before a statement or commit of its own, or after the last of them,
before its answer leaves. Whoever wrote sends the same request again, with the same Idempotency-Key, until it is
answered; other processes die too. Then the store is counted: each thing must be there once. With `--postgresql` on a
PostgreSQL of its own.
"""

import argparse
import http.client
import json
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select

from monitor import desk, users
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.models import Activity, Draft, Note, Outcome, Promise, Reply, User
from monitor.settings import Settings
from monitor.store import Store
from tests.benchmarks.clerk import Shift, serve
from tests.benchmarks.stores import throwaway
from tests.factories import make_mention, make_user

STATEMENTS = 30  # about what one of these writes takes; processes that take fewer live
SILENT = 0.3  # how often it is the answer that is lost
SECOND_KILL = 0.3
PROMISING = "Hi Dana, I will get back to you by Friday noon"


@dataclass
class Score:
    """`lost`: answered and not there. `doubled`: there more than once."""

    kills: int = 0
    writes: int = 0
    lost: int = 0
    doubled: int = 0
    deeds_lost: int = 0  # written, and not in the audit trail as often as they were done
    deeds_doubled: int = 0


@dataclass(frozen=True)
class Kind:
    """One kind of write: its path and body, and how often what it wrote is in the store."""

    name: str
    path: str
    body: Callable[[str], dict[str, Any]]
    find: Callable[[str], Any]
    happened: str  # the line of the trail that goes with it; "" where none does


KINDS = (
    Kind(
        "draft", "draft", lambda text: {"reply": text}, lambda text: select(func.count()).where(Draft.reply == text), ""
    ),
    Kind(
        "note",
        "notes",
        lambda text: {"text": text},
        lambda text: select(func.count()).where(Note.text == text),
        "noted",
    ),
    Kind(
        "reply",
        "replies",
        lambda text: {"text": f"{PROMISING}, {text}."},
        lambda text: select(func.count()).where(Reply.text == f"{PROMISING}, {text}."),
        "replied",
    ),
    Kind(
        "promise",
        "promises",
        lambda text: {"text": f"call her by Friday, {text}"},
        lambda text: select(func.count()).where(Promise.text == f"call her by Friday, {text}"),
        "promised",
    ),
    Kind(
        "outcome",
        "resolve",
        lambda text: {"outcome": "solved", "reason": text},
        lambda text: select(func.count()).where(Outcome.reason == text),
        "resolved",
    ),
)


class Trial:
    """One desk whose servers die."""

    def __init__(self, settings: Settings, nursery: Any, dice: Random) -> None:
        self.settings, self.nursery, self.dice, self.score = settings, nursery, dice, Score()
        self.store = Store(settings.store_url)
        self.store.ensure()
        self.by_kind: Counter[str] = Counter()
        with self.store.write() as session:
            sync_settings(session, settings, utcnow())
            self.ana_id = make_user(session, f"Ana {dice.randrange(10**9)}").id
            self.token = users.make_api_token(session, session.get_one(User, self.ana_id), "kills", utcnow())

    def run(self, kills: int) -> Score:
        while self.score.kills < kills:
            self.write_once(KINDS[self.score.writes % len(KINDS)])
        return self.score

    def write_once(self, kind: Kind) -> None:
        """One write, sent until it is answered; then it is counted."""
        text = f"{kind.name} {self.score.writes}"
        with self.store.write() as session:
            mention_id = make_mention(session).id
            desk.claim(session, mention_id, session.get_one(User, self.ana_id), utcnow())
        before = self.count_lines(mention_id, kind)
        answered = self.ask(mention_id, kind, text, self.draw())
        while not answered and self.dice.random() < SECOND_KILL:
            answered = self.ask(mention_id, kind, text, self.draw())
        if not answered and not self.ask(mention_id, kind, text, Shift(self.settings)):
            raise RuntimeError(f"A server that was let live did not answer a {kind.name}.")
        self.count(kind, text, self.count_lines(mention_id, kind) - before)

    def draw(self) -> Shift:
        if self.dice.random() < SILENT:
            return Shift(self.settings, silent=True)
        return Shift(self.settings, statement=self.dice.randrange(STATEMENTS))

    def ask(self, mention_id: int, kind: Kind, text: str, shift: Shift) -> bool:
        """Send the request to a new server; whether it was answered."""
        here, there = self.nursery.Pipe()
        child = self.nursery.Process(target=serve, args=(shift, there))
        child.start()
        there.close()  # so that its death is seen here
        try:
            return self.post(here.recv(), f"/api/v1/mentions/{mention_id}/{kind.path}", kind.body(text), f"key {text}")
        except EOFError:
            return False
        finally:
            child.join()
            if child.exitcode not in (0, -signal.SIGKILL):
                raise RuntimeError(f"A server ended by itself with {child.exitcode}.")
            self.score.kills += child.exitcode == -signal.SIGKILL

    def post(self, port: int, path: str, body: dict[str, Any], key: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path} was answered with {answer.status}: {said[:300]!r}")
        return True

    def count_lines(self, mention_id: int, kind: Kind) -> int:
        with self.store.read() as session:
            theirs = (Activity.mention_id == mention_id, Activity.happened == kind.happened)
            return session.scalar(select(func.count(Activity.id)).where(*theirs)) or 0

    def count(self, kind: Kind, text: str, lines: int) -> None:
        with self.store.read() as session:
            found = session.scalar(kind.find(text)) or 0
        due = 1 if kind.happened else 0
        self.score.writes += 1
        self.score.lost += found == 0
        self.score.doubled += found > 1
        self.score.deeds_lost += lines < due
        self.score.deeds_doubled += lines > due
        self.by_kind[kind.name] += 1


def open_nursery() -> Any:
    """Processes are forked from one that has imported everything and runs no threads: a life costs little."""
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload(["tests.benchmarks.clerk"])
    return nursery


def make_settings(database: str) -> Settings:
    return Settings.model_validate({"brand": [{"name": "Aurora Air"}], "database_url": database})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--seed", default="writes")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own; else on SQLite")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with throwaway(given.postgresql) as address:
        trial = Trial(make_settings(address("desk")), open_nursery(), Random(given.seed))
        score = trial.run(given.kills)
        trial.store.close()
    shown = {**asdict(score), "by_kind": dict(trial.by_kind)}
    print(json.dumps(shown) if given.json else shown)
    wrong = score.lost + score.doubled + score.deeds_lost + score.deeds_doubled
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
