"""Judging what waits: everything once, poison set aside, consequences in the same transaction."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from monitor.judging.press import RANKS
from monitor.judging.triage import triage_batch
from monitor.models import Activity, Embedding, Mention, Notification
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.monitor.judges import PlainJudge


def triage_all(store: Store, judge: PlainJudge, settings: Settings, now: datetime, size: int = 10) -> int:
    done = 0
    while batch := triage_batch(store, judge, settings, now, size):
        done += batch
    return done


def test_a_judgement_comes_with_all_its_consequences(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        mention = make_mention(session, "urgent: at the gate", urgency=None, posted_at=now - timedelta(minutes=2))
    assert triage_all(any_store, PlainJudge(), settings, now) == 1
    with any_store.read() as session:
        judged = session.get_one(Mention, mention.id)
        assert (judged.urgency, judged.sentiment, judged.model, judged.lang) == ("urgent", "neutral", "plain-1", "en")
        assert judged.due_at == mention.posted_at + timedelta(minutes=15)
        assert (judged.press_rank, judged.press_at) == (RANKS["urgent"], judged.due_at)
        assert len(session.get_one(Embedding, mention.id).vector) == 4 * 2
        assert session.scalars(select(Activity.happened)).all() == ["judged"]
        assert session.scalars(select(Notification.mention_id)).all() == [mention.id]
    assert triage_all(any_store, PlainJudge(), settings, now) == 0


def test_an_old_post_is_work_but_no_alarm(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        make_mention(session, "urgent: last year", urgency=None, posted_at=now - timedelta(days=400))
    triage_all(store, PlainJudge(), settings, now)
    with store.read() as session:
        assert session.scalar(select(func.count(Notification.id))) == 0


def test_one_poisoned_mention_holds_nobody_up(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        for number in range(9):
            make_mention(session, "POISON" if number == 4 else "fine", urgency=None)
    assert triage_all(store, PlainJudge(), settings, now) == 9
    with store.read() as session:
        judged, aside = Mention.judged_at.is_not(None), Mention.triage_error.is_not(None)
        assert session.scalar(select(func.count(Mention.id)).where(judged)) == 8
        assert session.scalars(select(Mention.triage_error).where(aside)).all() == [
            "The model could not judge this: poisoned"
        ]
    assert triage_all(store, PlainJudge(), settings, now) == 0


def test_the_newest_are_judged_first(store: Store, settings: Settings, now: datetime) -> None:
    with store.write() as session:
        for number in range(20):
            make_mention(session, f"post {number}", urgency=None)
    triage_batch(store, PlainJudge(), settings, now, size=5)
    with store.read() as session:
        judged = session.scalars(select(Mention.text).where(Mention.judged_at.is_not(None)).order_by(Mention.id)).all()
        assert judged == [f"post {number}" for number in range(15, 20)]


def test_a_judgement_of_a_text_that_changed_meanwhile_is_not_kept(
    store: Store, settings: Settings, now: datetime
) -> None:
    with store.write() as session:
        mention = make_mention(session, "low: fine", urgency=None)

    class SlowJudge(PlainJudge):
        def judge_one(self, text: str):  # type: ignore[no-untyped-def]
            if text == "low: fine":
                with store.write() as session:
                    session.get_one(Mention, mention.id).text = "urgent: my bag has my medicine"
            return super().judge_one(text)

    judge = SlowJudge()
    assert triage_all(store, judge, settings, now) == 2
    with store.read() as session:
        assert session.get_one(Mention, mention.id).urgency == "urgent"
