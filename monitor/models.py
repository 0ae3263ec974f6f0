"""What the desk keeps: the tables, alike on SQLite and PostgreSQL. Rules live elsewhere."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from monitor.words import FeedState, NotificationState, ReplyState, Role, Status


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no time zones, so they are taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A time without a zone reached the store: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Common types, and names for constraints so that migrations can refer to them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
        str: Text,
        Decimal: Numeric(12, 4),
    }


class Brand(Base):
    """Whom we watch for. Terms, handles and hours live in the configuration, found by the name."""

    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Feed(Base):
    """One brand on one source with one query: how far it has read, when it is next due, and whether it can see."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("brand_id", "name"), Index("ix_feed_due", "enabled", "next_poll_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool] = mapped_column(default=True)  # False once the configuration no longer names it
    cursor: Mapped[dict[str, Any] | None]
    next_poll_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]  # somebody is polling until then
    state: Mapped[str] = mapped_column(String(20), default=FeedState.NEW)
    state_since: Mapped[datetime]
    state_reason: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)  # polls failed in a row
    read_at: Mapped[datetime | None]  # when a poll last ended well
    silence_told_at: Mapped[datetime | None]  # when people were last told that it has been silent for too long

    brand: Mapped[Brand] = relationship()


class Poll(Base):
    """The ledger: one row a poll, saying what came and what it cost."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_feed_id_started_at", "feed_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # None: running, or the program ended in the middle of it
    pages: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    edited: Mapped[int] = mapped_column(default=0)
    ignored: Mapped[int] = mapped_column(default=0)  # our own posts, and posts that the brand's terms rule out
    echoes: Mapped[int] = mapped_column(default=0)  # reposts
    rechecked: Mapped[int] = mapped_column(default=0)  # stored mentions asked about again
    requests: Mapped[int] = mapped_column(default=0)
    usd: Mapped[Decimal] = mapped_column(default=Decimal(0))
    error: Mapped[str] = mapped_column(default="")


class Gap(Base):
    """A window of a feed that we know we could not read."""

    __tablename__ = "gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), index=True)
    reason: Mapped[str]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # read after all, or accepted by a person
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # at reading it after all
    retry_at: Mapped[datetime | None]  # when to try next; None: nothing more can be done
    place: Mapped[dict[str, Any] | None]  # how far the try under way has read


class Author(Base):
    """Who wrote mentions, as the platform last described them."""

    __tablename__ = "author"
    __table_args__ = (UniqueConstraint("source", "platform_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    platform_id: Mapped[str] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(default="")
    followers: Mapped[int | None]
    muted_until: Mapped[datetime | None] = mapped_column(index=True)
    mute_reason: Mapped[str] = mapped_column(default="")
    muted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class User(Base):
    """A person who works at the desk."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(10), default=Role.AGENT)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]


class SignInLink(Base):
    """A link that signs a user in once. Only its hash is kept."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class ApiToken(Base):
    """A key for programs, acting as a user. Only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Mention(Base):
    """One post about one brand, with its judgement and its care state."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("source", "root_post_id", "brand_id"),
        # The queue in its order: everything, by status and by person; see monitor.queries.
        Index("ix_mention_press", "press_rank", "press_at", "id"),
        Index("ix_mention_queue", "status", "hidden", "press_rank", "press_at", "id", "due_at", "brand_id"),
        Index("ix_mention_assignee", "assignee_id", "status", "hidden", "press_rank", "press_at", "id"),
        Index("ix_mention_need", "need", "status", "hidden", "press_rank", "press_at", "id"),
        Index("ix_mention_abuse", "abuse", "status", "hidden", "press_rank", "press_at", "id"),
        Index(
            "ix_mention_unjudged",
            "urgency",
            "status",
            "hidden",
            "press_rank",
            "press_at",
            "id",
            "judged_at",
            "triage_error",
        ),
        Index("ix_mention_untriaged", "judged_at", "triage_error", "id"),
        Index("ix_mention_posted", "brand_id", "posted_at"),
        Index("ix_mention_author_id", "author_id", "posted_at"),
        # A conversation, from either end.
        Index("ix_mention_thread", "source", "thread_id"),
        Index("ix_mention_parent", "source", "in_reply_to"),
        Index("ix_mention_snoozed_until", "status", "snoozed_until"),
        Index("ix_mention_recheck", "feed_id", "recheck_at"),
        Index("ix_mention_thread_wanted", "thread_wanted_at"),
        Index("ix_mention_weigh_at", "weigh_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    feed_id: Mapped[int | None] = mapped_column(ForeignKey("feed.id"))  # None: imported
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))

    # What the platform says, newest edition.
    source: Mapped[str] = mapped_column(String(40))
    post_id: Mapped[str] = mapped_column(String(200))
    root_post_id: Mapped[str] = mapped_column(String(200))
    thread_id: Mapped[str | None] = mapped_column(String(200))
    in_reply_to: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    likes: Mapped[int | None]
    reposts: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    posted_at: Mapped[datetime]
    collected_at: Mapped[datetime]
    recheck_at: Mapped[datetime | None]  # when to ask again whether it still stands; None: never
    thread_wanted_at: Mapped[datetime | None]  # somebody opened it: its conversation is to be read
    thread_read_at: Mapped[datetime | None]
    thread_error: Mapped[str] = mapped_column(default="")

    # How it was judged; None where it was not.
    lang: Mapped[str | None] = mapped_column(String(20))
    sentiment: Mapped[str | None] = mapped_column(String(10))
    urgency: Mapped[str | None] = mapped_column(String(10))
    need: Mapped[str | None] = mapped_column(String(12))
    abuse: Mapped[bool | None]
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model: Mapped[str | None] = mapped_column(String(80))
    judged_at: Mapped[datetime | None]
    triage_error: Mapped[str | None]  # why it was set aside

    # What speaks for more urgency beside the model; see monitor.signals.
    lifted_to: Mapped[str | None] = mapped_column(String(10))  # the urgency that rules raise it to; None: none does
    signals: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    weigh_at: Mapped[datetime | None]  # when its signals are to be read again; None: when something happens

    # How it is cared for.
    status: Mapped[str] = mapped_column(String(10), default=Status.OPEN)
    hidden: Mapped[str | None] = mapped_column(String(10))  # by what it is kept out of the queue; None: it is shown
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    claimed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # when an answer is due; None: none is
    press_rank: Mapped[int]  # the queue's order, least first; see monitor.triage.press
    press_at: Mapped[datetime]
    first_reply_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]

    brand: Mapped[Brand] = relationship()
    author: Mapped[Author | None] = relationship()
    assignee: Mapped[User | None] = relationship()
    feed: Mapped[Feed | None] = relationship()

    @hybrid_property
    def effective_urgency(self) -> str | None:
        """What the desk works by: the rules' lift where there is one, or what model or people said."""
        return self.lifted_to or self.urgency

    @effective_urgency.inplace.expression
    @classmethod
    def _effective_urgency(cls) -> ColumnElement[str | None]:
        return func.coalesce(cls.lifted_to, cls.urgency)


class SavedView(Base):
    """A part of the queue that somebody gave a name, for themselves or for the whole team."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)  # who saved it
    shared: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(40))
    filters: Mapped[dict[str, Any]]  # as in the address of the board
    created_at: Mapped[datetime]


class Embedding(Base):
    """A mention's pooled vector, float16; apart from the mention so that queues stay light."""

    __tablename__ = "embedding"

    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(80))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    scores: Mapped[dict[str, Any] | None]  # unrounded, and before anything that was learned from the team


class Edition(Base):
    """An earlier text of an edited mention."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    post_id: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    replaced_at: Mapped[datetime]


class Echo(Base):
    """A repost or quote of a mention: reach of the original, no work of its own."""

    __tablename__ = "echo"
    __table_args__ = (UniqueConstraint("mention_id", "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"))
    post_id: Mapped[str] = mapped_column(String(200))
    followers: Mapped[int | None]  # of who echoed it
    posted_at: Mapped[datetime]


class ThreadPost(Base):
    """A post of a mention's conversation, as the platform last showed it; read when somebody opens the mention."""

    __tablename__ = "thread_post"
    __table_args__ = (UniqueConstraint("mention_id", "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"))
    post_id: Mapped[str] = mapped_column(String(200))  # of its first edition
    in_reply_to: Mapped[str | None] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    ours: Mapped[bool] = mapped_column(default=False)  # written by the brand's own account
    posted_at: Mapped[datetime]


class Reply(Base):
    """A public answer. One that is sent from here is its own queue: see monitor.replies.sending."""

    __tablename__ = "reply"
    __table_args__ = (Index("ix_reply_next", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: written outside the desk
    post_id: Mapped[str | None] = mapped_column(String(200))  # at the platform, where it is known
    text: Mapped[str]
    url: Mapped[str] = mapped_column(default="")  # where it was posted
    state: Mapped[str] = mapped_column(String(10), default=ReplyState.LOGGED)
    created_at: Mapped[datetime] = mapped_column(index=True)  # of one sent from here: since when it is in public

    # On its way out.
    key: Mapped[str | None] = mapped_column(String(20), unique=True)  # the same at every attempt; None: not sent here
    after_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # the part of a thread that it goes on from
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None]  # the first attempt of which nobody knows that it failed
    lease_until: Mapped[datetime | None]  # somebody is sending it until then
    next_at: Mapped[datetime | None]  # when to send it, or to look again whether it stands; None: never
    error: Mapped[str] = mapped_column(default="")  # why it stands where it does

    # Where a colleague has to approve it first.
    asked_why: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Note(Base):
    """What colleagues tell each other; it never leaves the desk."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]
    # Pinned: shown on every mention of this author; None: on its own alone.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"), index=True)

    user: Mapped[User] = relationship()


class Outcome(Base):
    """How a mention was closed, once for each time it was; the newest that was not reopened stands."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))
    sentiment: Mapped[str | None] = mapped_column(String(10))  # of the mention, when it was closed
    created_at: Mapped[datetime] = mapped_column(index=True)
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: by the author's next post
    followed_by_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))  # the author's next post
    next_sentiment: Mapped[str | None] = mapped_column(String(10))  # of that one

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class SavedReply(Base):
    """A reusable answer, or a piece of product knowledge; archived, never deleted."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120), unique=True)
    text: Mapped[str]
    knowledge: Mapped[bool] = mapped_column(default=False)  # what colleagues should know, rather than an answer
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)  # that it is for; empty: any
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand.id"))  # None: all
    lang: Mapped[str | None] = mapped_column(String(20))  # None: any
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    brand: Mapped[Brand | None] = relationship()


class SavedReplyEdition(Base):
    """A saved reply as it was before somebody changed it."""

    __tablename__ = "saved_reply_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who replaced it; None: an import
    was: Mapped[dict[str, Any]]
    replaced_at: Mapped[datetime]

    user: Mapped[User | None] = relationship()


class SavedReplyUse(Base):
    """A saved reply was put into the answer to a mention; the mention is from then on an example of what it is for."""

    __tablename__ = "saved_reply_use"

    saved_reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    used_at: Mapped[datetime]


class Correction(Base):
    """A person's relabelling of one head of a judgement."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    head: Mapped[str] = mapped_column(String(10))
    old: Mapped[str | None] = mapped_column(String(12))
    new: Mapped[str] = mapped_column(String(12))
    model: Mapped[str | None] = mapped_column(String(80))  # whose judgement was corrected
    created_at: Mapped[datetime]


class Lesson(Base):
    """What the classifier learned from the team at one time; the newest that was not rolled back is in use."""

    __tablename__ = "lesson"

    id: Mapped[int] = mapped_column(primary_key=True)  # the version
    made_at: Mapped[datetime]
    encoder: Mapped[str] = mapped_column(String(80))  # the model that it is for
    shifts: Mapped[bytes] = mapped_column(LargeBinary)  # see classifier.learned
    rolled_back_at: Mapped[datetime | None]


class Promise(Base):
    """What a reply commits us to, until somebody has dealt with it."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_due", "state", "due_at"),
        Index("ix_promise_user_id", "user_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # what says it; None: added by hand
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who gave it; None: outside the desk
    promised: Mapped[str] = mapped_column(String(10))
    text: Mapped[str]  # in our own words, as the reply has them
    begins: Mapped[int | None]  # where they stand in the reply's text
    ends: Mapped[int | None]
    due_at: Mapped[datetime]
    rule: Mapped[str]  # how the due time follows from the words
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # kept, dismissed, or made good after it was broken; None: to be dealt with
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))  # the reply that kept it

    mention: Mapped[Mention] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class CalendarLink(Base):
    """A secret address under which a calendar reads a user's promises. Only its hash is kept."""

    __tablename__ = "calendar_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class Notification(Base):
    """One alert on its way to one channel: the outbox. The row is the queue and the truth."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_due", "state", "next_attempt_at"),
        Index("ix_notification_channel_sent_at", "channel", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # so that the same alert is never written twice
    channel: Mapped[str] = mapped_column(String(100))  # the configuration's name for it
    kind: Mapped[str] = mapped_column(String(20))  # what it is about: "urgent", "digest"
    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"), index=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=NotificationState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Activity(Base):
    """Who did what when. Append-only: the audit trail, the timeline and live updates are all read from it."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_mention_id", "mention_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    happened: Mapped[str] = mapped_column(String(20))
    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the desk itself
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user: Mapped[User | None] = relationship()


class Memo(Base):
    """A line of the audit trail that one person is to be told of; it stays on their board until they have read it."""

    __tablename__ = "memo"
    __table_args__ = (Index("ix_memo_unread", "user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # who is told
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    read_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship()


class Draft(Base):
    """What a person is writing on a mention and has not sent; kept through a crash, signing out and a take-over."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True, index=True)
    reply: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]


class IdempotencyKey(Base):
    """What a write through the API answered, so that sending it again changes nothing."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
