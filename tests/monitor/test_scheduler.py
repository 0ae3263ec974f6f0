"""The clockwork end to end: a post appears on X, is judged, and wakes somebody on Slack; once."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.clockwork.polls import stagger
from monitor.models import Mention, Notification
from monitor.scheduler import Clockwork
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.monitor.judges import PlainJudge
from tests.platforms import Platforms


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Until the condition holds; fails the test when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def watching(settings: Settings, platforms: Platforms) -> Settings:
    """The invented brand, watched on the fake X, with alerts to the fake Slack."""
    feed = {"name": "x-search", "source": "x", "query": "aurora", "every": "1s", **platforms.x_options}
    brand = {**settings.brands[0].model_dump(by_alias=True), "feed": [feed]}
    channel = {"name": "duty", "kind": "slack"}
    data = {"brand": [brand], "channel": [channel], "home": settings.home, "public_url": "https://desk.example"}
    return Settings.model_validate(data)


@pytest.fixture
def clockwork(store: Store, watching: Settings, platforms: Platforms, now: datetime) -> Iterator[Clockwork]:
    with store.write() as session:
        sync_settings(session, watching, now)
    environment = {
        "MENTIONDESK_X_BEARER_TOKEN": platforms.x_credentials["bearer_token"],
        "MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url,
    }
    made = Clockwork(store, watching, PlainJudge, environment)
    made.start()
    yield made
    made.stop()


def test_an_urgent_post_reaches_slack_within_seconds_and_once(
    clockwork: Clockwork, store: Store, platforms: Platforms
) -> None:
    platforms.x.post("low: aurora has nice planes")
    platforms.x.post("urgent: aurora left me at the gate <!channel>", author="dana")
    posted = time.monotonic()
    wait_for(lambda: platforms.slack.messages)
    assert time.monotonic() - posted < 15
    time.sleep(2.5)  # long enough for every job to run twice more
    assert len(platforms.slack.messages) == 1
    said = str(platforms.slack.messages[0].body)
    with store.read() as session:
        mention = session.scalars(select(Mention).where(Mention.urgency == "urgent")).one()
        notification = session.scalars(select(Notification)).one()
    assert f"https://desk.example/mentions/{mention.id}" in said
    assert "left me at the gate" in said
    assert "dana" in said
    assert "<!channel>" not in said
    assert (notification.state, notification.attempts) == ("sent", 1)


def test_a_snoozed_mention_wakes(clockwork: Clockwork, store: Store) -> None:
    with store.write() as session:
        soon = utcnow() + timedelta(seconds=1)
        mention = make_mention(session, status="snoozed", snoozed_until=soon)

    def awake() -> bool:
        with store.read() as session:
            return session.get_one(Mention, mention.id).status == "open"

    wait_for(awake, seconds=30)


def test_two_desks_on_one_store_do_nothing_twice(
    clockwork: Clockwork, store: Store, watching: Settings, platforms: Platforms
) -> None:
    second = Clockwork(store, watching, PlainJudge, clockwork.plans.environment)
    second.start()
    try:
        for number in range(5):
            platforms.x.post(f"urgent: aurora {number}")
        wait_for(lambda: len(platforms.slack.messages) >= 5, seconds=30)
        time.sleep(2)
    finally:
        second.stop()
    assert len(platforms.slack.messages) == 5


def test_feeds_that_are_due_together_begin_one_after_the_other(now: datetime) -> None:
    assert stagger([], now) == {}
    few = stagger([7, 3], now)
    assert few == {7: now, 3: now + timedelta(milliseconds=100)}
    many = stagger(range(3000), now)
    assert max(many.values()) < now + timedelta(minutes=1)
    assert len(set(many.values())) == 3000


def test_a_feed_that_fails_is_read_apart_from_the_others_until_it_reads_again(
    clockwork: Clockwork, store: Store, platforms: Platforms
) -> None:
    platforms.x.fail("503")
    wait_for(lambda: clockwork.plans.polls.doubtful)
    wait_for(lambda: not clockwork.plans.polls.doubtful, seconds=30)
