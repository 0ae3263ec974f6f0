"""The demo: a desk with a past, so that a newcomer has something to look at and to count."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from monitor import demo
from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import poll_feed
from monitor.digest.account import compute_digests
from monitor.digest.weeks import IsoWeek
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Feed, Mention, Reply
from monitor.settings import Settings
from monitor.store import Store
from tests.monitor.judges import PlainJudge


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo.demo_settings(tmp_path)


@pytest.fixture
def played(store: Store, settings: Settings) -> Store:
    """A demo that was polled once, judged and given its past."""
    now = utcnow()
    with store.write() as session:
        sync_settings(session, settings, now)
        session.execute(update(Feed).values(next_poll_at=now))
        feed_id = session.scalars(select(Feed.id)).one()
    poll_feed(store, settings, feed_id, {})
    while triage_batch(store, PlainJudge(), settings, now):
        pass
    with store.write() as session:
        demo.act_out_history(session, settings, now)
    return store


def test_the_past_was_mostly_dealt_with_and_some_of_it_was_not(played: Store) -> None:
    with played.read() as session:
        mentions = session.scalars(select(Mention)).all()
        replies = session.scalars(select(Reply)).all()
    # At the end of a week-end half of them wait for Monday.
    ripe = [mention for mention in mentions if demo.answered_at(mention) < utcnow()]
    left = [mention for mention in ripe if mention.status == "open"]
    assert len(mentions) > 150
    assert len(ripe) / 20 < len(left) < len(ripe) / 2
    assert len(replies) > len(ripe) / 3
    assert all(reply.text.startswith("Hi ") and "{" not in reply.text for reply in replies)


def test_nothing_of_the_past_lies_in_the_future_or_runs_backwards(played: Store, settings: Settings) -> None:
    with played.read() as session:
        for mention in session.scalars(select(Mention).where(Mention.status == "resolved")):
            times = session.scalars(
                select(Activity.at).where(Activity.mention_id == mention.id).order_by(Activity.id)
            ).all()
            assert list(times) == sorted(times)
            assert mention.posted_at <= times[0]
            assert times[-1] <= utcnow() + timedelta(minutes=2)


def test_acting_it_out_again_changes_nothing(played: Store, settings: Settings) -> None:
    with played.write() as session:
        assert demo.act_out_history(session, settings, utcnow()) == 0


def test_there_is_a_week_to_account_for(played: Store, settings: Settings) -> None:
    week = IsoWeek.last_full(utcnow(), settings.brands[0].zone)
    with played.read() as session:
        (digest,) = compute_digests(session, settings, week, utcnow())
    assert digest.counts.mentions > 20
    assert digest.first_reply.answered > 10
