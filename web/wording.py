"""How the desk says things: times, dues, labels and states, as pure functions over plain data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import queries
from monitor.press import due_at, is_overdue
from monitor.settings import BrandSettings
from monitor.units import say_duration
from monitor.words import LANGUAGES, FeedState

FEED_WORDS = {
    FeedState.NEW: "not read yet",
    FeedState.READING: "reading",
    FeedState.WAITING: "waiting, as the platform asked",
    FeedState.UNREACHABLE: "cannot reach the platform",
    FeedState.REFUSED: "the platform refuses our credentials",
    FeedState.UNPAID: "out of credits or budget",
    FeedState.MISCONFIGURED: "set up wrongly",
}
# unit, its seconds, and from how many seconds on it is used
AGES = (
    ("y", 31_557_600, 63_115_200),
    ("w", 604_800, 1_209_600),
    ("d", 86_400, 86_400),
    ("h", 3_600, 3_600),
    ("m", 60, 60),
)
ROUND_THE_CLOCK = "urgent counts round the clock"
JUST_NOW = timedelta(minutes=1)
LONG_AGO = timedelta(days=30)  # from here on a date says more than a number of days


@dataclass(frozen=True)
class Due:
    """When an answer is due, in words; `near` is within the hour, where the words change by the minute."""

    text: str
    late: bool = False
    near: bool = False


def due_words(due: datetime | None, answered: bool, now: datetime, zone: ZoneInfo) -> Due | None:
    """`due in 6 min`, `overdue 12 min`, `due tomorrow 09:00`, `overdue since 3 Dec 09:00`; None: nothing is due."""
    if due is None or answered:
        return None
    if is_overdue(due, answered, now):
        if now - due >= LONG_AGO:
            return Due(f"overdue since {clock_time(due, now, zone)}", late=True)
        return Due(f"overdue {say_duration(now - due)}", late=True, near=now - due < timedelta(hours=1))
    if due - now < timedelta(hours=1):
        return Due(f"due in {say_duration(due - now)}", near=True)
    return Due(f"due {clock_time(due, now, zone)}")


def clock_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`16:40` today, `tomorrow 09:00`, `Mon 09:00` within six days to come; otherwise as `date_time` says."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if abs(days) == 1:
        return f"{'tomorrow' if days > 0 else 'yesterday'} {local:%H:%M}"
    if 1 < days < 7:
        return f"{local:%a %H:%M}"
    return date_time(moment, now, zone)


def date_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`3 Dec 09:00`, or with the year, and without the time, where it is another year's: `3 Dec 2025`."""
    local = moment.astimezone(zone)
    same_year = local.year == now.astimezone(zone).year
    return f"{local.day} {local:%b %H:%M}" if same_year else f"{local.day} {local:%b %Y}"


def exact_time(moment: datetime, zone: ZoneInfo) -> str:
    """For a tooltip: `Wed 18 Nov 2026, 12:00:05 (Europe/London)`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S} ({zone.key})"


def age(moment: datetime, now: datetime) -> str:
    """As short as a queue wants it: `now`, `2m`, `3h`, `4d`, `12w`, `3y`."""
    passed = now - moment
    if passed < JUST_NOW:
        return "now"
    seconds = int(passed.total_seconds())
    unit, size, _ = next(step for step in AGES if seconds >= step[2])
    return f"{seconds // size}{unit}"


def ago(moment: datetime, now: datetime) -> str:
    """Inside a sentence: `12 s ago`, `3 h ago`; `just now` within a second."""
    passed = now - moment
    return f"{say_duration(passed)} ago" if passed >= timedelta(seconds=1) else "just now"


def derive_due(urgency: str | None, posted: datetime, due: datetime | None, brand: BrandSettings, now: datetime) -> str:
    """`due 09:46 = posted 09:31 + 15 min (…)`; only the time where the rules now would set another, or nothing."""
    if due is None or urgency is None:
        return ""
    said = f"due {clock_time(due, now, brand.zone)}"
    span = brand.answer_time(urgency)
    if span is None or due_at(urgency, posted, brand) != due:
        return said
    counted = ROUND_THE_CLOCK if urgency == "urgent" else f"working time, {brand.timezone}"
    counted = counted if urgency == "urgent" or brand.hours else "always open"
    return f"{said} = posted {clock_time(posted, now, brand.zone)} + {say_duration(span)} ({counted})"


def at_handle(source: str, handle: str) -> str:
    """The handle as it is written on that platform."""
    prefix = {"reddit": "u/", "hackernews": "", "rss": ""}.get(source, "@")
    return prefix + handle


def language_name(code: str) -> str:
    """`Spanish`; the code itself where the desk has no name for it."""
    return LANGUAGES.get(code.partition("-")[0].lower(), code)


def say_count(number: int) -> str:
    """Followers and the like: `812`, `5.2k`, `1.3M`."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + unit
    return str(number)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 feed`, `7 feeds`, `1,204 mentions`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say_counted(number: int) -> str:
    """`7`, `1,204`, and `2,000+` where the desk stopped counting."""
    return f"{queries.MOST:,}+" if number > queries.MOST else f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """As `plural`, of something that the desk may have stopped counting."""
    return plural(number, one, many).replace(f"{number:,}", say_counted(number), 1)


def score(probability: float) -> str:
    """`.91`, and `1` or `0` only where it rounds there."""
    return f"{probability:.2f}".removeprefix("0") if probability < 0.995 else "1"
