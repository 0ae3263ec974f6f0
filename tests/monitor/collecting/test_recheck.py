"""Asking again: editions, purges, and what it may cost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import poll_feed
from monitor.collecting.recheck import Rechecked, next_recheck, recheck_feed
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Author, Edition, Embedding, Feed, Mention, Poll
from monitor.settings import Settings
from monitor.store import Store
from tests.monitor.judges import PlainJudge
from tests.platforms import Platforms

Asker = Callable[[datetime], Rechecked]


@pytest.fixture
def watching(settings: Settings, platforms: Platforms) -> Settings:
    feed = {"name": "x-search", "source": "x", "query": "aurora", "budget": "1 USD/month", **platforms.x_options}
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
    return Settings.model_validate({"brand": [brand], "home": settings.home})


@pytest.fixture
def environment(platforms: Platforms) -> dict[str, str]:
    return {"MENTIONDESK_X_BEARER_TOKEN": platforms.x_credentials["bearer_token"]}


@pytest.fixture
def poll(any_store: Store, watching: Settings, environment: dict[str, str], now: datetime) -> Callable[[], object]:
    def run() -> object:
        with any_store.write() as session:
            sync_settings(session, watching, now)
            feed_id = session.scalars(select(Feed.id)).one()
        return poll_feed(any_store, watching, feed_id, environment)

    return run


@pytest.fixture
def ask_again(any_store: Store, watching: Settings, environment: dict[str, str]) -> Asker:
    def run(now: datetime) -> Rechecked:
        with any_store.read() as session:
            feed_id = session.scalars(select(Feed.id)).one()
        return recheck_feed(any_store, watching, feed_id, now, environment)

    return run


def only(store: Store) -> Mention:
    with store.read() as session:
        return session.scalars(select(Mention)).one()


def count(store: Store, table: Any) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_deleted_post_is_purged_and_never_comes_back(
    poll: Callable[[], object], ask_again: Asker, any_store: Store, watching: Settings, platforms: Platforms
) -> None:
    post = platforms.x.post("aurora lost my bag, call me on 0700 900", author="dana")
    poll()
    triage_batch(any_store, PlainJudge(), watching, utcnow())
    platforms.x.edit(post, "aurora lost my bag")
    poll()
    triage_batch(any_store, PlainJudge(), watching, utcnow())
    assert (count(any_store, Edition), count(any_store, Embedding), count(any_store, Author)) == (1, 1, 1)
    platforms.x.delete(post)
    assert ask_again(utcnow() + timedelta(days=2)) == Rechecked(asked=1, gone=1)
    gone = only(any_store)
    assert (gone.status, gone.text, gone.url, gone.author_id, gone.due_at) == ("gone", "", "", None, None)
    assert (count(any_store, Edition), count(any_store, Embedding), count(any_store, Author)) == (0, 0, 0)
    with any_store.read() as session:
        kept = str(
            [row._asdict() for table in (Mention, Activity) for row in session.execute(select(*table.__table__.c))]
        )
    assert "0700" not in kept
    assert "dana" not in kept
    poll()
    assert only(any_store).text == ""
    assert ask_again(utcnow() + timedelta(days=400)) == Rechecked()


def test_an_edit_found_by_asking_again_is_judged_again(
    poll: Callable[[], object], ask_again: Asker, any_store: Store, platforms: Platforms
) -> None:
    post = platforms.x.post("aurora one")
    poll()
    platforms.x.edit(post, "aurora one, and now my medicine is in that bag")
    assert ask_again(utcnow() + timedelta(days=2)) == Rechecked(asked=1, edited=1)
    assert (only(any_store).text, only(any_store).judged_at) == ("aurora one, and now my medicine is in that bag", None)


def test_a_platform_that_fails_purges_nothing_and_is_asked_again(
    poll: Callable[[], object], ask_again: Asker, any_store: Store, platforms: Platforms
) -> None:
    platforms.x.post("aurora one")
    poll()
    later = utcnow() + timedelta(days=2)
    for fault in ("503", "html", "401", "429"):
        platforms.x.fail(fault)
        assert ask_again(later) == Rechecked()
    assert only(any_store).text == "aurora one"
    assert ask_again(later).asked == 1
    assert ask_again(later) == Rechecked()  # once at each age


def test_asking_again_is_paid_from_the_budget(
    poll: Callable[[], object], ask_again: Asker, any_store: Store, platforms: Platforms
) -> None:
    platforms.x.post("aurora one")
    poll()
    later = utcnow() + timedelta(days=2)
    with any_store.write() as session:
        session.add(Poll(feed_id=only(any_store).feed_id, started_at=later, usd=1))
    asked = len(platforms.x.requests)
    assert ask_again(later) == Rechecked()
    assert len(platforms.x.requests) == asked
    with any_store.write() as session:
        session.execute(update(Poll).values(usd=0))
    assert ask_again(later).asked == 1
    with any_store.read() as session:
        assert session.scalar(select(func.sum(Poll.usd))) > 0


@pytest.mark.parametrize(
    ("age_hours", "billed", "next_hours"),
    [
        (0, False, 6),
        (6, False, 12),
        (47, False, 48),
        (0, True, 24),
        (25, True, 168),
        (9000, False, None),
        (721, True, None),
    ],
)
def test_asking_again_is_spread_over_the_age_of_a_post(age_hours: int, billed: bool, next_hours: int | None) -> None:
    posted = datetime(2026, 1, 1, tzinfo=UTC)
    expected = posted + timedelta(hours=next_hours) if next_hours else None
    assert next_recheck(posted, posted + timedelta(hours=age_hours), billed) == expected
