"""Times, dues and numbers as the board says them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classifier.labels import HEADS
from monitor.judging.press import due_at
from monitor.models import Activity, Feed
from monitor.settings import BrandSettings
from monitor.words import FeedState, Happened, Status
from web.board.filters import CHOICES
from web.words import figures, times
from web.words.feeds import FEED_WORDS, say_sight, say_state
from web.words.timeline import say_activity

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 7, 15, 11, 0, tzinfo=UTC)  # noon in London, a Wednesday


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(minutes=6, seconds=30), "due in 6 min"),
        (timedelta(seconds=40), "due in 40 s"),
        (timedelta(minutes=100), "due 13:40"),
        (timedelta(days=1), "due tomorrow 12:00"),
        (timedelta(days=2), "due Fri 12:00"),
        (timedelta(days=20), "due 4 Aug 12:00"),
        (timedelta(minutes=-12), "overdue 12 min"),
        (timedelta(days=-6), "overdue 6 d"),
        (timedelta(days=-400), "overdue since 10 Jun 2025"),
    ],
)
def test_due_in_words(away: timedelta, said: str) -> None:
    due = times.due_words(NOW + away, False, NOW, LONDON)
    assert due is not None
    assert (due.text, due.late) == (said, away < timedelta())


def test_a_past_day_is_never_mistaken_for_one_to_come() -> None:
    assert times.clock_time(NOW - timedelta(days=1), NOW, LONDON) == "yesterday 12:00"
    assert times.clock_time(NOW - timedelta(days=3), NOW, LONDON) == "12 Jul 12:00"


def test_nothing_is_due_once_answered() -> None:
    assert times.due_words(NOW, True, NOW, LONDON) is None
    assert times.due_words(None, False, NOW, LONDON) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "now"),
        (59, "now"),
        (60, "1m"),
        (3_599, "59m"),
        (7_200, "2h"),
        (200_000, "2d"),
        (13 * 86_400, "13d"),
        (15 * 86_400, "2w"),
        (800 * 86_400, "2y"),
    ],
)
def test_age(seconds: int, said: str) -> None:
    assert times.age(NOW - timedelta(seconds=seconds), NOW) == said


BRAND = BrandSettings(name="A", timezone="Europe/London", hours={"mon-fri": ("08:00-20:00",)})


@pytest.mark.parametrize(
    ("urgency", "said"),
    [
        ("urgent", "due 12:15 = posted 12:00 + 15 min (urgent counts round the clock)"),
        ("high", "due 13:00 = posted 12:00 + 1 h (working time, Europe/London)"),
        ("normal", "due 20:00 = posted 12:00 + 8 h (working time, Europe/London)"),
    ],
)
def test_the_due_time_is_derived(urgency: str, said: str) -> None:
    assert times.derive_due(urgency, NOW, due_at(urgency, NOW, BRAND), BRAND, NOW) == said


def test_a_due_time_set_under_other_rules_is_not_explained_by_the_present_ones() -> None:
    assert times.derive_due("high", NOW, NOW + timedelta(hours=2), BRAND, NOW) == "due 14:00"
    assert times.derive_due("low", NOW, None, BRAND, NOW) == ""


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (101, "101st")]
)
def test_ordinals(number: int, said: str) -> None:
    assert figures.ordinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (812, "812"), (1_200, "1.2k"), (3_000, "3k"), (1_250_000, "1.2M")]
)
def test_counts(number: int, said: str) -> None:
    assert figures.say_count(number) == said


@pytest.mark.parametrize(("probability", "said"), [(0.914, ".91"), (0.999, "1"), (0.004, ".00"), (0.994, ".99")])
def test_scores(probability: float, said: str) -> None:
    assert figures.score(probability) == said


@pytest.mark.parametrize("happened", Happened)
def test_everything_that_happens_has_a_sentence(happened: Happened) -> None:
    sentence = say_activity(Activity(happened=happened, data={}), LONDON)
    assert sentence[0].isupper()
    assert sentence.endswith((".", "”."))


def test_a_sentence_tells_what_the_trail_knows() -> None:
    taken = Activity(happened=Happened.TAKEN_OVER, data={"from": "Ana", "reason": "she is off today"})
    assert say_activity(taken, LONDON) == "The desk took this over from Ana: “she is off today”."
    set_aside = Activity(happened=Happened.SET_ASIDE, data={"why": "The model could not judge this."})
    assert say_activity(set_aside, LONDON) == "It could not be judged: The model could not judge this."
    snoozed = Activity(happened=Happened.SNOOZED, at=NOW, data={"until": "2026-07-16T07:00:00+00:00"})
    assert say_activity(snoozed, LONDON) == "The desk snoozed it until 16 Jul 08:00."


def feed(name: str, state: FeedState) -> Feed:
    return Feed(name=name, state=state, state_since=NOW - timedelta(minutes=12), state_reason="")


@pytest.mark.parametrize("state", FeedState)
def test_every_state_of_a_feed_has_words(state: FeedState) -> None:
    assert say_state(feed("x", state)) in FEED_WORDS.values()


@pytest.mark.parametrize(
    ("states", "said", "blind"),
    [
        ([], "No feeds are set up; mentions come by import.", False),
        (["reading"] * 7, "Reading all 7 feeds.", False),
        (["reading"], "Reading 1 feed.", False),
        (["new"], "f0: not read yet.", False),
        (["reading", "waiting"], "Reading 1 of 2 feeds; f1: waiting, as the platform asked.", False),
        (["reading", "refused"], "f1 has been blind for 12 min: the platform refuses our credentials.", True),
        (["unreachable", "refused", "reading"], "2 of 3 feeds are blind, the first for 12 min.", True),
    ],
)
def test_what_the_desk_sees(states: list[str], said: str, blind: bool) -> None:
    sight = say_sight([feed(f"f{number}", FeedState(state)) for number, state in enumerate(states)], NOW)
    assert (sight.sentence, sight.blind) == (said, blind)


def test_the_menus_offer_the_domains_own_words() -> None:
    assert set(CHOICES["urgency"]) == set(HEADS["urgency"])
    assert set(CHOICES["sentiment"]) == set(HEADS["sentiment"])
    assert CHOICES["need"] == HEADS["need"]
    assert set(CHOICES["status"]) == {*Status, "all"}
