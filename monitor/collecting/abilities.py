"""What a source can do and what it costs, as it declares itself; pages and `doctor` read it from here."""

from collections.abc import Mapping
from decimal import Decimal

from monitor.translating import N_, _, say_number
from sources.base import Capability, Misconfigured, Source
from sources.registry import source_class

WORDS = {
    Capability.SEARCH: N_("searches"),
    Capability.MENTIONS: N_("reads mentions of our account"),
    Capability.THREAD: N_("reads conversations"),
    Capability.RECHECK: N_("asks again about what is stored"),
    Capability.REPLY: N_("can reply"),
    Capability.STREAM: N_("can be listened to"),
}
PRICED = (N_("a post"), N_("one of the own mentions"), N_("a reply"), N_("a reply with a link"))
"""What sources take money for, in their words."""


def say_abilities(name: str) -> str:
    """`searches, can reply; takes 0.005 USD for a post; …`; empty for a source that is not installed."""
    try:
        source = source_class(name)
    except Misconfigured:
        return ""
    return "; ".join(filter(None, (say_capabilities(source), say_prices(source))))


def say_capabilities(source: type[Source]) -> str:
    return ", ".join(_(words) for capability, words in WORDS.items() if capability in source.capabilities)


def say_prices(source: type[Source]) -> str:
    """What its platform takes; empty where it is free."""
    prices: Mapping[str, Decimal] = getattr(source, "prices", {})
    taken = ", ".join(_("%(usd)s USD for %(what)s", usd=say_usd(usd), what=_(what)) for what, usd in prices.items())
    again = _("asking again costs %(usd)s USD a post", usd=say_usd(source.recheck_usd)) if source.recheck_usd else ""
    return "; ".join(filter(None, (_("takes %(prices)s", prices=taken) if taken else "", again)))


def say_usd(usd: Decimal) -> str:
    """With as many decimals as it has: prices are fractions of a cent."""
    exponent = usd.as_tuple().exponent
    return say_number(usd, -exponent if isinstance(exponent, int) else 0)
