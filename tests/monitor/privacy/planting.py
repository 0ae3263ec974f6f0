"""A person who wrote to the desk, planted in every table that can hold something about them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Session

from monitor import desk
from monitor.activity import record
from monitor.judging import correcting
from monitor.models import (
    Author,
    Base,
    Deed,
    DeedPart,
    Draft,
    Echo,
    Edition,
    Embedding,
    Escalation,
    IdempotencyKey,
    Incident,
    Mention,
    MutedThread,
    Note,
    Notification,
    Outcome,
    Promise,
    Reply,
    SavedView,
    SecondPerson,
    ThreadPost,
    User,
)
from monitor.settings import BrandSettings
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention, make_user

SOURCE, HANDLE, NAME, PLATFORM_ID = "bluesky", "dana.rivers.example", "Dana Ünal-Rivers", "did:plc:danarivers0001"
ROOT = f"at://{PLATFORM_ID}/app.bsky.feed.post/3kabc"
SECRET = "zylophantic"  # stands in everything that she wrote, or that was written about her
TRACES = (SECRET, HANDLE, NAME, PLATFORM_ID)
BRAND = BrandSettings(name="Aurora Air")


def plant(session: Session, now: datetime) -> tuple[Mention, User]:
    """Her open mention with all that can hang on it, her traces elsewhere, and somebody else's mention beside it."""
    ana = make_user(session, "Ana")
    mention = make_mention(
        session, f"{SECRET} my bag, says {NAME}", handle=HANDLE, name=NAME, source=SOURCE, **told(now)
    )
    author = session.get_one(Author, mention.author_id)
    author.platform_id = PLATFORM_ID
    other = make_mention(session, "where is the gate", source=SOURCE, in_reply_to=ROOT, thread_id=ROOT)
    session.flush()
    session.add_all([*posts(mention, other, now), *care(mention, ana, now), *elsewhere(mention, other, ana, now)])
    session.flush()
    said(session, mention, ana, now)
    record(session, Happened.MUTED, now, user_id=ana.id, author_id=author.id, days=3, reason=SECRET)
    return mention, ana


def told(now: datetime) -> dict[str, Any]:
    return {
        "post_id": ROOT,
        "root_post_id": ROOT,
        "thread_id": ROOT,
        "url": f"https://bsky.example/profile/{HANDLE}/post/3kabc",
        "extra": {"quoted": SECRET},
        "thread_error": SECRET,
        "triage_error": SECRET,
        "reasons": {"words": [{"text": SECRET}], "doubts": []},
        "signals": [{"evidence": SECRET, "lifts": True}],
        "thread_read_at": now,
    }


def posts(mention: Mention, other: Mention, now: datetime) -> Iterator[Any]:
    yield Edition(mention_id=mention.id, post_id=ROOT, text=SECRET, replaced_at=now)
    yield Echo(mention_id=mention.id, post_id=f"at://{PLATFORM_ID}/repost", posted_at=now)
    yield Embedding(mention_id=mention.id, model="test", vector=SECRET.encode(), scores={"urgency": {"low": 1.0}})
    by_her = {"handle": f"@{HANDLE}", "name": NAME, "text": SECRET, "url": f"https://{HANDLE}/", "posted_at": now}
    yield ThreadPost(mention_id=mention.id, post_id="a", **by_her)
    yield ThreadPost(mention_id=other.id, post_id="b", **by_her)
    yield ThreadPost(mention_id=other.id, post_id="c", in_reply_to=ROOT, text="me too", handle="@ed", posted_at=now)


def care(mention: Mention, user: User, now: datetime) -> Iterator[Any]:
    mine = {"mention_id": mention.id, "user_id": user.id}
    words = {"text": f"Hi {NAME}, {SECRET}", "url": f"https://{HANDLE}/1", "error": SECRET, "asked_why": SECRET}
    yield Reply(**mine, state="asked", created_at=now, post_id=f"at://{PLATFORM_ID}/r", **words)
    yield Note(**mine, text=f"@{HANDLE} {SECRET}", created_at=now)
    yield Note(**mine, text=f"pinned {SECRET}", created_at=now, author_id=mention.author_id)
    yield Draft(**mine, reply=SECRET, url=SECRET, note=SECRET, saved_at=now)
    due = {"due_at": now + timedelta(days=1), "created_at": now, "state": "open"}
    yield Promise(**mine, promised="call", text=SECRET, rule=SECRET, **due)
    yield Outcome(**mine, outcome="declined", reason=SECRET, created_at=now)
    yield Escalation(**mine, reason=SECRET, group="lead", created_at=now, step_at=now, answer=SECRET)
    yield SecondPerson(**mine, words=SECRET, created_at=now)
    alert = {"key": "urgent:1", "channel": "duty", "kind": "urgent", "payload": {"text": SECRET}, "error": SECRET}
    yield Notification(mention_id=mention.id, next_attempt_at=now, created_at=now, **alert)


def elsewhere(mention: Mention, other: Mention, user: User, now: datetime) -> Iterator[Any]:
    """Where the team wrote of her without it being about her mention."""
    deed = Deed(id=1, user_id=user.id, did="mute_author", at=now)
    yield deed
    yield DeedPart(deed_id=1, mention_id=mention.id, was={"before": {"set": {"mute_reason": SECRET}}}, line_id=0)
    yield MutedThread(
        source=SOURCE, thread_id=ROOT, muted_until=now + timedelta(days=1), reason=SECRET, user_id=user.id
    )
    yield Note(mention_id=other.id, user_id=user.id, text=f"as with @{HANDLE}, that is {NAME}", created_at=now)
    yield Incident(brand_id=mention.brand_id, title=f"What @{HANDLE} said", state="open", created_at=now)
    yield SavedView(user_id=user.id, title="Hers", filters={"q": f"@{HANDLE}", "name": NAME}, created_at=now)
    body = {"id": mention.id, "text": SECRET, "author": {"handle": HANDLE}}
    kept = {"request_hash": "", "status": 200, "created_at": now}
    yield IdempotencyKey(user_id=user.id, key="one", body=body, **kept)
    yield IdempotencyKey(user_id=user.id, key="two", body={"mention": other.id}, **kept)


def said(session: Session, mention: Mention, user: User, now: datetime) -> None:
    """Lines of the trail, by the commands that write them."""
    desk.claim(session, mention.id, user, now)
    correcting.relabel(session, mention.id, user, {"urgency": "high"}, lambda name: BRAND, now)
    record(session, Happened.ESCALATED, now, mention_id=mention.id, user_id=user.id, to="lead", reason=SECRET)
    why: dict[str, Any] = {"from": "low", "to": "high", "why": [SECRET]}
    record(session, Happened.LIFTED, now, mention_id=mention.id, **why)


def find_traces(store: Store, traces: tuple[str, ...] = TRACES) -> set[tuple[str, str]]:
    """The tables and columns in which one of the traces stands, by a walk over every one that holds words."""
    found = set()
    with store.read() as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.c if isinstance(column.type, String | JSON | LargeBinary)]
            for row in session.execute(select(*columns)) if columns else ():
                for column, value in zip(columns, row, strict=True):
                    held = value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
                    if any(trace in held for trace in traces):
                        found.add((table.name, column.name))
    return found
