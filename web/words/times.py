"""How times are said: ages, moments, and when an answer is due, as pure functions over plain data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor.judging.press import due_at, is_overdue
from monitor.settings import BrandSettings
from monitor.translations.dates import say_age, say_date, say_span
from web.translations import N_, _, language_code

ROUND_THE_CLOCK = N_("urgent counts round the clock")
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
            return Due(_("overdue since %(when)s", when=clock_time(due, now, zone)), late=True)
        late_for = _("overdue %(span)s", span=say_span(now - due))
        return Due(late_for, late=True, near=now - due < timedelta(hours=1))
    if due - now < timedelta(hours=1):
        return Due(_("due in %(span)s", span=say_span(due - now)), near=True)
    return Due(_("due %(when)s", when=clock_time(due, now, zone)))


def clock_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`16:40` today, `tomorrow 09:00`, `Mon 09:00` within six days to come; otherwise as `date_time` says."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if abs(days) == 1:
        return say_date(_("tomorrow %(time)s") if days > 0 else _("yesterday %(time)s"), local)
    if 1 < days < 7:
        return say_date(_("%(weekday)s %(time)s"), local)
    return date_time(moment, now, zone)


def date_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`3 Dec 09:00`, or with the year, and without the time, where it is another year's: `3 Dec 2025`."""
    local = moment.astimezone(zone)
    same_year = local.year == now.astimezone(zone).year
    return say_date(_("%(day)s %(month)s %(time)s") if same_year else _("%(day)s %(month)s %(year)s"), local)


def exact_time(moment: datetime, zone: ZoneInfo) -> str:
    """For a tooltip: `Wed 18 Nov 2026, 12:00:05 (Europe/London)`."""
    return write_exact(moment, zone, language_code())


@lru_cache(maxsize=4096)  # each row has one, and the same rows are drawn for everybody, again and again
def write_exact(moment: datetime, zone: ZoneInfo, _language: str) -> str:
    said = say_date(_("%(weekday)s %(day)s %(month)s %(year)s, %(seconds)s"), moment.astimezone(zone))
    return f"{said} ({zone.key})"


def age(moment: datetime, now: datetime) -> str:
    """As short as a queue wants it: `now`, `2m`, `3h`, `4d`, `12w`, `3y`."""
    return say_age(now - moment)


def ago(moment: datetime, now: datetime) -> str:
    """Inside a sentence: `12 s ago`, `3 h ago`; `just now` within a second."""
    passed = now - moment
    return _("%(span)s ago", span=say_span(passed)) if passed >= timedelta(seconds=1) else _("just now")


def derive_due(urgency: str | None, posted: datetime, due: datetime | None, brand: BrandSettings, now: datetime) -> str:
    """`due 09:46 = posted 09:31 + 15 min (…)`; only the time where the rules now would set another, or nothing."""
    if due is None or urgency is None:
        return ""
    said = _("due %(when)s", when=clock_time(due, now, brand.zone))
    span = brand.answer_time(urgency)
    if span is None or due_at(urgency, posted, brand) != due:
        return said
    how = say_counting(urgency, brand)
    since = clock_time(posted, now, brand.zone)
    return _("%(due)s = posted %(since)s + %(span)s (%(how)s)", due=said, since=since, span=say_span(span), how=how)


def say_counting(urgency: str, brand: BrandSettings) -> str:
    """Which hours count towards the due time."""
    if urgency == "urgent":
        return _(ROUND_THE_CLOCK)
    return _("working time, %(zone)s", zone=brand.timezone) if brand.hours else _("always open")
