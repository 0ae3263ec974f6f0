"""The weekly account agrees with a count by hand, misses nothing, and is sent once."""

import random
import statistics
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from classifier.labels import NEEDS, SENTIMENTS, URGENCIES
from monitor import desk
from monitor.alerting.alerts import alert_urgent
from monitor.alerting.outbox import deliver_due, deliver_waiting
from monitor.digest.account import Digest, compute_digest, compute_digests, digests_json, queue_digests
from monitor.digest.page import render_html, render_text
from monitor.digest.sentences import say_span
from monitor.digest.weeks import IsoWeek
from monitor.models import Activity, Brand, Feed, Gap, Mention, Notification
from monitor.settings import Settings
from monitor.store import Store
from monitor.translating import speaking
from monitor.translations import language, read_catalogue
from monitor.words import FeedState, Happened, NotificationState, Status
from tests.factories import make_mention, make_user
from tests.monitor.test_channels import Mailbox, free_port
from tests.platforms import Platforms

WEEK = IsoWeek.parse("2026-W46")
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)  # in London's winter
DAY = timedelta(days=1)
NOW = MONDAY + 7 * DAY + timedelta(hours=9)


def account(store: Store, settings: Settings, week: IsoWeek = WEEK, now: datetime = NOW) -> Digest:
    with store.read() as session:
        brand = session.scalars(select(Brand).where(Brand.name == "Aurora Air")).one()
        return compute_digest(session, settings, brand, week, now)


def add_random_mentions(store: Store, seed: int, number: int) -> None:
    """Three weeks of mentions of two brands; some unjudged, some answered, some closed or gone."""
    chance = random.Random(seed)
    with store.write() as session:
        users = [make_user(session, name) for name in ("Ana", "Ben")]
        for _ in range(number):
            posted = MONDAY + timedelta(minutes=chance.randrange(-10 * 1440, 11 * 1440))
            mention = make_mention(
                session,
                urgency=chance.choice([*URGENCIES, None]),
                sentiment=chance.choice(SENTIMENTS),
                need=chance.choice([*NEEDS, None]),
                source=chance.choice(["x", "reddit", "export"]),
                brand=chance.choice(["Aurora Air", "Aurora Air", "Aurora Rail"]),
                posted_at=posted,
            )
            replied = posted + timedelta(minutes=chance.expovariate(1 / 90))
            fate = chance.random()
            if fate < 0.5 and replied < NOW:
                user = chance.choice(users)
                desk.claim(session, mention.id, user, replied)
                desk.log_reply(session, mention.id, user, "Hello", "", replied)
                if fate < 0.2:
                    desk.resolve(session, mention.id, user, replied)
            elif fate > 0.9:
                mention.status = chance.choice([Status.GONE, Status.RESOLVED, Status.SNOOZED])


def by_hand(mentions: Iterable[Mention], start: datetime) -> dict[str, Any]:
    """The same numbers, counted one mention at a time."""
    week = [m for m in mentions if m.brand.name == "Aurora Air" and start <= m.posted_at < start + 7 * DAY]
    answered = [m for m in week if m.first_reply_at]
    spans = sorted((m.first_reply_at - m.posted_at).total_seconds() / 60 for m in answered if m.first_reply_at)
    waiting = [m for m in week if not m.first_reply_at and m.status in ("open", "snoozed")]
    return {
        "mentions": len(week),
        "by_source": Counter(m.source for m in week),
        "by_sentiment": Counter(m.sentiment or "not judged" for m in week),
        "by_urgency": Counter(m.urgency or "not judged" for m in week),
        "by_need": Counter(m.need or "not judged" for m in week),
        "first_reply": {
            "answered": len(answered),
            "median_minutes": pytest.approx(statistics.median(spans), abs=0.06),
            "p90_minutes": pytest.approx(statistics.quantiles(spans, n=10, method="inclusive")[-1], abs=0.06),
            "within_due": sum(m.due_at is not None and m.first_reply_at <= m.due_at for m in answered),
            "due": sum(m.due_at is not None for m in answered)
            + sum(m.due_at is not None and m.due_at <= NOW for m in waiting),
        },
        "unanswered_urgent": sorted((m.posted_at, m.id) for m in waiting if m.urgency == "urgent"),
    }


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_a_count_by_hand(any_store: Store, settings: Settings, seed: int) -> None:
    add_random_mentions(any_store, seed, 250)
    said = account(any_store, settings).as_json()
    with any_store.read() as session:
        everything = list(session.scalars(select(Mention)))
        week, before = by_hand(everything, MONDAY), by_hand(everything, MONDAY - 7 * DAY)
    named = [(datetime.fromisoformat(one["posted_at"]), one["id"]) for one in said["unanswered_urgent"]]
    assert named == week.pop("unanswered_urgent")
    assert {name: said[name] for name in week} == week
    assert said["mentions_before"] == before.pop("mentions")
    before.pop("unanswered_urgent")
    assert said["before"] == before
    for table in ("by_source", "by_sentiment", "by_urgency", "by_need"):
        assert sum(said[table].values()) == said["mentions"]


def test_it_says_who_answered_what_in_the_week(any_store: Store, settings: Settings) -> None:
    with any_store.write() as session:
        ana, ben, eve = (make_user(session, name) for name in ("Ana", "Ben", "Eve"))
        old = make_mention(session, need="billing", posted_at=MONDAY - 2 * DAY)
        new = make_mention(session, need="delivery", posted_at=MONDAY + DAY)
        elsewhere = make_mention(session, brand="Aurora Rail", posted_at=MONDAY + DAY)
        for mention, user in ((old, ana), (new, ana), (elsewhere, eve)):
            desk.claim(session, mention.id, user, MONDAY + DAY)
            desk.log_reply(session, mention.id, user, "one", "", MONDAY + DAY)
            desk.log_reply(session, mention.id, user, "two", "", MONDAY + 2 * DAY)
            desk.log_reply(session, mention.id, user, "after the week", "", MONDAY + 8 * DAY)
        closed = make_mention(session, posted_at=MONDAY)
        desk.resolve(session, closed.id, ben, MONDAY + DAY)
        desk.reopen(session, closed.id, ben, MONDAY + DAY)
        desk.resolve(session, closed.id, ben, MONDAY + 2 * DAY)
    assert [work.as_json() for work in account(any_store, settings).answered_by] == [
        {"user": "Ana", "replies": 4, "mentions": 2, "by_need": {"delivery": 1, "billing": 1}, "resolved": 0},
        {"user": "Ben", "replies": 0, "mentions": 0, "by_need": {}, "resolved": 1},
    ]


def test_it_names_what_we_know_we_missed(store: Store, settings: Settings) -> None:
    with store.write() as session:
        brand = session.scalars(select(Brand)).one()
        rest = {"brand_id": brand.id, "source": "x", "next_poll_at": NOW}
        well = Feed(name="well", state=FeedState.READING, state_since=MONDAY, **rest)
        blind = Feed(
            name="blind", state=FeedState.REFUSED, state_since=MONDAY, state_reason="X refused our key.", **rest
        )
        late = Feed(name="late", state=FeedState.REFUSED, state_since=MONDAY + 8 * DAY, state_reason="Later.", **rest)
        off = Feed(name="off", state=FeedState.REFUSED, state_since=MONDAY, state_reason="Off.", enabled=False, **rest)
        session.add_all([well, blind, late, off])
        session.flush()
        for reason, since, until, closed in (
            ("inside", MONDAY + DAY, MONDAY + 2 * DAY, None),
            ("across", None, MONDAY + timedelta(hours=1), None),
            ("before", MONDAY - 2 * DAY, MONDAY, None),
            ("after", MONDAY + 7 * DAY, None, None),
            ("to now", MONDAY + 6 * DAY, None, None),
            ("refetched", MONDAY + DAY, MONDAY + 2 * DAY, NOW),
        ):
            gap = Gap(feed_id=well.id, reason=reason, since=since, until=until, found_at=NOW, closed_at=closed)
            session.add(gap)
    said = account(store, settings)
    assert [gap.reason for gap in said.gaps] == ["inside", "across", "to now"]
    assert [(feed.feed, feed.reason) for feed in said.blind] == [("blind", "X refused our key.")]
    assert "until Mon 9 Nov 01:00" in render_text([said], settings)
    assert "since Mon 9 Nov 00:00, and still" in render_html([said], settings)


def test_praise_worth_passing_on(store: Store, settings: Settings) -> None:
    with store.write() as session:
        praise = {"need": "praise", "sentiment": "positive", "urgency": "low", "posted_at": MONDAY}
        for text, fields in (
            ("liked", {"likes": 9}),
            ("unliked", {}),
            ("abusive", {"likes": 99, "abuse": True}),
            ("gone", {"likes": 99, "status": Status.GONE}),
            ("sarcastic", {"likes": 99, "sentiment": "negative"}),
        ):
            make_mention(session, text=text, **{**praise, **fields})
    assert [named.text for named in account(store, settings).praise] == ["liked", "unliked"]


def test_an_empty_week_is_said_plainly(store: Store, settings: Settings) -> None:
    said = account(store, settings)
    assert said.as_json()["first_reply"] == {
        "answered": 0,
        "median_minutes": None,
        "p90_minutes": None,
        "within_due": 0,
        "due": 0,
    }
    text = render_text([said], settings)
    assert "0 mentions, as many as the week before." in text
    assert "Nothing urgent of the week is waiting for an answer." in text
    assert "None was answered" not in text
    assert "Nothing that we know of" in render_html([said], settings)


def test_urgent_mentions_that_wait_since_before_are_not_forgotten(store: Store, settings: Settings) -> None:
    with store.write() as session:
        for posted in (MONDAY - 20 * DAY, MONDAY - DAY, MONDAY + DAY):
            make_mention(session, urgency="urgent", posted_at=posted)
    said = account(store, settings)
    assert (said.unanswered_urgent_count, said.unanswered_urgent_older) == (1, 2)
    assert "1 urgent is still unanswered; 2 from before it still wait." in render_text([said], settings)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "'; --"])
def test_strangers_text_is_only_text_on_the_page(store: Store, settings: Settings, name: str) -> None:
    with store.write() as session:
        make_mention(session, text=name, name=name, urgency="urgent", source=name[:40], posted_at=MONDAY)
    page = render_html([account(store, settings)], settings)
    assert "<script" not in page
    assert "<img" not in page
    assert ">49<" not in page
    assert page.count("onerror") == page.count("&lt;img src=x onerror")


def test_the_page_carries_its_styles_inline_and_loads_nothing(store: Store, settings: Settings) -> None:
    with store.write() as session:
        make_mention(session, posted_at=MONDAY)
    page = render_html([account(store, settings)], settings)
    assert 'style="' in page
    assert "prefers-color-scheme: dark" in page
    assert not any(loader in page for loader in ("src=", "<link", "@import", "url("))


def test_all_brands_are_in_the_json(store: Store, settings: Settings) -> None:
    with store.write() as session:
        make_mention(session, posted_at=MONDAY)
        make_mention(session, posted_at=MONDAY, brand="Aurora Rail")
        make_mention(session, posted_at=MONDAY - 30 * DAY, brand="Forgotten")
        said = digests_json(WEEK, compute_digests(session, settings, WEEK, NOW))
    assert (said["week"], said["mentions"]) == ("2026-W46", 2)
    assert [brand["brand"] for brand in said["brands"]] == ["Aurora Air", "Aurora Rail"]
    assert (said["brands"][0]["from"], said["brands"][0]["to"]) == (MONDAY.isoformat(), (MONDAY + 7 * DAY).isoformat())


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (200, "3 h 20 min"), (1440, "1 d"), (3000, "2 d 2 h")],
)
def test_spans_read_as_people_say_them(minutes: int, said: str) -> None:
    assert say_span(timedelta(minutes=minutes)) == said


@pytest.fixture
def subscribed(settings: Settings) -> Settings:
    """Accounts go to two addresses and to one of two Slack channels."""
    chosen = Settings(
        channel=[{"name": "duty", "kind": "slack"}, {"name": "team", "kind": "slack", "digest": True}],
        digest={"to": ["care@aurora.example", "lead@aurora.example"]},
    )
    return settings.model_copy(update={"channels": chosen.channels, "digest": chosen.digest})


@pytest.fixture
def long_known(store: Store) -> Store:
    """The store, whose brand has been watched for a month."""
    with store.write() as session:
        session.scalars(select(Brand)).one().created_at = MONDAY - 30 * DAY
    return store


def queue_at(store: Store, settings: Settings, now: datetime) -> int:
    with store.write() as session:
        return queue_digests(session, settings, now)


def test_an_account_is_queued_once_a_week(long_known: Store, subscribed: Settings) -> None:
    moments = [NOW + timedelta(hours=hours) for hours in (0, 0, 1, 100, 168, 169)]
    assert [queue_at(long_known, subscribed, moment) for moment in moments] == [2, 0, 0, 0, 2, 0]
    with long_known.read() as session:
        keys = sorted(session.scalars(select(Notification.key)))
    assert keys == [
        "digest:1:2026-W46:digest",
        "digest:1:2026-W46:team",
        "digest:1:2026-W47:digest",
        "digest:1:2026-W47:team",
    ]


def test_a_new_desk_does_not_account_for_a_week_it_did_not_see(
    store: Store, subscribed: Settings, now: datetime
) -> None:
    assert queue_at(store, subscribed, now) == 0


def test_it_reaches_mail_and_slack(long_known: Store, subscribed: Settings, platforms: Platforms) -> None:
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    server.start()
    with long_known.write() as session:
        make_mention(session, text="Stranded <!channel>", urgency="urgent", posted_at=MONDAY + DAY)
    environment = {
        "MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url,
        "MENTIONDESK_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
    }
    queue_at(long_known, subscribed, NOW)
    assert deliver_due(long_known, subscribed, NOW, environment) == 2
    server.stop()
    (letter,), (message,) = mailbox.letters, platforms.slack.messages
    assert letter["Subject"] == message.text == "Aurora Air: week 46, 1 mention"
    page = letter.get_body(["html"])
    assert page is not None
    assert "Stranded &lt;!channel&gt;" in page.get_content()
    assert "Stranded &lt;!channel&gt;" in str(message.blocks)
    with long_known.read() as session:
        sent = session.scalars(select(Activity).where(Activity.happened == Happened.DIGEST_SENT)).all()
        assert sorted(one.data["channel"] for one in sent) == ["digest", "team"]
        assert session.scalars(select(Activity).where(Activity.happened == Happened.ALERTED)).all() == []


def test_a_command_sends_all_that_waits_at_the_channels_pace(
    long_known: Store, subscribed: Settings, platforms: Platforms
) -> None:
    with long_known.write() as session:
        recent = datetime.now(UTC)
        ids = [make_mention(session, urgency="urgent", posted_at=recent).id for _ in range(3)]
        alert_urgent(session, ids, subscribed, recent)
    sent = deliver_waiting(long_known, subscribed, {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url})
    with long_known.read() as session:
        states = session.scalars(select(Notification.state)).all()
    assert (sent, set(states)) == (6, {NotificationState.SENT})


def test_the_account_is_written_in_the_language_that_is_spoken(store: Store, settings: Settings) -> None:
    with store.write() as session:
        make_mention(session, urgency="urgent", posted_at=MONDAY + DAY)
    said = account(store, settings)
    with speaking(language("de")):
        text, page = render_text([said], settings), render_html([said], settings)
    assert "Aurora Air, Woche 46\n9. November bis 15. November 2026" in text
    assert "1 Erwähnung, 1 mehr als in der Woche davor." in text
    assert "1 dringende ist noch unbeantwortet." in text
    assert '<html lang="de">' in page
    assert "dringend</td>" in page
    english = {str(one.id) for one in read_catalogue("de") if isinstance(one.id, str) and one.string != one.id}
    assert [line for line in text.splitlines() if line and line.strip() in english] == []
