"""The words of what presses are weighed as soon as little waits, and nothing is held up by it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from classifier.judgement import Explanation, Word
from monitor.clockwork.work import Work
from monitor.judging.explaining import AT_ONCE, explain_next
from monitor.judging.triage import triage_batch
from monitor.models import Mention
from monitor.parts.heart import Heart
from monitor.parts.kinds import PartKind
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention
from tests.monitor.judges import PlainJudge


class Weighing(PlainJudge):
    """Finds that the first word carried it; a text with RIDDLE in it cannot be explained."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        self.asked += texts
        if any("RIDDLE" in text for text in texts):
            raise ValueError("no idea")
        return [Explanation((Word(0, len(text), text, 0.5),), "Over the line.") for text in texts]


@pytest.fixture
def judge() -> Weighing:
    return Weighing()


def add(store: Store, *texts: str) -> None:
    with store.write() as session:
        for text in texts:
            make_mention(session, text, urgency=None)


def reasons(store: Store) -> dict[str, Any]:
    with store.read() as session:
        return {mention.text: mention.reasons for mention in session.scalars(select(Mention).order_by(Mention.id))}


def words(store: Store) -> dict[str, list[str]]:
    return {text: [word["text"] for word in why["words"]] for text, why in reasons(store).items()}


def test_a_few_are_explained_before_anybody_is_woken(
    any_store: Store, judge: Weighing, settings: Settings, now: datetime
) -> None:
    add(any_store, "urgent: bag", "low: thanks")
    triage_batch(any_store, judge, settings, now)
    assert judge.asked == ["urgent: bag"]
    assert words(any_store) == {"urgent: bag": ["urgent: bag"], "low: thanks": []}
    assert [why["measured"] for why in reasons(any_store).values()] == [True, False]
    assert explain_next(any_store, judge) == 0


def test_while_others_wait_nobody_is_held_up(
    any_store: Store, judge: Weighing, settings: Settings, now: datetime
) -> None:
    add(any_store, *(f"urgent: {number}" for number in range(AT_ONCE + 2)))
    triage_batch(any_store, judge, settings, now, size=AT_ONCE + 2)
    assert judge.asked == []
    assert [explain_next(any_store, judge) for _ in range(3)] == [AT_ONCE, 2, 0]
    assert all(words(any_store).values())


def test_one_that_cannot_be_explained_keeps_its_hint_and_is_not_tried_for_ever(
    store: Store, judge: Weighing, settings: Settings, now: datetime
) -> None:
    add(store, "urgent: RIDDLE", "urgent: bag")
    triage_batch(store, judge, settings, now, size=2)
    assert explain_next(store, judge) == 2
    assert words(store) == {"urgent: RIDDLE": [], "urgent: bag": ["urgent: bag"]}
    assert explain_next(store, judge) == 0


def test_what_was_edited_meanwhile_is_not_explained_by_its_old_words(
    store: Store, settings: Settings, now: datetime
) -> None:
    class Slow(Weighing):
        def explain(self, texts: Sequence[str]) -> list[Explanation]:
            with store.write() as session:
                session.scalars(select(Mention)).one().text = "urgent: no bag"
            return super().explain(texts)

    judge = Slow()
    add(store, "urgent: bag")
    triage_batch(store, judge, settings, now, size=1)
    assert explain_next(store, judge) == 1
    assert words(store) == {"urgent: no bag": []}


def test_a_classifier_that_cannot_explain_is_not_asked(store: Store, settings: Settings, now: datetime) -> None:
    add(store, "urgent: bag")
    triage_batch(store, PlainJudge(), settings, now)
    assert explain_next(store, PlainJudge()) == 0


def test_the_desk_explains_when_all_is_judged(store: Store, judge: Weighing, settings: Settings, now: datetime) -> None:
    add(store, *(f"urgent: {number}" for number in range(2 * AT_ONCE)))
    heart = Heart(store, PartKind.RUN)
    Work(store, settings, lambda: judge, {}, heart).triage()
    assert all(words(store).values())
    assert heart.counts["judged"] == 2 * AT_ONCE
