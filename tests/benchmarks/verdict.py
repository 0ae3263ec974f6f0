"""What one seed did to the desk's account of the world: the platform's truth held against the store."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.models import Edition, Feed, Gap, Mention
from monitor.words import Status
from sources.base import Capability
from sources.registry import source_class
from tests.benchmarks.mortal import Desk
from tests.benchmarks.world import World, Written
from tests.platforms.platform import Request

NUMBER = re.compile(r"number (\d+) edition")
EDGE = timedelta(seconds=2)  # platforms that tell whole seconds
LARGEST_PAGE = {"mastodon": 40, "hackernews": 1_000, "rss": 1_000_000}  # posts that one request can bring at most
USUAL_PAGE = 100


@dataclass
class Verdict:
    """What became of the posts: `posted` = `stored` + `withdrawn` + `told` + `lost`."""

    posted: int = 0
    stored: int = 0
    withdrawn: int = 0  # deleted before any poll could see them
    told: int = 0  # not stored, but in a window that the desk shows as a gap
    lost: int = 0  # they stand, are not stored, and no gap says so
    doubled: int = 0
    unpurged: int = 0
    stale: int = 0  # stored in an older edition than the one that stands
    hidden_gaps: int = 0
    shown_gaps: int = 0
    unfinished: int = 0  # seeds after which the feed did not read again
    crashed: int = 0  # polls and re-checks that ended in an error of our own
    requests: int = 0
    least: int = 0

    def __iadd__(self, other: "Verdict") -> "Verdict":
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = asdict(self)
        shown["requests_per_mention"] = round(self.requests / self.least, 3) if self.least else None
        return shown


def judge(world: World, desk: Desk) -> Verdict:
    """The account of one seed, but for its requests."""
    with desk.store.read() as session:
        rows = list(session.scalars(select(Mention)))
        gaps = list(session.scalars(select(Gap).where(Gap.closed_at.is_(None))))
        state = session.get_one(Feed, desk.feed_id).state
        editions = read_editions(session)
    numbers = {id: written.number for id, written in world.posts.items()}
    by_number = {find_number(row, editions, numbers): row for row in rows}
    missing = [each for each in world.posts.values() if each.number not in by_number and each.standing]
    lost = [each for each in missing if not is_told(each, gaps, desk.noted)]
    stored = sum(each.number in by_number for each in world.posts.values())
    return Verdict(
        posted=len(world.posts),
        stored=stored,
        withdrawn=len(world.posts) - stored - len(missing),
        told=len(missing) - len(lost),
        lost=len(lost),
        doubled=len(rows) - stored,
        unpurged=count_unpurged(world, by_number, editions),
        stale=sum(is_stale(each, by_number.get(each.number)) for each in world.posts.values()),
        hidden_gaps=count_runs(each.number for each in lost),
        shown_gaps=len(gaps),
        unfinished=state != "reading",
        crashed=len(desk.crashes),
    )


def read_editions(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for edition in session.scalars(select(Edition)):
        found.setdefault(edition.mention_id, []).append(edition.text)
    return found


def find_number(row: Mention, editions: Mapping[int, list[str]], numbers: Mapping[str, int]) -> int | None:
    """Which post a mention is: by what it says; by its id where the text is purged."""
    said = NUMBER.search(" ".join([row.text, *editions.get(row.id, [])]))
    return int(said[1]) if said else numbers.get(row.root_post_id)


def is_told(written: Written, gaps: Iterable[Gap], noted: Mapping[int, datetime]) -> bool:
    """Whether an open gap owns up to this post. A gap without an end reaches to the moment when it was shown."""
    return any(
        (gap.since is None or gap.since - EDGE <= written.at) and written.at <= (gap.until or noted[gap.id]) + EDGE
        for gap in gaps
    )


def count_unpurged(world: World, by_number: Mapping[int | None, Mention], editions: Mapping[int, list[str]]) -> int:
    """Mentions of deleted posts that still say what was deleted, or who wrote it."""
    if Capability.RECHECK not in source_class(world.row.name).capabilities:
        return 0  # such a platform does not say what was deleted
    gone = [by_number[each.number] for each in world.posts.values() if not each.standing and each.number in by_number]
    return sum(not is_purged(row, editions.get(row.id, [])) for row in gone)


def is_purged(row: Mention, editions: list[str]) -> bool:
    return row.status == Status.GONE and not row.text and row.author_id is None and not any(editions)


def is_stale(written: Written, row: Mention | None) -> bool:
    return written.standing and row is not None and f"edition {written.edition} ends" not in row.text


def count_runs(numbers: Iterable[int]) -> int:
    """How many stretches of posts in a row: each is one gap."""
    runs, last = 0, -1
    for number in sorted(numbers):
        runs += number != last + 1
        last = number
    return runs


def count_least(source: str, answered: list[Request], stored: int) -> int:
    """The fewest requests that could have done a poll's work: each listing asked once, and once more for every further
    full page of mentions that were new. A poll that no request of was answered did none.
    """
    listings = len({request.path for request in answered})
    page = LARGEST_PAGE.get(source, USUAL_PAGE)
    return max(listings, 1) + max(ceil(stored / page) - 1, 0) if answered else 0


def choose_answered(requests: list[Request]) -> list[Request]:
    """The reads that the platform answered as asked; failed ones are nobody's waste, and signing in is not reading."""
    return [each for each in requests if each.method == "GET" and not each.fault and each.status < 400]
