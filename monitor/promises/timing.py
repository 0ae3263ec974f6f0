"""When a promise is due: finds the words that say so, and turns them into a moment of the brand's own clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from dateparser.date import DateDataParser

from monitor.hours import WorkingHours
from monitor.units import say_duration

EVENING = time(18)  # where no hours are set, the working day ends
AT_ONCE = timedelta(hours=1)  # what "right away" may take
LEAST = timedelta(hours=1)  # with less than this left of a working day, the next one is meant
FURTHEST = timedelta(days=366)  # what lies beyond is no time that anybody promises
DAY = timedelta(days=1)

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "a couple of": 2, "couple of": 2, "two": 2, "a few": 3, "few": 3, "three": 3, "four": 4,
    "several": 5, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "half an": 0.5,
}  # fmt: skip
PARTS = {"morning": "12:00", "afternoon": "17:00", "evening": "21:00", "night": "21:00"}  # by when each of them is over

NUMBER = rf"(?:\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
UNIT = r"(?:minute|min|hour|hr|day|week|month)s?\b"
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|tember|ober)?\b"
CLOCK = r"(?:\d{1,2}(?:[:.]\d\d)? ?[ap](?:\.?m\.?)?|\d{1,2}:\d\d|noon|midday|midnight)(?!\w)"
PART = rf"(?:{'|'.join(PARTS)})\b"
END_OF = r"(?:(?:the )?(?:end|close) of (?:the |this )?(?:working |business )?(?:day|business|play)|eod\b|cob\b)"
WEEK = (
    r"(?:(?:the )?end of (?:the |this )?week|eow\b|(?:later )?this week|next week|(?:over |at |this )(?:the )?weekend)"
)
DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?|the \d{{1,2}}(?:st|nd|rd|th))"
WHICH_DAY = (
    rf"(?:today|tonight|tomorrow|(?:(?:this|next|coming) )?{WEEKDAY}|{DATE}|{END_OF}|{WEEK}"
    rf"|(?:this|in the) {PART}|{PART})"
)
JOIN = r",? ?(?:(?:at|by|around|about|before|on|of|in|the|first thing|later) )*"


class Kind(StrEnum):
    """In which way words say when."""

    SPAN = "span"  # "within 24 hours"
    MOMENT = "moment"  # "by Thursday at 5"
    NOW = "now"
    SOON = "soon"


def compiled(words: str) -> re.Pattern[str]:
    """A space stands for any white space."""
    spaced = words.replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(rf"(?<![\w'’])(?<!from\s)(?<!since\s)(?<!last\s)(?:{spaced})(?!['’]s\b)", re.IGNORECASE)


FINDERS = {
    Kind.SPAN: compiled(
        rf"(?:within|in|over|under|less than|no more than|up to) (?:about |around |just )?(?:the )?(?:next |another )?"
        rf"(?:{NUMBER} ?(?:-|–|to|or) ?)?(?P<number>{NUMBER})"
        rf"(?:[-\s]?(?P<working>business|working))?[-\s]?(?P<unit>{UNIT})"
        rf"|within (?:the|this) (?P<one>hour|day|week|month)"
    ),
    Kind.MOMENT: compiled(
        rf"(?:no later than |(?:by|before|at|on|until|around|about|first thing|later|in|sometime) )*"
        rf"(?:{WHICH_DAY}|{CLOCK})(?:{JOIN}(?:{WHICH_DAY}|{CLOCK}))*"
    ),
    Kind.NOW: compiled(
        r"right away|right now|straight ?away|immediately|at once|momentarily"
        r"|(?:just )?(?:a|one|few|couple of) (?:moment|minute|min|second|sec)s?\b"
    ),
    Kind.SOON: compiled(r"(?:very )?(?:soon|shortly)|asap|as (?:soon|quickly|fast) as|promptly|quickly|in no time"),
}  # fmt: skip
REWRITES = tuple(
    (re.compile(words.replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE), by)
    for words, by in (
        (r"(\d)\.(\d\d)", r"\1:\2"),
        (r"(\d) ?([ap])\.?(?:m\.?)?(?!\w)", r"\1\2m"),
        (r"\b(?:noon|midday)\b", "12:00"),
        (r"\btonight\b", "today evening"),
        (r"\bfirst thing(?: in)?(?: the)?(?: morning)?\b", "10:00"),
        (END_OF, "today"),
        (r"\bin the (?=morning)", "tomorrow "),
        (r"\b(?:this|in the) (?=morning|afternoon|evening|night)", "today "),
        (r"\b(?:this|coming) ", ""),
        (r"\b(?:no later than|by|before|at|on|until|around|about|of|in|later|sometime)\b|,", " "),
        (r"\btoday (?=.*\b(?:tomorrow|mon|tue|wed|thu|fri|sat|sun))", ""),
    )
)
"""What people write, as the library reads it; in this order."""
EXACT = re.compile(r"\d[ap]m|\d:\d\d|midnight")


@dataclass(frozen=True, slots=True)
class When:
    """The words of a text that say when, as they stand there."""

    words: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Due:
    """When a promise is due (aware), and how that follows from what was said."""

    at: datetime
    rule: str


def find_when(text: str) -> When | None:
    """The words that say when, the most exact kind of them; None where there are none."""
    found = ((kind, finder.search(text)) for kind, finder in FINDERS.items())
    return next((When(" ".join(words[0].split()), kind) for kind, words in found if words), None)


def due_of(when: When | None, said_at: datetime, hours: WorkingHours, within: timedelta | None = None) -> Due:
    """When it is due (UTC). `within` is working time for what names no time; None: until the working day ends."""
    said_at = said_at.astimezone(UTC)  # a span is true time, also when the clocks change
    if when is None or when.kind is Kind.SOON:
        return unnamed(when, said_at, hours, within)
    if when.kind is Kind.NOW:
        return Due(said_at + AT_ONCE, f"“{when.words}”: within the hour")
    due = after_span(when, said_at, hours) if when.kind is Kind.SPAN else at_moment(when, said_at, hours)
    return due if due and said_at < due.at < said_at + FURTHEST else unnamed(when, said_at, hours, within)


def unnamed(when: When | None, said_at: datetime, hours: WorkingHours, within: timedelta | None) -> Due:
    """The brand's own rule for what says no more than "soon", or nothing."""
    said = f"“{when.words}”" if when else "no time was named"
    if within:
        return Due(hours.add(said_at, within), f"{said}: {say_duration(within)} of working time")
    return Due(end_of_working_day(said_at, hours), f"{said}: until the working day ends")


def after_span(when: When, said_at: datetime, hours: WorkingHours) -> Due | None:
    """`within 24 hours`, `in 3-5 business days`: the longer of two; days end when the desk closes."""
    found = FINDERS[Kind.SPAN].fullmatch(when.words)
    if found is None:
        return None
    number, unit = ("one", found["one"]) if found["one"] else (found["number"].lower(), found["unit"].lower())
    amount = NUMBERS.get(number) or int(number)
    if unit.startswith(("min", "hour", "hr")):
        span = timedelta(**{"minutes" if unit.startswith("min") else "hours": amount})
        return counted(when, hours.add(said_at, span) if found["working"] else said_at + span, bool(found["working"]))
    if found["working"]:
        return Due(hours.closing_after(said_at, int(amount), EVENING), f"“{when.words}”: counted in working days")
    day = parse(f"in {amount} {unit}", said_at, hours)
    return Due(end_of_day(day.date(), hours), f"“{when.words}”: when the desk closes that day") if day else None


def counted(when: When, at: datetime, working: bool) -> Due:
    return Due(at, f"“{when.words}”: {'in working time' if working else 'from when it was said'}")


def at_moment(when: When, said_at: datetime, hours: WorkingHours) -> Due | None:
    """`by Thursday`, `tomorrow at 5`: a day ends when the desk closes, a week with its last working day."""
    words = when.words.lower()
    if re.search(r"\bweek(?:end)?\b|\beow\b", words):
        return Due(end_of_week(words, said_at, hours), f"“{when.words}”: when the desk closes at its end")
    rewritten = rewrite(words)
    moment = parse(rewritten, said_at, hours)
    if moment is None:
        return None
    if EXACT.search(rewritten):
        return Due(moment.astimezone(UTC), f"“{when.words}”: by the brand's clock")
    return Due(end_of_day(moment.date(), hours), f"“{when.words}”: when the desk closes that day")


def rewrite(words: str) -> str:
    for pattern, by in REWRITES:
        words = pattern.sub(by, words)
    clock = EXACT.search(words)
    for part, over in PARTS.items():  # "5pm in the afternoon" has its clock already
        words = re.sub(rf"\b{part}\b", "" if clock else over, words)
    return " ".join(words.split())


def parse(words: str, said_at: datetime, hours: WorkingHours) -> datetime | None:
    """What dateparser makes of it, in the brand's zone."""
    local = said_at.astimezone(hours.zone).replace(tzinfo=None)
    settings = {"RELATIVE_BASE": local, "PREFER_DATES_FROM": "future"}
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words).date_obj
    return found.replace(tzinfo=hours.zone) if found else None


def end_of_week(words: str, said_at: datetime, hours: WorkingHours) -> datetime:
    today = said_at.astimezone(hours.zone).date()
    sunday = today + timedelta(days=6 - today.weekday() + (7 if "next week" in words else 0))
    if "weekend" in words:
        return end_of_day(sunday, hours)
    week = [sunday - timedelta(days=days) for days in range(7)]
    last = next((day for day in week if hours.closing(day)), sunday - 2 * DAY)
    return end_of_day(last, hours)


def end_of_day(day: date, hours: WorkingHours) -> datetime:
    """When the desk closes on a day; in the evening where it is closed on that day, or has no hours."""
    return hours.closing(day) or datetime.combine(day, EVENING, hours.zone).astimezone(UTC)


def end_of_working_day(said_at: datetime, hours: WorkingHours) -> datetime:
    """When the desk next closes, with at least `LEAST` until then."""
    return hours.closing_after(said_at + LEAST, 0, EVENING)
