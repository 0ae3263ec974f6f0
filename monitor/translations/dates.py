"""Dates, spans of time and shares in the language that is spoken, as the CLDR has them, from Babel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel import Locale
from babel.numbers import format_percent

from monitor.translating import N_, _, language_code

# unit, its seconds, and from how many seconds on it is used
SPANS = (
    (N_("%(number)s d"), 86_400, 172_800),
    (N_("%(number)s h"), 3_600, 3_600),
    (N_("%(number)s min"), 60, 60),
    (N_("%(number)s s"), 1, 0),
)
AGES = (
    (N_("%(number)sy"), 31_557_600, 63_115_200),
    (N_("%(number)sw"), 604_800, 1_209_600),
    (N_("%(number)sd"), 86_400, 86_400),
    (N_("%(number)sh"), 3_600, 3_600),
    (N_("%(number)sm"), 60, 60),
)


@dataclass(frozen=True)
class Names:
    """What days (Monday is 0) and months (January is 1) are called where there is little room, and months where not."""

    days: Mapping[int, str]
    months: Mapping[int, str]
    long_months: Mapping[int, str]


@cache
def names(code: str) -> Names:
    locale = Locale.parse(code)
    months = locale.months["format"]
    return Names(locale.days["stand-alone"]["abbreviated"], months["abbreviated"], months["wide"])


def say_date(pattern: str, moment: date) -> str:
    """The moment in an already translated pattern of `day`, `weekday`, `month`, `long_month`, `year` and `time`."""
    known = names(language_code())
    return pattern % {
        "day": moment.day,
        "weekday": known.days[moment.weekday()],
        "month": known.months[moment.month],
        "long_month": known.long_months[moment.month],
        "year": moment.year,
        "time": f"{moment:%H:%M}",
        "seconds": f"{moment:%H:%M:%S}",
    }


def say_span(span: timedelta) -> str:
    """The largest fitting unit: `45 s`, `12 min`, `3 h`, `5 d`."""
    seconds = int(abs(span).total_seconds())
    unit, size, _least = next(step for step in SPANS if seconds >= step[2])
    return _(unit, number=seconds // size)


def say_span_in_two(span: timedelta) -> str:
    """In two units where the second says something: `12 min`, `3 h 20 min`, `2 d 4 h`."""
    minutes = round(span.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = (_("%(number)s d", number=days), _("%(number)s h", number=hours), _("%(number)s min", number=rest))
    if days:
        return f"{parts[0]} {parts[1]}" if hours else parts[0]
    return f"{parts[1]} {parts[2]}" if hours and rest else parts[1] if hours else parts[2]


def say_share(share: float) -> str:
    """`84%`, `84 %`."""
    return str(format_percent(share, locale=language_code()))


def say_age(passed: timedelta) -> str:
    """As short as a queue wants it: `now`, `2m`, `3h`, `4d`, `12w`, `3y`."""
    seconds = int(passed.total_seconds())
    found = next((step for step in AGES if seconds >= step[2]), None)
    return _(found[0], number=seconds // found[1]) if found else _("now")
