"""The clock's part: reminded before, broken when due, told once, and put into a calendar."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import promises
from monitor.alerting.alerts import Moot
from monitor.alerting.outbox import deliver_due
from monitor.digest.account import compute_digest
from monitor.digest.sentences import headline
from monitor.digest.weeks import IsoWeek
from monitor.models import Activity, Brand, Mention, Notification, Promise, User
from monitor.promises.calendar import end_link, make_link, user_of_link, write_calendar
from monitor.promises.telling import promise_message
from monitor.promises.watching import watch_promises
from monitor.queries.promises import promises_by
from monitor.settings import Settings
from monitor.store import Store
from monitor.teamwork.memos import unread
from monitor.words import PromiseState, Status
from tests.factories import make_mention, make_user
from tests.platforms import Platforms

HOUR = timedelta(hours=1)


@pytest.fixture
def ana(store: Store) -> User:
    with store.write() as session:
        return make_user(session)


@pytest.fixture
def session(store: Store, ana: User) -> Iterator[Session]:
    """A transaction begun after Ana was hired."""
    with store.write() as opened:
        yield opened


@pytest.fixture
def asking(settings: Settings) -> Settings:
    """A Slack channel that wants promises, and one that does not."""
    given = [{"name": "duty", "kind": "slack"}, {"name": "care", "kind": "slack", "promises": True}]
    return settings.model_copy(update={"channels": Settings(channel=given).channels})


def promise(session: Session, ana: User, due_at: datetime, now: datetime, **fields: object) -> Promise:
    mention = make_mention(session, **fields)
    brand = Settings().brand("Aurora Air")
    return promises.add(session, mention.id, ana, "call <b>her</b>", due_at, brand, now)


def notified(session: Session) -> list[tuple[str, str, int]]:
    rows = session.scalars(select(Notification).order_by(Notification.id)).all()
    return [(row.channel, row.payload["what"], len(row.payload["promises"])) for row in rows]


def test_its_giver_is_reminded_once_before_it_is_due(
    session: Session, ana: User, asking: Settings, now: datetime
) -> None:
    one = promise(session, ana, now + 3 * HOUR, now)
    moments = [now + minutes * timedelta(minutes=1) for minutes in (119, 120, 121, 179)]
    assert [watch_promises(session, asking, moment) for moment in moments] == [0, 1, 0, 0]
    assert one.reminded_at == now + 2 * HOUR
    assert notified(session) == [("care", "due", 1)]
    session.flush()
    assert [memo.activity.happened for memo, _ in unread(session, ana.id)] == ["promise_reminded"]


def test_one_given_within_the_hour_needs_no_reminder(
    session: Session, ana: User, asking: Settings, now: datetime
) -> None:
    promise(session, ana, now + HOUR / 2, now)
    assert watch_promises(session, asking, now + HOUR / 4) == 0


def test_it_is_broken_when_its_time_passes_and_told_once(
    session: Session, ana: User, asking: Settings, now: datetime
) -> None:
    ben, lea = make_user(session, "Ben"), make_user(session, "Lea", "lead")
    one, other = promise(session, ana, now + HOUR, now), promise(session, ana, now + HOUR, now)
    one.mention.assignee_id = ben.id
    proposal = promise(session, ana, now + HOUR, now)
    proposal.state = PromiseState.PROPOSED
    later = now + HOUR
    assert [watch_promises(session, asking, moment) for moment in (later, later + HOUR)] == [2, 0]
    assert [item.state for item in (one, other, proposal)] == ["broken", "broken", "proposed"]
    assert one.settled_at is None  # it waits for somebody
    assert notified(session) == [("care", "broken", 2)]
    assert len(unread(session, ana.id)) == 2
    assert len(unread(session, ben.id)) == 1
    assert len(unread(session, lea.id)) == 2


def test_a_kept_promise_is_neither_reminded_nor_broken(
    session: Session, ana: User, asking: Settings, now: datetime
) -> None:
    promises.keep(session, promise(session, ana, now + HOUR, now).id, ana, now)
    assert watch_promises(session, asking, now + 2 * HOUR) == 0
    assert notified(session) == []


def test_what_is_broken_is_told_wherever_alerts_go_unless_a_channel_asks(
    session: Session, ana: User, settings: Settings, now: datetime
) -> None:
    promise(session, ana, now + 2 * HOUR, now)
    watch_promises(session, settings, now + HOUR)
    assert notified(session) == []  # a reminder is for who promised
    watch_promises(session, settings, now + 2 * HOUR)
    assert notified(session) == [("console", "broken", 1)]


def test_nobody_is_left_to_keep_it_to_when_the_post_is_deleted(
    session: Session, ana: User, asking: Settings, now: datetime
) -> None:
    one = promise(session, ana, now + HOUR, now)
    session.get_one(Mention, one.mention_id).status = Status.GONE
    session.flush()
    assert watch_promises(session, asking, now + 2 * HOUR) == 1
    session.refresh(one)
    assert (one.state, one.settled_at) == (PromiseState.DISMISSED, now + 2 * HOUR)
    line = session.scalars(select(Activity).where(Activity.happened == "promise_dismissed")).one()
    assert line.data["reason"] == "the author deleted the post"


def test_the_message_names_who_promised_what_to_whom(
    store: Store, ana: User, asking: Settings, platforms: Platforms, now: datetime
) -> None:
    with store.write() as session:
        one = promise(session, ana, now + HOUR, now, name="Dana <!channel>", handle="dana")
        watch_promises(session, asking, now + HOUR)
    environment = {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url}
    assert deliver_due(store, asking, now + HOUR, environment) == 1
    (message,) = platforms.slack.messages
    assert message.text == "A promise was broken"
    assert "Ana to Dana &lt;!channel&gt; (@dana): “call &lt;b&gt;her&lt;/b&gt;”, due 0 s ago (Wed 13:00 GMT)" in str(
        message.blocks
    )
    with store.write() as session:
        promises.keep(session, one.id, session.get_one(User, ana.id), now + HOUR)
        payload = {"what": "broken", "promises": [one.id]}
        with pytest.raises(Moot, match="dealt with"):
            promise_message(session, payload, asking, now + HOUR)


def test_a_calendar_holds_what_is_to_be_kept(session: Session, ana: User, settings: Settings, now: datetime) -> None:
    name = "Dana; \\n, BEGIN:VEVENT\r\n" + "ō" * 80
    one = promise(session, ana, now + HOUR, now, name=name)
    done = promise(session, ana, now + HOUR, now)
    promises.keep(session, done.id, ana, now)
    late = promise(session, ana, now + HOUR, now)
    late.state = PromiseState.BROKEN
    session.flush()
    written = write_calendar(ana, promises_by(session, ana.id), settings, now)
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    first, second = Calendar.from_ical(written).walk("VEVENT")
    assert (first["uid"], first["dtend"].dt) == (f"promise-{one.id}@mentiondesk", now + HOUR)
    assert first["summary"].startswith("call <b>her</b> (Dana; \\n, BEGIN:VEVENT ō")
    assert first["url"] == f"http://127.0.0.1:8080/mentions/{one.mention_id}"
    assert second["summary"].startswith("Broken: ")


def test_its_secret_address_is_one_and_ends(session: Session, ana: User, now: datetime) -> None:
    first, second = make_link(session, ana, now), make_link(session, ana, now)
    assert [user and user.id for user in (user_of_link(session, first), user_of_link(session, second))] == [
        None,
        ana.id,
    ]
    session.merge(ana).active = False
    session.flush()
    assert user_of_link(session, second) is None
    end_link(session, ana)
    assert user_of_link(session, second) is None


def test_the_weekly_account_agrees_with_a_count_by_hand(
    session: Session, ana: User, settings: Settings, now: datetime
) -> None:
    chance = random.Random(7)
    week, start = IsoWeek.parse("2026-W46"), datetime(2026, 11, 9, tzinfo=UTC)
    for _ in range(200):
        given = start + timedelta(hours=chance.randrange(-200, 300))
        one = promise(
            session, ana, given + chance.randrange(1, 90) * HOUR, given, brand=chance.choice(["Aurora Air", "Other"])
        )
        one.state = chance.choice(list(PromiseState))
    session.flush()
    everything = session.scalars(select(Promise)).all()
    due = [
        one.state
        for one in everything
        if one.mention.brand.name == "Aurora Air" and start <= one.due_at < start + timedelta(days=7)
    ]
    counted = Counter(state for state in due if state in ("kept", "broken", "open"))
    brand = session.scalars(select(Brand).where(Brand.name == "Aurora Air")).one()
    digest = compute_digest(session, settings, brand, week, now)
    assert digest.as_json()["promises"] == {"due": counted.total(), **counted}
    assert min(counted.values()) > 1
    expected = (
        f"Of {counted.total()} promises due in the week {counted['kept']} were kept, {counted['broken']} were broken"
    )
    assert f"{expected}, {counted['open']} still to be kept." in list(headline(digest))
