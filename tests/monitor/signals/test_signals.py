"""What speaks for urgency beside the text: pure decisions first, then on stored mentions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor import desk
from monitor.collecting.ingest import ingest_posts
from monitor.judging import correcting
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Brand, Mention, Notification, User
from monitor.settings import BrandSettings, Settings
from monitor.signals.lifting import lift_mentions, weigh_due
from monitor.signals.weighing import Facts, Weighed, weigh
from monitor.store import Store
from sources.base import Author as PostAuthor
from tests.factories import NOON, make_mention, make_post, make_user
from tests.monitor.judges import PlainJudge

HOUR = timedelta(hours=1)
CALM = BrandSettings(name="Aurora Air")


def facts(text: str = "my card was charged twice", urgency: str | None = "normal", **given: Any) -> Facts:
    posted = given.pop("posted_at", NOON - HOUR)
    known = {"corrected": False, "posted_at": posted, "collected_at": posted, "contacts": (posted,)}
    return Facts(text=text, urgency=urgency, **{**known, **given})


def brand(**signals: Any) -> BrandSettings:
    return BrandSettings.model_validate({"name": "Aurora Air", "signals": signals})


def names(weighed: Weighed) -> list[str]:
    return [signal.name for signal in weighed.signals]


def test_a_quiet_mention_has_no_signal() -> None:
    weighed = weigh(facts(), CALM, NOON)
    assert (weighed.signals, weighed.lifted_to) == ((), None)


def test_the_third_unanswered_post_is_repeated_contact() -> None:
    times = [NOON - 37 * HOUR, NOON - 20 * HOUR, NOON - HOUR]
    weighed = weigh(facts(contacts=times), CALM, NOON)
    assert weighed.signals[0].evidence == "3 posts in 36 h, none answered"
    assert weighed.signals[0].rule == "from 3 within 7 d"
    assert weighed.lifted_to == "high"


def test_posts_in_a_row_are_one_contact_and_old_or_later_ones_none() -> None:
    minute = timedelta(minutes=1)
    row = [NOON - HOUR - 3 * minute, NOON - HOUR - 2 * minute, NOON - HOUR - minute, NOON - HOUR]
    assert names(weigh(facts(contacts=row), CALM, NOON)) == []
    apart = [NOON - timedelta(days=8), NOON - 5 * HOUR, NOON - HOUR, NOON]
    assert names(weigh(facts(contacts=apart), CALM, NOON)) == []


def test_reach_is_any_of_three_numbers() -> None:
    assert weigh(facts(followers=12_400), CALM, NOON).signals[0].evidence == "12,400 followers"
    assert weigh(facts(followers=9_999, likes=340, reposts=80), CALM, NOON).signals[0].evidence == (
        "340 likes, 80 reposts"
    )
    assert weigh(facts(followers=9_999, likes=99, reposts=49), CALM, NOON).signals == ()


def test_a_hot_thread_cools() -> None:
    hot = facts(replies=[NOON - timedelta(minutes=minute) for minute in (5, 10, 20, 30, 59, 200)])
    weighed = weigh(hot, CALM, NOON)
    assert weighed.signals[0].evidence == "5 replies within 1 h"
    assert (weighed.lifted_to, weighed.weigh_at) == ("high", NOON + HOUR)
    assert weigh(hot, CALM, NOON + HOUR).lifted_to is None


def test_long_overdue_is_shown_and_lifts_only_where_asked() -> None:
    late = facts(posted_at=NOON - 12 * HOUR)  # due after 8 h, and 4 h have passed since
    assert weigh(late, CALM, NOON).signals[0].evidence == "no answer 4 h after it was due"
    assert weigh(late, CALM, NOON).lifted_to is None
    assert weigh(late, brand(overdue={"lift": True}), NOON).lifted_to == "high"
    before = weigh(late, CALM, NOON - HOUR)
    assert (before.signals, before.weigh_at) == ((), NOON)
    old = facts(posted_at=NOON - timedelta(days=90), collected_at=NOON - HOUR)
    assert weigh(old, CALM, NOON) == Weighed((), None, None)


@pytest.mark.parametrize(
    ("urgency", "text", "lifted"),
    [
        ("low", "lovely crew, my lawyer loved it too", None),
        ("low", "lol I might kill myself", "normal"),
        ("normal", "I will tell the ombudsman", "high"),
        (None, "ombudsman", "high"),
        ("high", "still broken, chargeback next", "urgent"),
        ("urgent", "the charger caught fire", None),
        ("high", "still broken", None),
    ],
)
def test_only_what_the_guide_calls_urgent_lifts_beyond_high(urgency: str | None, text: str, lifted: str | None) -> None:
    times = [NOON - 30 * HOUR, NOON - 20 * HOUR, NOON - HOUR]
    assert weigh(facts(text, urgency, contacts=times if lifted is None else ()), CALM, NOON).lifted_to == lifted


def test_many_signals_lift_by_one_level() -> None:
    weighed = weigh(facts("Ombudsman. Chargeback.", followers=50_000), CALM, NOON)
    assert names(weighed) == ["reach", "regulator", "chargeback"]
    assert weighed.lifted_to == "high"


def test_a_brand_may_switch_off_change_and_add() -> None:
    quiet = brand(reach=False, regulator={"lift": False}, legal={"words": ["Anwalt"], "also": ["Klage"]})
    weighed = weigh(facts("Ombudsman! solicitor! mein ANWALT", followers=50_000), quiet, NOON)
    assert [(signal.name, signal.evidence, signal.lifts) for signal in weighed.signals] == [
        ("regulator", "names a regulator: Ombudsman", False),
        ("legal", "names a lawyer or a court: ANWALT", True),
    ]


def test_what_a_person_said_stands() -> None:
    weighed = weigh(facts("Ombudsman", corrected=True), CALM, NOON)
    assert weighed.lifted_to is None
    assert not weighed.signals[0].lifts


def triage_all(store: Store, settings: Settings, now: datetime) -> None:
    while triage_batch(store, PlainJudge(), settings, now):
        pass


def repeat_posts(store: Store, now: datetime, texts: list[str]) -> list[int]:
    """The same author writes every two hours, the last an hour ago."""
    with store.write() as session:
        first = make_mention(session, texts[0], urgency=None, posted_at=now - HOUR - 2 * HOUR * (len(texts) - 1))
        others = [
            make_mention(
                session,
                text,
                urgency=None,
                author_id=first.author_id,
                posted_at=first.posted_at + 2 * HOUR * (place + 1),
            )
            for place, text in enumerate(texts[1:])
        ]
        return [first.id, *(other.id for other in others)]


def test_triage_lifts_with_all_its_consequences(any_store: Store, settings: Settings, now: datetime) -> None:
    ids = repeat_posts(any_store, now, ["where is my bag", "hello?", "still no answer"])
    triage_all(any_store, settings, now)
    with any_store.read() as session:
        first, second, third = (session.get_one(Mention, one) for one in ids)
        assert (third.urgency, third.lifted_to, third.effective_urgency) == ("normal", "high", "high")
        assert third.due_at == third.posted_at + HOUR
        assert third.press_rank < second.press_rank == first.press_rank
        assert (first.lifted_to, second.signals) == (None, [])
        lifted = session.scalars(select(Activity.data).where(Activity.happened == "lifted")).all()
        assert lifted == [
            {"from": "normal", "to": "high", "lifted": True, "why": ["3 posts in 4 h, none answered"]},
        ]


def test_weighing_again_changes_nothing(any_store: Store, settings: Settings, now: datetime) -> None:
    ids = repeat_posts(any_store, now, ["where is my bag", "hello?", "high: ombudsman next"])
    triage_all(any_store, settings, now)
    with any_store.read() as session:
        before = [vars(session.get_one(Mention, one)) for one in ids]
        activities = session.query(Activity).count()
    with any_store.write() as session:
        assert lift_mentions(session, ids, settings, now) == []
    with any_store.read() as session:
        names = ("lifted_to", "signals", "due_at", "press_rank", "press_at", "weigh_at")
        assert [[one[name] for name in names] for one in before] == [
            [getattr(session.get_one(Mention, one), name) for name in names] for one in ids
        ]
        assert session.query(Activity).count() == activities


def test_a_lift_to_urgent_alerts_once(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, "high: refund me or I do a chargeback", urgency=None, posted_at=now - HOUR)
    triage_all(any_store, settings, now)
    with any_store.write() as session:
        session.get_one(Mention, mention.id).weigh_at = now
    assert weigh_due(any_store, settings, now) == 1
    with any_store.read() as session:
        assert session.get_one(Mention, mention.id).effective_urgency == "urgent"
        assert session.scalars(select(Notification.key)).all() == [f"urgent:{mention.id}:console"]


def test_an_answer_to_one_post_ends_the_lift_of_the_next(any_store: Store, settings: Settings, now: datetime) -> None:
    ids = repeat_posts(any_store, now, ["where is my bag", "hello?", "still no answer"])
    triage_all(any_store, settings, now)
    with any_store.write() as session:
        ana = make_user(session)
        desk.claim(session, ids[0], ana, now)
        desk.log_reply(session, ids[0], ana, "We found it.", "", now)
    assert weigh_due(any_store, settings, now) == 2
    assert weigh_due(any_store, settings, now) == 0
    with any_store.read() as session:
        third = session.get_one(Mention, ids[2])
        assert (third.lifted_to, third.signals) == (None, [])
        assert third.due_at is not None
        assert third.due_at > third.posted_at + HOUR
        last = session.scalars(select(Activity.data).where(Activity.happened == "lifted").order_by(Activity.id)).all()
        assert last[-1] == {"from": "high", "to": "normal", "lifted": False, "why": []}


def correct(store: Store, settings: Settings, mention_id: int, urgency: str, now: datetime) -> User:
    with store.write() as session:
        ana = make_user(session)
        correcting.relabel(session, mention_id, ana, {"urgency": urgency}, settings.brand, now)
    return ana


@pytest.mark.parametrize("urgency", ["normal", "low", "urgent"])
def test_a_correction_wins_over_the_lift(any_store: Store, settings: Settings, now: datetime, urgency: str) -> None:
    *_, third = repeat_posts(any_store, now, ["where is my bag", "hello?", "still no answer"])
    triage_all(any_store, settings, now)
    correct(any_store, settings, third, urgency, now)
    weigh_due(any_store, settings, now)
    with any_store.read() as session:
        mention = session.get_one(Mention, third)
        assert (mention.urgency, mention.lifted_to, mention.effective_urgency) == (urgency, None, urgency)
        assert not any(signal["lifts"] for signal in mention.signals)


def test_an_answer_in_the_thread_has_the_parent_weighed_again(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    with any_store.write() as session:
        parent = make_mention(session, "the app is down", urgency="normal", posted_at=now - HOUR)
        row = session.scalars(select(Brand)).one()
        posts = [
            make_post(
                f"me too {number}",
                in_reply_to=parent.root_post_id,
                author=PostAuthor(f"me{number}", f"me{number}", ""),
                created_at=now - timedelta(minutes=number),
            )
            for number in range(1, 6)
        ]
        ingest_posts(session, posts, row, settings.brand(row.name), now)
    assert weigh_due(any_store, settings, now) == 1
    with any_store.read() as session:
        mention = session.get_one(Mention, parent.id)
        assert [signal["evidence"] for signal in mention.signals] == ["5 replies within 1 h"]
        assert mention.weigh_at == now + HOUR


def test_a_lift_brings_a_muted_authors_emergency_into_the_queue(
    store: Store, settings: Settings, now: datetime
) -> None:
    with store.write() as session:
        mention = make_mention(session, "high: the heater caught fire", urgency=None, posted_at=now - HOUR)
        mention.author.muted_until = now + timedelta(days=3)  # type: ignore[union-attr]
    triage_all(store, settings, now)
    with store.read() as session:
        mention = session.get_one(Mention, mention.id)
        assert (mention.effective_urgency, mention.hidden) == ("urgent", None)


def test_what_is_closed_or_not_judged_is_not_weighed(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        ids = [
            make_mention(session, "ombudsman", status="resolved", weigh_at=now).id,
            make_mention(session, "ombudsman", urgency=None, weigh_at=now).id,
            make_mention(session, "ombudsman", first_reply_at=now, weigh_at=now).id,
        ]
    assert weigh_due(store, settings, now) == 3
    assert weigh_due(store, settings, now) == 0
    with store.read() as session:
        assert [session.get_one(Mention, one).signals for one in ids] == [[], [], []]
