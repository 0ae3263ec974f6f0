"""What open boards are told: rows that changed, mentions that came, counts, who is here; made once for all."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from monitor import queries
from monitor.live.reader import News
from monitor.live.trail import Line
from monitor.models import Escalation, Mention
from monitor.queries import QueueFilter
from monitor.teamwork.memos import TELLING, is_told
from monitor.words import Happened, Status
from web.board.filters import VIEWS
from web.board.rows import queue_row
from web.context import here, this_moment
from web.translations import language_code
from web.words.figures import say_counted

NOBODY = 0  # for whom shared rows are drawn; the browser adds who is looking
ROWS_AT_ONCE = 60  # more changed rows than this are asked for by whoever shows them
# By what a mention comes into a part of the queue, apart from being written there.
ARRIVALS = frozenset({Happened.COLLECTED, Happened.SHOWN, Happened.WOKEN, Happened.REOPENED, Happened.UNDONE})
CHANGES_OF = {
    "assignee": {Happened.CLAIMED, Happened.TAKEN_OVER, Happened.RELEASED, Happened.ASSIGNED, Happened.HANDED_BACK}
    | {Happened.HANDED_OVER},
    "label": {Happened.JUDGED, Happened.RELABELLED},
    "status": {Happened.SNOOZED, Happened.RESOLVED, Happened.GONE, Happened.ERASED},
}


@dataclass(frozen=True)
class Message:
    """One server-sent event."""

    event: str
    data: str  # JSON
    position: int

    def write(self) -> str:
        return f"id: {self.position}\nevent: {self.event}\ndata: {self.data}\n\n"


@dataclass(frozen=True)
class Screen:
    """One open board: whose, and which part of the queue it shows."""

    user_id: int
    wanted: QueueFilter


def tell_news(screen: Screen, news: News) -> list[Message]:
    """The messages of one batch of news for one screen."""
    data = here().made.once((news, screen.wanted, language_code()), lambda: write_changes(screen.wanted, news))
    messages = [Message("changed", data, news.position)]
    telling = [line.id for line in news.lines if line.happened in TELLING]
    if telling:
        with here().store.read() as db:
            if is_told(db, screen.user_id, telling):
                messages.append(Message("memos", "{}", news.position))
    return messages


def write_changes(wanted: QueueFilter, news: News) -> str:
    """The `changed` message: `{"rows": {id: html}, "ask": [id], "fresh": [id], "lines": [[line, mention, user]]}`."""
    ids = list(dict.fromkeys(line.mention_id for line in news.lines if line.mention_id))
    few = len(ids) <= ROWS_AT_ONCE
    with here().store.read() as db:
        rows = here().made.once((news, language_code()), lambda: draw_rows(db, ids)) if few else {}
        fresh = find_fresh(db, wanted, news.lines, this_moment())
    lines = [[line.id, line.mention_id, line.user_id] for line in news.lines if line.mention_id]
    return json.dumps({"rows": rows, "ask": [] if few else ids, "fresh": fresh, "lines": lines if few else []})


def draw_rows(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """Rows of the queue as everybody sees them."""
    loaded = (joinedload(one) for one in (Mention.author, Mention.assignee, Mention.brand))
    escalated = joinedload(Mention.escalation).joinedload(Escalation.taken_by)
    mentions = db.scalars(select(Mention).where(Mention.id.in_(ids)).options(*loaded, escalated)).all()
    return {one.id: queue_row(one, {}, NOBODY) for one in mentions}


def find_fresh(db: Session, wanted: QueueFilter, lines: Iterable[Line], now: datetime) -> list[int]:
    """The mentions that came into this part of the queue by what happened."""
    entrances = {str(happened) for happened in entrances_to(wanted)}
    came = {line.mention_id for line in lines if line.mention_id and line.happened in entrances}
    return queries.fitting(db, wanted, sorted(came), now) if came else []


def entrances_to(wanted: QueueFilter) -> set[Happened]:
    """By which events a mention that was elsewhere comes into a part of the queue."""
    found = set(ARRIVALS)
    if wanted.assignee != "":
        found |= CHANGES_OF["assignee"]
    if wanted.urgency or wanted.sentiment or wanted.need or wanted.abuse is not None:
        found |= CHANGES_OF["label"]
    if wanted.status != Status.OPEN:
        found |= CHANGES_OF["status"]
    return found


def tell_counts(screen: Screen, position: int, since: float) -> Message | None:
    """The `counts` message, `{view: number}` as people write numbers; None where it is too early to count again.

    What was counted after `since`, a moment of the monotonic clock, serves every board.
    """
    brand = screen.wanted.brand
    found = here().made.since(("counts", brand), since, lambda: count_for_all(brand))
    if found is None:
        return None
    shared, held = found
    return write_counts({**shared, "mine": held.get(screen.user_id, 0)}, position)


def count_for_all(brand: str) -> tuple[dict[str, int], dict[int, int]]:
    """What each view holds, and what everybody does."""
    now = this_moment()
    with here().store.read() as db:
        return queries.view_counts(db, 0, now, brand), queries.count_held(db, now, brand)


def count_now(screen: Screen, position: int) -> Message:
    """The `counts` message for a board that asks seldom."""
    with here().store.read() as db:
        return write_counts(queries.view_counts(db, screen.user_id, this_moment(), screen.wanted.brand), position)


def write_counts(found: Mapping[str, int], position: int) -> Message:
    shown = {view.key: say_counted(found[view.key]) for view in VIEWS}
    return Message("counts", json.dumps(shown), position)


def tell_present(position: int) -> Message:
    """The `present` message: `{mention: [[user, name, "reading" | "writing"]]}`."""
    people = here().live.presence.at_mentions(this_moment())
    told = {mention: [[one.user_id, one.name, one.doing] for one in found] for mention, found in people.items()}
    return Message("present", json.dumps(told), position)
