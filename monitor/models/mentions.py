"""What was collected, how it was judged, and its state of care."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String, UniqueConstraint, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.models.base import Base
from monitor.models.collecting import Brand, Feed
from monitor.models.people import User
from monitor.words import Status

SHELL = "sha256:"  # how the id of a post begins that is no longer kept as it was
if TYPE_CHECKING:
    from monitor.models.hard_ones import Escalation


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
        # The brand is there so that an author's mentions are counted without looking at them.
        Index("ix_mention_author_id", "author_id", "posted_at", "brand_id"),
        # A conversation, from either end, in its order.
        Index("ix_mention_thread", "source", "thread_id", "posted_at"),
        Index("ix_mention_parent", "source", "in_reply_to", "posted_at"),
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
    press_rank: Mapped[int]  # the queue's order, least first; see monitor.judging.triage.press
    press_at: Mapped[datetime]
    first_reply_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]

    brand: Mapped[Brand] = relationship()
    author: Mapped[Author | None] = relationship()
    assignee: Mapped[User | None] = relationship()
    feed: Mapped[Feed | None] = relationship()
    escalation: Mapped["Escalation | None"] = relationship(  # the one that is not settled yet
        primaryjoin="and_(Mention.id == foreign(Escalation.mention_id), Escalation.closed_at.is_(None))",
        viewonly=True,
    )

    @property
    def is_shell(self) -> bool:
        """Whether it was emptied here, rather than deleted by its author; see monitor.privacy."""
        return self.root_post_id.startswith(SHELL)

    @hybrid_property
    def effective_urgency(self) -> str | None:
        """What the desk works by: the rules' lift where there is one, or what model or people said."""
        return self.lifted_to or self.urgency

    @effective_urgency.inplace.expression
    @classmethod
    def _effective_urgency(cls) -> ColumnElement[str | None]:
        return func.coalesce(cls.lifted_to, cls.urgency)


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
