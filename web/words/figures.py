"""How counts, scores, handles and languages are said."""

from babel import Locale

from monitor import queries
from monitor.words import LANGUAGES
from web.translations import N_, SOURCE, _, language_code, say_number


def at_handle(source: str, handle: str) -> str:
    """The handle as it is written on that platform."""
    prefix = {"reddit": "u/", "hackernews": "", "rss": ""}.get(source, "@")
    return prefix + handle


def language_name(code: str) -> str:
    """`Spanish`; the code itself where the desk has no name for it."""
    short = code.partition("-")[0].lower()
    if language_code() == SOURCE or short not in LANGUAGES:
        return LANGUAGES.get(short, code)
    return str(Locale.parse(language_code()).languages.get(short, code))


def say_count(number: int) -> str:
    """Followers and the like: `812`, `5.2k`, `1.3M`."""
    for unit, size in ((N_("%(number)sM"), 1_000_000), (N_("%(number)sk"), 1_000)):
        if number >= size:
            tenths = round(number / size * 10)
            return _(unit, number=say_number(tenths / 10, 1 if tenths % 10 else 0))
    return str(number)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    endings = {1: N_("%(number)sst"), 2: N_("%(number)snd"), 3: N_("%(number)srd")}
    teen = number % 100 in (11, 12, 13)
    return _(N_("%(number)sth") if teen else endings.get(number % 10, N_("%(number)sth")), number=number)


def say_counted(number: int) -> str:
    """`7`, `1,204`, and `1,000+` where the desk stopped counting."""
    return f"{say_number(queries.MOST)}+" if number > queries.MOST else say_number(number)


def score(probability: float) -> str:
    """`.91` or `0,91`, and `1` only where it rounds there."""
    if probability >= 0.995:
        return "1"
    said = say_number(probability, 2)
    return said[1:] if said.startswith("0.") else said  # English leaves the nought away
