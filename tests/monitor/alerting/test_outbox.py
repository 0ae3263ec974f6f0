"""The outbox: what is due gets through once, whatever the channel and the machine do meanwhile."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from monitor.alerting.alerts import alert_urgent
from monitor.alerting.outbox import attempt, claim_next, deliver_due, record_sent
from monitor.alerting.pace import BURST, LEASE, Lately, is_hopeless, may_send, retry_delay
from monitor.models import Activity, Mention, Notification
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened, NotificationState, Status
from tests.factories import make_mention
from tests.platforms import Platforms

Deliver = Callable[[datetime], int]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The invented brand, with one Slack channel."""
    return settings.model_copy(update={"channels": channels({"name": "duty", "kind": "slack"})})


def channels(*given: dict[str, Any]) -> Any:
    return Settings(channel=list(given)).channels


@pytest.fixture
def environment(platforms: Platforms) -> dict[str, str]:
    return {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url}


@pytest.fixture
def deliver(store: Store, settings: Settings, environment: dict[str, str]) -> Deliver:
    return lambda at: deliver_due(store, settings, at, environment)


def alert(store: Store, settings: Settings, now: datetime, number: int = 1, **fields: Any) -> list[int]:
    """Urgent mentions of a minute ago, and their notifications; the mentions' ids."""
    fields = {"urgency": "urgent", "posted_at": now - timedelta(minutes=1)} | fields
    with store.write() as session:
        ids = [make_mention(session, **fields).id for _ in range(number)]
        alert_urgent(session, ids, settings, now)
    return ids


def rows(store: Store) -> list[Notification]:
    with store.read() as session:
        return list(session.scalars(select(Notification).order_by(Notification.id)))


def happened(store: Store, what: Happened) -> list[Activity]:
    with store.read() as session:
        return list(session.scalars(select(Activity).where(Activity.happened == what).order_by(Activity.id)))


def keys(platforms: Platforms) -> list[str]:
    return [message.body["metadata"]["event_payload"]["key"] for message in platforms.slack.messages]


def test_an_alert_gets_through_once_and_is_written_down(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    (mention_id,) = alert(store, settings, now)
    assert [deliver(now), deliver(now + timedelta(minutes=1))] == [1, 0]
    assert keys(platforms) == [f"urgent:{mention_id}:duty"]
    (row,) = rows(store)
    assert (row.state, row.sent_at, row.attempts, row.lease_until) == (NotificationState.SENT, now, 1, None)
    assert [(a.mention_id, a.data) for a in happened(store, Happened.ALERTED)] == [(mention_id, {"channel": "duty"})]


def test_after_a_429_it_waits_as_long_as_asked_and_then_sends_exactly_one(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    alert(store, settings, now, number=2)
    platforms.slack.fail("429", retry_after=45)
    sent = [deliver(now + timedelta(seconds=second)) for second in range(45)]
    assert sum(sent) == 0
    assert len(platforms.slack.requests) == 1, "the channel's other alert waited too"
    assert [deliver(now + timedelta(seconds=45 + second)) for second in (0, 1, 2)] == [1, 1, 0]
    assert len(set(keys(platforms))) == len(platforms.slack.messages) == 2


def test_an_alert_that_comes_while_the_channel_rests_waits_too(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    alert(store, settings, now)
    platforms.slack.fail("429", retry_after=45)
    deliver(now)
    alert(store, settings, now + timedelta(seconds=10))
    deliver(now + timedelta(seconds=10))
    assert len(platforms.slack.requests) == 1


@pytest.mark.parametrize("fault", ["500", "503", "drop"])
def test_a_channel_in_trouble_is_tried_again(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime, fault: str
) -> None:
    alert(store, settings, now)
    platforms.slack.fail(fault, times=2)
    assert [deliver(now), deliver(now + timedelta(seconds=1))] == [0, 0]
    (row,) = rows(store)
    assert row.state == NotificationState.QUEUED
    assert "Slack" in row.error
    assert [deliver(row.next_attempt_at), deliver(now + timedelta(minutes=1))] == [0, 1]
    assert len(set(keys(platforms))) == 1


def test_a_refusal_that_will_not_pass_is_given_up_with_its_reason(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    (mention_id,) = alert(store, settings, now)
    platforms.slack.fail("404", body="no_service")
    assert [deliver(now), deliver(now + timedelta(hours=1))] == [0, 0]
    (row,) = rows(store)
    assert (row.state, row.error) == (NotificationState.FAILED, "Slack refused the message: no_service.")
    (failure,) = happened(store, Happened.ALERT_FAILED)
    assert (failure.mention_id, failure.data) == (mention_id, {"channel": "duty", "reason": row.error})


def test_a_day_of_trying_is_enough(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    alert(store, settings, now)
    platforms.slack.fail("503", times=1_000)
    at = now
    while (row := rows(store)[0]).state == NotificationState.QUEUED:
        at = max(at, row.next_attempt_at)
        deliver(at)
    assert timedelta(hours=24) < at - now < timedelta(hours=24, minutes=16)
    assert row.error == "Given up after a day of trying. Slack is in trouble (503)."
    assert 95 < row.attempts < 130


def test_killed_before_sending_it_is_sent_when_the_lease_runs_out(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    (mention_id,) = alert(store, settings, now)
    with store.write() as session:
        assert claim_next(session, "duty", now)  # and here its sender is killed
    assert deliver(now + LEASE - timedelta(seconds=1)) == 0
    assert deliver(now + LEASE) == 1
    assert keys(platforms) == [f"urgent:{mention_id}:duty"]


def test_killed_between_sending_and_recording_it_is_sent_again_with_the_same_key(
    store: Store,
    settings: Settings,
    environment: dict[str, str],
    deliver: Deliver,
    platforms: Platforms,
    now: datetime,
) -> None:
    (mention_id,) = alert(store, settings, now)
    with store.write() as session:
        claimed = claim_next(session, "duty", now)
    assert claimed
    assert attempt(store, claimed, settings, now, environment) is None  # it was sent, and nobody wrote it down
    assert deliver(now + LEASE) == 1
    assert keys(platforms) == [f"urgent:{mention_id}:duty"] * 2
    with store.write() as session:
        assert not record_sent(session, claimed, now + LEASE), "the first sender was only slow: it changes nothing"
    assert rows(store)[0].attempts == 2
    assert len(happened(store, Happened.ALERTED)) == 1


def test_many_workers_never_send_the_same_alert(
    any_store: Store, settings: Settings, environment: dict[str, str], platforms: Platforms, now: datetime
) -> None:
    alert(any_store, settings, now, number=6)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for second in range(20):
            deliver_due(any_store, settings, now + timedelta(seconds=second), environment)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(keys(platforms)) == len(set(keys(platforms))) == 6
    assert {row.state for row in rows(any_store)} == {NotificationState.SENT}
    assert len(happened(any_store, Happened.ALERTED)) == 6


def test_a_channel_that_hangs_holds_up_no_other(
    store: Store, settings: Settings, environment: dict[str, str], platforms: Platforms, now: datetime
) -> None:
    hanging = {"name": "hanging", "kind": "slack", "credentials": "SLACK_B"}
    environment["MENTIONDESK_SLACK_B_WEBHOOK_URL"] = platforms.slack_webhook_url.replace("T000", "T111")
    both = settings.model_copy(update={"channels": channels({"name": "duty", "kind": "slack"}, hanging)})
    alert(store, both, now)
    platforms.slack.fail("hang", path="T111", seconds=3)
    began = time.monotonic()
    sender = threading.Thread(target=deliver_due, args=(store, both, now, environment))
    sender.start()
    while not platforms.slack.messages and time.monotonic() - began < 3:
        time.sleep(0.02)
    took = time.monotonic() - began
    sender.join()
    assert took < 2
    states = {row.channel: row.state for row in rows(store)}
    assert states == {"duty": NotificationState.SENT, "hanging": NotificationState.QUEUED}


def test_a_channel_without_its_credential_says_which(
    store: Store, settings: Settings, platforms: Platforms, now: datetime
) -> None:
    alert(store, settings, now)
    assert deliver_due(store, settings, now, {}) == 0
    assert "MENTIONDESK_SLACK_WEBHOOK_URL" in rows(store)[0].error


def test_a_channel_that_left_the_configuration_is_named(
    store: Store, settings: Settings, environment: dict[str, str], now: datetime
) -> None:
    alert(store, settings, now)
    deliver_due(store, settings.model_copy(update={"channels": ()}), now, environment)
    assert rows(store)[0].error == "The configuration no longer has a channel 'duty'."


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (Status.GONE, "The author deleted the post."),
        (Status.RESOLVED, "It was resolved before the alert could be sent."),
    ],
)
def test_nobody_is_alerted_of_what_is_over(
    store: Store,
    settings: Settings,
    deliver: Deliver,
    platforms: Platforms,
    now: datetime,
    status: Status,
    error: str,
) -> None:
    (mention_id,) = alert(store, settings, now)
    with store.write() as session:
        session.get_one(Mention, mention_id).status = status
    assert deliver(now) == 0
    assert platforms.slack.messages == []
    assert (rows(store)[0].state, rows(store)[0].error) == (NotificationState.FAILED, error)


def test_a_storm_is_folded_and_every_alert_names_its_message(
    any_store: Store, settings: Settings, environment: dict[str, str], platforms: Platforms, now: datetime
) -> None:
    ids = alert(any_store, settings, now, number=45)
    for second in range(60):
        deliver_due(any_store, settings, now + timedelta(seconds=second), environment)
    messages = platforms.slack.messages
    assert len(messages) == BURST + 1
    assert messages[-1].text == "35 more urgent mentions since 12:00 GMT"
    told = str([message.blocks for message in messages])
    named = [mention_id for mention_id in ids if f"/mentions/{mention_id}|" in told]
    assert named == ids[: BURST + 20]
    assert "And 15 more on the board." in told
    stored = rows(any_store)
    assert {row.state for row in stored} == {NotificationState.SENT}
    assert sum(row.payload.get("folded_in") == keys(platforms)[-1] for row in stored) == 35
    assert sorted(a.mention_id or 0 for a in happened(any_store, Happened.ALERTED)) == ids


def test_in_a_storm_messages_keep_their_distance(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    for second in range(140):
        at = now + timedelta(seconds=second)
        if second < 120:
            alert(store, settings, at)
        deliver(at)
    assert len(platforms.slack.messages) <= BURST + 140 // 15
    with store.read() as session:
        waiting = select(func.count(Notification.id)).where(Notification.state != NotificationState.SENT)
        assert session.scalar(waiting) == 0


def test_a_fold_that_cannot_be_sent_fails_with_all_it_holds(
    store: Store, settings: Settings, deliver: Deliver, platforms: Platforms, now: datetime
) -> None:
    alert(store, settings, now, number=BURST + 3)
    for second in range(BURST):
        deliver(now + timedelta(seconds=second))
    platforms.slack.fail("403", body="action_prohibited")
    deliver(now + timedelta(seconds=30))
    failed = [row for row in rows(store) if row.state == NotificationState.FAILED]
    assert len(failed) == 3 + 1
    assert len(happened(store, Happened.ALERT_FAILED)) == 3


def test_waiting_doubles_from_5_seconds_to_15_minutes() -> None:
    delays = [retry_delay("urgent:1:duty", attempt, None).total_seconds() for attempt in range(1, 40)]
    assert 5 <= delays[0] <= 7.5
    assert all(10 * 2**n <= delay <= 15 * 2**n for n, delay in enumerate(delays[1:6]))
    assert delays[-1] == 900
    assert retry_delay("urgent:1:duty", 1, timedelta(hours=1)) == timedelta(hours=1)


def test_alerts_that_failed_together_do_not_come_back_together() -> None:
    assert len({retry_delay(f"urgent:{n}:duty", 3, None) for n in range(50)}) == 50


def test_the_first_attempt_is_made_however_late(now: datetime) -> None:
    assert not is_hopeless(1, now - timedelta(days=3), now)
    assert is_hopeless(2, now - timedelta(days=3), now)


@pytest.mark.parametrize(
    ("messages", "seconds", "may"), [(1, 0.9, False), (1, 1, True), (10, 14, False), (10, 15, True)]
)
def test_a_channel_gets_one_message_a_second_and_fewer_in_a_storm(
    messages: int, seconds: float, may: bool, now: datetime
) -> None:
    assert may_send(Lately(messages, now - timedelta(seconds=seconds)), now) is may
