"""Edits at the platform: judged again, and told again where they make a mention more urgent."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.brands import ensure_brand
from monitor.collecting.ingest import ingest_posts
from monitor.judging.triage import triage_batch
from monitor.models import Edition, Mention, Notification
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Author, Post
from tests.monitor.judges import PlainJudge


class Desk:
    """Takes editions of one post, judges them at once, and counts alerts."""

    def __init__(self, store: Store, settings: Settings, now: datetime) -> None:
        self.store, self.settings, self.now = store, settings, now
        self.posted_at = now

    def take(self, text: str) -> None:
        """The post says this now."""
        self.now += timedelta(minutes=5)
        post = Post("x", "1", text, Author("7", "ann"), self.posted_at)
        with self.store.write() as session:
            brand = ensure_brand(session, "Aurora Air", self.posted_at)
            ingest_posts(session, [post], brand, self.settings.brands[0], self.now)
        triage_batch(self.store, PlainJudge(), self.settings, self.now)

    @property
    def alerts(self) -> int:
        with self.store.read() as session:
            return len(session.scalars(select(Notification.id)).all())


@pytest.fixture
def desk(any_store: Store, settings: Settings, now: datetime) -> Desk:
    return Desk(any_store, settings, now)


def test_an_edit_that_makes_a_mention_urgent_alerts(desk: Desk) -> None:
    desk.take("low: nice planes")
    assert desk.alerts == 0
    desk.take("urgent: the plane is on fire")
    assert desk.alerts == 1
    with desk.store.read() as session:
        mention = session.scalars(select(Mention)).one()
        assert (mention.urgency, mention.text) == ("urgent", "urgent: the plane is on fire")
        assert session.scalars(select(Edition.text)).all() == ["low: nice planes"]


def test_it_alerts_again_each_time_the_urgency_is_lifted_and_not_for_a_spelling(desk: Desk) -> None:
    for text, alerts in [
        ("urgent: help", 1),
        ("urgent: help!", 1),
        ("low: never mind", 1),
        ("urgent: no, really", 2),
        ("urgent: no, really!", 2),
    ]:
        desk.take(text)
        assert desk.alerts == alerts
    triage_batch(desk.store, PlainJudge(), desk.settings, desk.now)
    assert desk.alerts == 2


def test_an_edit_of_an_old_post_is_news_but_its_first_reading_is_not(desk: Desk) -> None:
    desk.posted_at -= timedelta(days=3)
    desk.take("urgent: the day before yesterday")
    assert desk.alerts == 0
    desk.take("low: it was nothing")
    desk.take("urgent: it happens again")
    assert desk.alerts == 1


def test_judging_again_what_was_told_after_an_edit_tells_nothing(desk: Desk) -> None:
    desk.take("low: nice planes")
    desk.take("urgent: the plane is on fire")
    with desk.store.write() as session:
        session.scalars(select(Mention)).one().judged_at = None
    triage_batch(desk.store, PlainJudge(), desk.settings, desk.now)
    assert desk.alerts == 1
