"""A busy desk to look at: the demo's posts, judged by the real model, and the rows that strain a layout."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.engine import load
from monitor import users
from monitor.brands import sync_settings
from monitor.collecting.ingest import ingest_posts
from monitor.demo import act_out_history
from monitor.judging.explaining import explain_next
from monitor.judging.triage import triage_batch
from monitor.models import Feed, Gap, Poll, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import FeedState
from sources.base import Author, Post
from sources.sample.showing import Showing, due_posts
from tests.browser.shift import act_out_shift

PASSWORD = "a calm desk at noon"
RUNNING_FOR = timedelta(minutes=9)
EXPLAINED = 3  # times a few mentions at the head of the queue, which are those that are looked at

FEEDS = (
    {"name": "demo", "source": "sample"},
    {"name": "x-search", "source": "x", "query": '"aurora air" OR @auroraair'},
    {"name": "reddit-comments", "source": "reddit", "subreddits": ["flights", "travel"]},
)

STRAINS = (
    ("N" * 30 + " " + "Ō" * 470, "longname", "@auroraair hello?? my booking ref is gone from the app and I fly at 6"),
    (
        "أمل الحداد",
        "amal_h",
        "@auroraair رحلتي من لندن إلى أوسلو أُلغيت ولا أحد يرد على الهاتف. أنا في المطار مع طفلين 🙏",
    ),
    ("✈️ Zoë 💫", "zoe", "@auroraair 🔥🔥 cabin smells of burning, crew says it is fine?? 😱"),
    ("<b>bold</b>", "markup", '<script>alert("x")</script> @auroraair your site shows <b>this</b> when I pay'),
)


def fill(store: Store, settings: Settings, now: datetime) -> None:
    """Fill the store; Ana with `PASSWORD` is who looks at it."""
    with store.write() as session:
        sync_settings(session, settings, now - RUNNING_FOR)
    with store.write() as session:
        feed = session.scalars(select(Feed).where(Feed.source == "sample")).one()
        posts = list(due_posts(Showing((now - RUNNING_FOR).replace(microsecond=0), pace=2), now, after=0))
        strains = [strain(number, *row, now) for number, row in enumerate(STRAINS)]
        ingest_posts(session, posts + strains, feed.brand, settings.brands[0], now, feed_id=feed.id)
        act_out_polls(session, feed, now)
    classifier = load(threads=2)
    while triage_batch(store, classifier, settings, now - timedelta(seconds=20)):
        pass
    with store.write() as session:
        act_out_history(session, settings, now)
        act_out_shift(session, hire(session, now), settings, now)
    for _ in range(EXPLAINED):
        explain_next(store, classifier)


def act_out_polls(session: Session, feed: Feed, now: datetime) -> None:
    """The demo's feed reads; X refuses our key, and Reddit has left a gap."""
    for other in session.scalars(select(Feed)):
        other.state, other.state_since, other.read_at = FeedState.READING, now - RUNNING_FOR, now
        other.next_poll_at = now + timedelta(seconds=30)
        for minute in range(6, 0, -1):
            begun = now - timedelta(minutes=minute)
            session.add(Poll(feed_id=other.id, started_at=begun, finished_at=begun, read=9 - minute, stored=7 - minute))
        if other.source == "reddit":
            reason = "Reddit's r/flights+travel ended too soon to show what may have appeared late."
            hour = timedelta(hours=1)
            session.add(Gap(feed_id=other.id, reason=reason, since=now - 3 * hour, until=now - 2 * hour, found_at=now))
        if other.source == "x":
            other.state, other.state_reason = FeedState.REFUSED, "X refused our credentials (status 401)."
            session.add(Poll(feed_id=other.id, started_at=now, finished_at=now, error=other.state_reason))


def strain(number: int, name: str, handle: str, text: str, now: datetime) -> Post:
    author = Author(f"strain{number}", handle, name, 10 ** (number + 2))
    return Post("x", f"9{number}", text, author, now - timedelta(minutes=2 + number), url="https://x.example/post")


def open_empty(store: Store, settings: Settings, now: datetime) -> None:
    """A desk on its first day: its feed, one user and no mention."""
    with store.write() as session:
        sync_settings(session, settings, now)
        hire(session, now)


def hire(session: Session, now: datetime) -> User:
    me = users.add_user(session, "Ana", "lead", now)
    users.set_password(me, PASSWORD)
    return me
