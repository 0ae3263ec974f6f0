"""Forgetting what is past its time, in small batches: a desk at work never waits long for one of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from monitor.activity import record
from monitor.models import Activity, IncidentLine, Memo, Mention, ThreadPost
from monitor.privacy.overdue import is_old_line, is_over, old_rows, was_read_long_ago
from monitor.privacy.people import in_batches
from monitor.privacy.settings import RetentionSettings
from monitor.privacy.shells import empty, forget_authors
from monitor.privacy.tidying import tidy
from monitor.store import Store
from monitor.words import Happened

BATCH = 100  # mentions emptied in one transaction
WINDOW = 5_000  # mentions looked at in one read
ROWS = 1_000  # of any other table, in one transaction
BREATH = 0.02  # seconds after each batch, in which others write


class Forgetting:
    """One round over everything that may be past its time; `done` says how much of what was forgotten."""

    def __init__(self, store: Store, rules: RetentionSettings, now: datetime, stopping: Event) -> None:
        self.store, self.rules, self.now, self.stopping = store, rules, now, stopping
        self.done = Counter[str]()

    def run(self) -> None:
        """Each batch is a transaction with its line in the audit trail, so that what was done is known if it stops."""
        for rounds in (self.mentions(), self.conversations(), self.rows(), self.lines()):
            for what, number in rounds:
                self.done[what] += number
                if self.stopping.wait(BREATH):
                    return

    def mentions(self) -> Iterator[tuple[str, int]]:
        for ids in self.find_mentions():
            with self.store.write() as session:
                chosen = select(Mention.id).where(Mention.id.in_(ids), is_over(self.rules, self.now))
                still = session.scalars(chosen.order_by(Mention.id).with_for_update()).all()
                forget_authors(session, empty(session, still, self.now), self.now)
                self.write_down(session, "mentions", len(still))
            yield "mentions", len(still)

    def find_mentions(self) -> Iterator[Sequence[int]]:
        """Batches of those that are over; each is looked at once, in the order of their ids."""
        with self.store.read() as session:
            last = session.scalar(select(func.max(Mention.id))) or 0
        for start in range(0, last, WINDOW):
            within = Mention.id.between(start + 1, start + WINDOW)
            with self.store.read() as session:
                ids = session.scalars(select(Mention.id).where(within, is_over(self.rules, self.now))).all()
            yield from in_batches(ids, BATCH)

    def conversations(self) -> Iterator[tuple[str, int]]:
        for ids in self.find_conversations():
            with self.store.write() as session:
                chosen = select(Mention.id).where(Mention.id.in_(ids), was_read_long_ago(self.rules, self.now))
                still = session.scalars(chosen.order_by(Mention.id).with_for_update()).all()
                session.execute(delete(ThreadPost).where(ThreadPost.mention_id.in_(still)))
                session.execute(update(Mention).where(Mention.id.in_(still)).values(thread_read_at=None))
                self.write_down(session, "conversations", len(still))
            yield "conversations", len(still)

    def find_conversations(self) -> Iterator[Sequence[int]]:
        """Batches of mentions around which an old conversation is kept; each is looked at once."""
        kept = select(ThreadPost.mention_id).distinct().order_by(ThreadPost.mention_id).limit(ROWS)
        after = 0
        while True:
            with self.store.read() as session:
                seen = session.scalars(kept.where(ThreadPost.mention_id > after)).all()
                old = select(Mention.id).where(Mention.id.in_(seen), was_read_long_ago(self.rules, self.now))
                ids = session.scalars(old).all()
            yield from in_batches(ids, BATCH)
            if not seen:
                return
            after = seen[-1]

    def rows(self) -> Iterator[tuple[str, int]]:
        for what, table, over in old_rows(self.rules, self.now):
            columns = table.__mapper__.primary_key
            some = select(*columns).where(over).limit(ROWS)
            chosen = delete(table).where(tuple_(*columns).in_(some)).returning(columns[0])
            while True:
                with self.store.write() as session:
                    gone = len(session.execute(chosen).all())
                    self.write_down(session, what, gone)
                if not gone:
                    break
                yield what, gone

    def lines(self) -> Iterator[tuple[str, int]]:
        for ids in self.find_lines():
            with self.store.write() as session:
                for table in (Memo, IncidentLine):
                    session.execute(delete(table).where(table.activity_id.in_(ids)))
                session.execute(delete(Activity).where(Activity.id.in_(ids)))
                self.write_down(session, "lines", len(ids))
            yield "lines", len(ids)

    def find_lines(self) -> Iterator[Sequence[int]]:
        """Batches of old lines, from the first on until none is old: ids grow with time."""
        after, cut = 0, self.now - self.rules.audit if self.rules.audit else None
        while cut:
            with self.store.read() as session:
                next_ones = select(Activity.id, Activity.at).where(Activity.id > after).order_by(Activity.id)
                seen = session.execute(next_ones.limit(ROWS)).all()
                old = select(Activity.id).where(Activity.id.in_([row.id for row in seen]))
                ids = session.scalars(old.where(is_old_line(self.rules, self.now))).all()
            if ids:
                yield ids
            if not any(row.at < cut for row in seen):
                return
            after = seen[-1].id

    def write_down(self, session: Session, what: str, number: int) -> None:
        if number:
            record(session, Happened.FORGOTTEN, self.now, what=what, number=number)


def forget_due(store: Store, rules: RetentionSettings, now: datetime, stopping: Event | None = None) -> Counter[str]:
    """Forget everything that is past its time, until told to stop; how much, by what it was."""
    forgetting = Forgetting(store, rules, now, stopping or Event())
    forgetting.run()
    tidy(store, forgetting.stopping)  # also after what people erased since the last round
    return forgetting.done
