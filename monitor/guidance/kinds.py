"""Which page of guidance applies to a mention, and the words that say so. Pure decisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from monitor.signals.rules import SignalSettings, Words
from monitor.signals.vocabulary import find_words


class Kind(StrEnum):
    """What a page is about; in the order in which they matter where several apply."""

    SELF_HARM = "self-harm"
    SAFETY = "safety"
    ABUSIVE = "abusive"
    LAWYER = "lawyer"
    REGULATOR = "regulator"
    CHARGEBACK = "chargeback"
    PRESS = "press"


SIGNALS = {
    Kind.SELF_HARM: ("self_harm",),
    Kind.SAFETY: ("safety",),
    Kind.LAWYER: ("legal", "police"),
    Kind.REGULATOR: ("regulator",),
    Kind.CHARGEBACK: ("chargeback",),
    Kind.PRESS: ("press",),
}


@dataclass(frozen=True, slots=True)
class Applies:
    """A page that applies, and the words of the post that say so, hostile; none where the judgement says it."""

    kind: Kind
    words: tuple[str, ...] = ()


def applying(text: str, need: str | None, abuse: bool | None, rules: SignalSettings) -> list[Applies]:
    """The pages that apply to a post, the gravest first.

    They are read from the text itself, so that they stand there before anything is judged and after it is answered.
    """
    return list(find_applying(text, need, abuse, rules))


def find_applying(text: str, need: str | None, abuse: bool | None, rules: SignalSettings) -> Iterator[Applies]:
    labelled = {Kind.SAFETY: need == "safety", Kind.ABUSIVE: bool(abuse)}
    for kind in Kind:
        names = [name for name in SIGNALS.get(kind, ()) if is_read(name, rules)]
        words = [word for name in names for word in find_words(text, rules.words(name))]
        if words or labelled.get(kind):
            yield Applies(kind, tuple(dict.fromkeys(words)))


def is_read(name: str, rules: SignalSettings) -> bool:
    """A brand may do without a signal, but never without what to do first when somebody may harm themselves."""
    rule: Words = getattr(rules, name)
    return rule.on or name == "self_harm"
