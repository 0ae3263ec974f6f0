"""Sends what is queued, each reply exactly once, whenever the process is killed.

The row is the truth. An attempt is written down before its request is made, in a transaction of its own, and its
outcome after. A row whose attempt has no outcome was perhaps published: before anything is sent again the reply is
looked for on the platform, and where that cannot tell, a person is asked.
"""

import os
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from monitor.alerting.pace import retry_delay
from monitor.clock import utcnow
from monitor.models import Feed, Mention, Reply
from monitor.replies import outcomes
from monitor.replies.offering import source_of
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import ReplyState, Status
from sources.base import Attempt, Receipt, Replying, RetryAt, Source, SourceError, Transient

LEASE = timedelta(minutes=5)  # a sender that has said nothing for so long is taken for dead
SETTLE = timedelta(minutes=1)  # until a platform surely shows what it took from a connection that broke
PATIENCE = timedelta(hours=12)  # with a platform that does not answer, before a person is asked
AT_ONCE = 50
PUBLISHED = (ReplyState.SENT, ReplyState.VERIFIED)
IN_DOUBT = "It may be in public; look at the platform. "

Sources = MutableMapping[int, Source]
"""By feed, kept from reply to reply and with them their signed-in sessions; who sends takes one out meanwhile."""


def send_due(
    store: Store,
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    sources: Sources | None = None,
    clock: Callable[[], datetime] = utcnow,
) -> int:
    """Send what is due, one after the other; how many came into public. Any number of processes may do so at once."""
    kept: Sources = {} if sources is None else sources
    sent = 0
    for _ in range(AT_ONCE):
        with store.write() as session:
            claimed = claim(session, clock())
        if claimed is None:
            break
        sent += Sending(store, settings, environment, kept, clock, *claimed).run()
    return sent


def claim(session: Session, now: datetime) -> tuple[Reply, Mention] | None:
    """Lease the reply that waited longest, so that no two processes ever send it together."""
    head = select(Reply.id).where(is_due(now)).order_by(Reply.next_at, Reply.id).limit(1).scalar_subquery()
    values = {"state": ReplyState.SENDING, "lease_until": now + LEASE, "attempts": Reply.attempts + 1}
    reply_id = session.scalar(update(Reply).where(Reply.id == head, is_due(now)).values(values).returning(Reply.id))
    if reply_id is None:
        return None
    reply = outcomes.reread(session, reply_id)
    feed = joinedload(Mention.feed).joinedload(Feed.brand)
    return reply, session.get_one(Mention, reply.mention_id, options=[joinedload(Mention.brand), feed])


def is_due(now: datetime) -> ColumnElement[bool]:
    """Its time has come and what it goes on from is in public; or its sender was killed."""
    before = aliased(Reply)
    ready = select(before.id).where(before.id == Reply.after_id, before.state.in_(PUBLISHED)).exists()
    return or_(
        and_(Reply.state == ReplyState.QUEUED, Reply.next_at <= now, or_(Reply.after_id.is_(None), ready)),
        and_(Reply.state == ReplyState.SENDING, Reply.lease_until <= now),
    )


class Sending:
    """One reply under way: its row as it was leased, and the mention that it answers."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        environment: Mapping[str, str],
        sources: Sources,
        clock: Callable[[], datetime],
        reply: Reply,
        mention: Mention,
    ) -> None:
        self.store, self.settings, self.environment = store, settings, environment
        self.sources, self.clock = sources, clock
        self.reply, self.mention = reply, mention
        self.doubtful = reply.attempted_at is not None  # an earlier attempt was perhaps taken

    def run(self) -> bool:
        """Whether the reply is in public now, by this attempt or an earlier one."""
        try:
            receipt = self.send()
        except Transient as trouble:
            self.try_later(trouble, SETTLE)
        except RetryAt as trouble:
            self.try_later(trouble, trouble.when - self.clock())
        except SourceError as trouble:
            self.leave_to_people(trouble)
        else:
            return receipt is not None and self.publish(receipt)
        return False

    def send(self) -> Receipt | None:
        """The receipt of the reply; None where somebody else has taken it over. Raises `SourceError`."""
        feed_id = self.mention.feed_id or 0
        source = self.sources.pop(feed_id, None) or source_of(self.mention, self.settings, self.environment)
        receipt = self.send_through(source)
        self.sources[feed_id] = source  # only after it went well: its keys may have to be replaced
        return receipt

    def send_through(self, source: Source) -> Receipt | None:
        if self.mention.status == Status.GONE and not self.doubtful:
            raise SourceError("The author deleted the post, so there is nothing left to answer.")
        to = self.find_target()
        if self.doubtful and (found := self.find_sent(source, to)):
            return found
        if not self.note_attempt():
            return None
        if isinstance(source, Replying):
            return source.reply(to, self.reply.text, self.reply.key or "")
        return source.reply(to, self.reply.text)

    def find_target(self) -> str:
        """The post that is answered: the mention, or the part of a thread before this one."""
        if self.reply.after_id is None:
            return self.mention.post_id
        with self.store.read() as session:
            before = session.get_one(Reply, self.reply.after_id).post_id
        if before is None:
            raise SourceError("Nobody knows where the part before this one stands on the platform.")
        return before

    def find_sent(self, source: Source, to: str) -> Receipt | None:
        """The reply, where an earlier attempt brought it into public. Raises `SourceError` where nobody can tell."""
        if not isinstance(source, Replying) or self.reply.attempted_at is None:
            raise SourceError("The connection broke while the reply was sent.")
        with self.store.read() as session:
            others = select(Reply.post_id).where(Reply.mention_id == self.mention.id, Reply.id != self.reply.id)
            known = frozenset(post_id for post_id in session.scalars(others) if post_id)
        attempt = Attempt(to, self.reply.text, self.reply.key or "", self.reply.attempted_at, known)
        return source.find_reply(attempt)

    def note_attempt(self) -> bool:
        """Write down that a request is about to be made. False where the lease ran out and somebody else has it."""
        now = self.clock()
        values = {"attempted_at": self.reply.attempted_at or now, "lease_until": now + LEASE}
        with self.store.write() as session:
            return outcomes.change(session, self.reply.id, self.is_ours(), values)

    def is_ours(self) -> ColumnElement[bool]:
        return and_(Reply.state == ReplyState.SENDING, Reply.attempts == self.reply.attempts)

    def publish(self, receipt: Receipt) -> bool:
        brand = self.settings.brand(self.mention.brand.name)
        with self.store.write() as session:
            return outcomes.publish(session, self.reply, receipt, brand, self.clock())

    def try_later(self, trouble: Transient | RetryAt, delay: timedelta) -> None:
        """Try again after a while: to look for it first, unless the platform has said that it took nothing."""
        now = self.clock()
        if now - (self.reply.decided_at or self.reply.created_at) > PATIENCE and self.reply.attempts > 1:
            self.leave_to_people(trouble)
            return
        delay = max(delay, retry_delay(self.reply.key or "", self.reply.attempts, None))
        values = {"state": ReplyState.QUEUED, "lease_until": None, "next_at": now + delay, "error": str(trouble)}
        if isinstance(trouble, RetryAt):
            values["attempted_at"] = self.reply.attempted_at  # of an earlier one, which perhaps came through
        with self.store.write() as session:
            outcomes.change(session, self.reply.id, self.is_ours(), values)

    def leave_to_people(self, trouble: SourceError) -> None:
        """The platform refused it; or, after an attempt that it perhaps took, nobody knows."""
        in_doubt = self.doubtful or isinstance(trouble, Transient)
        state = ReplyState.UNKNOWN if in_doubt else ReplyState.FAILED
        with self.store.write() as session:
            outcomes.give_up(session, self.reply, state, f"{IN_DOUBT if in_doubt else ''}{trouble}", self.clock())
