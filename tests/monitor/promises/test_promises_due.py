"""When a promise is due: said on a Wednesday at 10:00 in London, at a desk that closes at 20:00, Saturdays at 13:00."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.hours import WorkingHours, parse_week
from monitor.promises.timing import due_of, find_when

LONDON = ZoneInfo("Europe/London")
HOURS = WorkingHours(LONDON, parse_week({"mon-fri": ["08:00-12:00", "13:00-20:00"], "sat": ["09:00-13:00"]}))
ALWAYS = WorkingHours(LONDON, {})
SAID = datetime(2026, 11, 18, 10, tzinfo=LONDON)


def due(text: str, said: datetime = SAID, hours: WorkingHours = HOURS) -> str:
    return f"{due_of(find_when(text), said, hours).at.astimezone(LONDON):%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We'll get back to you by Thursday", "Thu 19 Nov 20:00"),
        ("I'll get back to you tomorrow", "Thu 19 Nov 20:00"),
        ("by Saturday", "Sat 21 Nov 13:00"),
        ("on Sunday", "Sun 22 Nov 18:00"),
        ("by Wednesday", "Wed 25 Nov 20:00"),
        ("next Monday", "Mon 23 Nov 20:00"),
        ("within 24 hours", "Thu 19 Nov 10:00"),
        ("within the next 24-48 hours", "Fri 20 Nov 10:00"),
        ("in a couple of hours", "Wed 18 Nov 12:00"),
        ("in about 45 minutes", "Wed 18 Nov 10:45"),
        ("in half an hour", "Wed 18 Nov 10:30"),
        ("within the hour", "Wed 18 Nov 11:00"),
        ("in 2 days", "Fri 20 Nov 20:00"),
        ("within 2 working days", "Fri 20 Nov 20:00"),
        ("in 3-5 business days", "Tue 24 Nov 20:00"),
        ("within 4 working hours", "Wed 18 Nov 15:00"),
        ("in two weeks", "Wed 02 Dec 20:00"),
        ("by 5pm", "Wed 18 Nov 17:00"),
        ("by 5 p.m.", "Wed 18 Nov 17:00"),
        ("at 3:26p", "Wed 18 Nov 15:26"),
        ("before 17.30pm", "Wed 18 Nov 17:30"),
        ("by 17:00", "Wed 18 Nov 17:00"),
        ("by 9am", "Thu 19 Nov 09:00"),
        ("by noon", "Wed 18 Nov 12:00"),
        ("tomorrow at 5pm", "Thu 19 Nov 17:00"),
        ("by 9am on Friday", "Fri 20 Nov 09:00"),
        ("Monday morning at 9:30", "Mon 23 Nov 09:30"),
        ("Monday morning", "Mon 23 Nov 12:00"),
        ("first thing tomorrow", "Thu 19 Nov 10:00"),
        ("in the morning", "Thu 19 Nov 12:00"),
        ("this afternoon", "Wed 18 Nov 17:00"),
        ("tonight", "Wed 18 Nov 21:00"),
        ("today", "Wed 18 Nov 20:00"),
        ("by end of day", "Wed 18 Nov 20:00"),
        ("by close of business tomorrow", "Thu 19 Nov 20:00"),
        ("EOD Friday", "Fri 20 Nov 20:00"),
        ("by the end of the week", "Sat 21 Nov 13:00"),
        ("next week", "Sat 28 Nov 13:00"),
        ("over the weekend", "Sun 22 Nov 18:00"),
        ("on 3 December", "Thu 03 Dec 20:00"),
        ("by December 3rd", "Thu 03 Dec 20:00"),
        ("by Tuesday 24th November", "Tue 24 Nov 20:00"),
        ("right away", "Wed 18 Nov 11:00"),
        ("soon", "Wed 18 Nov 20:00"),
        ("as soon as we can", "Wed 18 Nov 20:00"),
        ("We'll DM you", "Wed 18 Nov 20:00"),
        ("this morning's flight", "Wed 18 Nov 20:00"),
        ("the crew from Thursday", "Wed 18 Nov 20:00"),
    ],
)
def test_a_phrase_becomes_a_moment_of_the_brands_clock(text: str, expected: str) -> None:
    assert due(text) == expected


def test_what_names_no_time_is_due_when_the_working_day_ends() -> None:
    evening = SAID.replace(hour=19, minute=30)
    assert due("We'll DM you", evening) == "Thu 19 Nov 20:00"  # half an hour is no working day
    assert due("We'll DM you", SAID + timedelta(days=4)) == "Mon 23 Nov 20:00"  # said on a Sunday
    assert due("We'll DM you", SAID, ALWAYS) == "Wed 18 Nov 18:00"
    assert due("We'll DM you", evening, ALWAYS) == "Thu 19 Nov 18:00"


def test_working_days_are_counted_from_the_first_that_is_to_come() -> None:
    assert due("within 3 business days", SAID + timedelta(days=4)) == "Wed 25 Nov 20:00"  # said on a Sunday
    assert due("within 2 business days", SAID.replace(hour=21)) == "Fri 20 Nov 20:00"  # said when the desk was closed
    assert due("within 2 business days") == "Fri 20 Nov 20:00"


def test_a_brand_may_count_on_working_time_instead() -> None:
    found = due_of(None, SAID.replace(hour=19), HOURS, within=timedelta(hours=2))
    assert (found.at.astimezone(LONDON).isoformat(), found.rule) == (
        "2026-11-19T09:00:00+00:00",
        "no time was named: 2 h of working time",
    )


def test_it_says_how_the_moment_follows_from_the_words() -> None:
    rules = {
        text: due_of(find_when(text), SAID, HOURS).rule for text in ("by Thursday", "by 5pm", "in 2 hours", "hello")
    }
    assert rules == {
        "by Thursday": "“by Thursday”: when the desk closes that day",
        "by 5pm": "“by 5pm”: by the brand's clock",
        "in 2 hours": "“in 2 hours”: from when it was said",
        "hello": "no time was named: until the working day ends",
    }


def test_a_span_is_true_time_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=LONDON)  # the night before the clocks go back
    assert due("within 24 hours", before) == "Sun 25 Oct 11:00"
    assert due("tomorrow at 5pm", before) == "Sun 25 Oct 17:00"


@pytest.mark.parametrize(
    "text", ["within 99999999999 hours", "in 99999999 weeks", "the 99th", "at 99pm", "in 0 minutes"]
)
def test_a_time_that_no_calendar_holds_is_no_time(text: str) -> None:
    assert due(text) == "Wed 18 Nov 20:00"
