"""The conversation around a mention: read when wanted, kept, and our own answers in it heard."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting import conversation
from monitor.collecting.polling import poll_feed
from monitor.judging.press import ANSWERED_RANK
from monitor.models import Feed, Mention, Reply, ThreadPost
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user
from tests.platforms import Platforms

Opener = Callable[[], Mention]


@pytest.fixture
def watching(settings: Settings, platforms: Platforms) -> Settings:
    feed = {"name": "x-search", "source": "x", "query": "aurora", **platforms.x_options}
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
    return Settings.model_validate({"brand": [brand], "home": settings.home})


@pytest.fixture
def environment(platforms: Platforms) -> dict[str, str]:
    return {"MENTIONDESK_X_BEARER_TOKEN": platforms.x_credentials["bearer_token"]}


@pytest.fixture
def collect(any_store: Store, watching: Settings, environment: dict[str, str], now: datetime) -> Opener:
    """Poll the feed; the one mention that it brought."""

    def run() -> Mention:
        with any_store.write() as session:
            sync_settings(session, watching, now)
            feed_id = session.scalars(select(Feed.id)).one()
        poll_feed(any_store, watching, feed_id, environment)
        with any_store.read() as session:
            return session.scalars(select(Mention)).one()

    return run


@pytest.fixture
def open_it(any_store: Store, watching: Settings, environment: dict[str, str]) -> Callable[[int], int]:
    """Open a mention as somebody would, and let the clockwork read its conversation."""

    def run(mention_id: int) -> int:
        with any_store.write() as session:
            if conversation.is_wanted(session.get_one(Mention, mention_id), utcnow()):
                conversation.want(session, mention_id, utcnow())
        return conversation.read_wanted(any_store, watching, utcnow(), environment)

    return run


def said(store: Store) -> list[tuple[str, bool]]:
    with store.read() as session:
        return [(post.text, post.ours) for post in session.scalars(select(ThreadPost).order_by(ThreadPost.posted_at))]


def test_a_conversation_is_read_once_it_is_wanted_and_our_answer_in_it_stops_the_clock(
    collect: Opener, open_it: Callable[[int], int], any_store: Store, platforms: Platforms
) -> None:
    hour = timedelta(hours=1)
    root = platforms.x.post("anybody flown lately?", author="zoe", at=utcnow() - 3 * hour)
    post = platforms.x.post("aurora lost my bag", author="dana", at=utcnow() - 2 * hour, reply_to=root)
    mention = collect()
    platforms.x.post("Hi Dana, I am looking for it.", author="auroraair", at=utcnow() - hour, reply_to=post)
    assert open_it(mention.id) == 1
    assert said(any_store) == [("anybody flown lately?", False), ("Hi Dana, I am looking for it.", True)]
    with any_store.read() as session:
        heard = session.scalars(select(Reply)).one()
        read = session.get_one(Mention, mention.id)
        assert (heard.state, heard.user_id) == ("seen", None)
        assert (read.first_reply_at, read.press_rank) == (heard.created_at, ANSWERED_RANK)
        assert (read.thread_wanted_at, read.thread_error) == (None, "")
    assert open_it(mention.id) == 0  # it was read a moment ago


def test_a_reply_that_was_logged_is_not_logged_again(
    collect: Opener, open_it: Callable[[int], int], any_store: Store, platforms: Platforms, now: datetime
) -> None:
    post = platforms.x.post("aurora lost my bag", author="dana")
    mention = collect()
    with any_store.write() as session:
        ana = make_user(session)
        desk.claim(session, mention.id, ana, now)
        desk.log_reply(session, mention.id, ana, "Hi Dana, I am looking for it.", "", now)
    platforms.x.post("Hi Dana, I am looking for it.", author="auroraair", reply_to=post)
    open_it(mention.id)
    with any_store.read() as session:
        reply = session.scalars(select(Reply)).one()
        assert (reply.state, reply.post_id is not None) == ("logged", True)


def test_a_platform_that_fails_leaves_what_is_known_and_says_why(
    collect: Opener, open_it: Callable[[int], int], any_store: Store, platforms: Platforms
) -> None:
    platforms.x.post("aurora lost my bag", author="dana")
    mention = collect()
    with any_store.write() as session:
        session.add(ThreadPost(mention_id=mention.id, post_id="1", text="earlier", posted_at=utcnow()))
    for _ in range(4):
        platforms.x.fail("503")
    open_it(mention.id)
    assert said(any_store) == [("earlier", False)]
    with any_store.read() as session:
        read = session.get_one(Mention, mention.id)
        assert read.thread_error
        assert read.thread_wanted_at is None


def test_an_imported_mention_has_nobody_to_ask(any_store: Store) -> None:
    with any_store.write() as session:
        assert not conversation.is_wanted(make_mention(session), utcnow())
