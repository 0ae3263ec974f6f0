"""What a source can do and what it costs, as it declares itself; pages and `doctor` read it from here."""

from sources.base import Capability, Misconfigured
from sources.registry import source_class

WORDS = {
    Capability.SEARCH: "searches",
    Capability.MENTIONS: "reads mentions of our account",
    Capability.THREAD: "reads conversations",
    Capability.RECHECK: "asks again about what is stored",
    Capability.REPLY: "can reply",
    Capability.STREAM: "listens to a stream",
}


def say_abilities(name: str) -> str:
    """`searches, reads conversations; asking again costs 0.005 USD a post`; empty for one that is not installed."""
    try:
        source = source_class(name)
    except Misconfigured:
        return ""
    abilities = ", ".join(words for capability, words in WORDS.items() if capability in source.capabilities)
    cost = f"; asking again costs {source.recheck_usd} USD a post" if source.recheck_usd else ""
    return abilities + cost
