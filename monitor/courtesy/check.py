"""The courtesy check: a reply and what it answers in, one remark for each rule that applies out. Pure; English."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.courtesy import vocabulary as say
from monitor.courtesy.personal import find_personal
from monitor.courtesy.terms import find_shared, find_terms
from monitor.promises.finding import find_promises
from monitor.saved_replies.variables import first_name, unfilled

PROBLEMS = frozenset({"fault", "delivery", "billing", "booking", "service", "account", "safety"})
NAMED = 3  # of the customer's own words, as many are offered


@dataclass(frozen=True)
class Occasion:
    """A reply as it is being written, and whom it answers. `lang` None: nobody knows."""

    reply: str
    customer: str  # hostile
    author_name: str = ""  # hostile
    need: str | None = None
    sentiment: str | None = None
    lang: str | None = None

    @property
    def is_problem(self) -> bool:
        return self.need in PROBLEMS or (self.need != "praise" and self.sentiment == "negative")


@dataclass(frozen=True)
class Remark:
    """What one rule makes of a reply: `fine`, or what to look at (it may quote hostile text), and why that matters."""

    rule: str
    fine: bool
    says: str
    why: str


Check = Callable[[Occasion], Remark | None]
"""None where the rule does not apply."""


def check_reply(occasion: Occasion, off: Collection[str] = ()) -> list[Remark]:
    """A remark for every rule that applies and is not off, what to look at first. Nothing of an empty reply."""
    if not occasion.reply.strip():
        return []
    remarks = [remark for rule, remark in apply(occasion) if rule not in off]
    return sorted(remarks, key=lambda remark: remark.fine)


def apply(occasion: Occasion) -> Iterator[tuple[str, Remark]]:
    """Only some rules can read other languages than English."""
    english = occasion.lang is None or occasion.lang.partition("-")[0].lower() == "en"
    for rule, check in CHECKS.items():
        remark = check(occasion) if english or rule in ANY_LANGUAGE else None
        if remark:
            yield rule, remark


def check_personal(occasion: Occasion) -> Remark | None:
    found = find_personal(occasion.reply)
    what = enumerate_words(list(dict.fromkeys(f"{kind} ({words})" for kind, words in found)))
    says = f"It shows {what} in public." if found else "It shows no personal data."
    why = "Everybody can read a public answer; what is about one person belongs in a direct message."
    return Remark("personal", not found, says, why)


def check_placeholder(occasion: Occasion) -> Remark | None:
    left = unfilled(occasion.reply)
    if not left:
        return None
    says = f"{' and '.join(left)} was not filled in."
    return Remark(
        "placeholder", False, says, "It would go out as it stands; the brand's links are in the configuration."
    )


def check_greeting(occasion: Occasion) -> Remark | None:
    name = first_name(occasion.author_name)
    if not name:
        return None
    fine = bool(re.search(rf"(?<![\w@.]){re.escape(name)}(?![\w@])", occasion.reply, re.IGNORECASE))
    says = f"It speaks to {name} by name." if fine else f"It does not speak to {name} by name."
    return Remark("greeting", fine, says, "A name shows that a person answers a person.")


def check_acknowledge(occasion: Occasion) -> Remark | None:
    terms = find_terms(occasion.customer)
    if not occasion.is_problem or not terms:
        return None
    why = "Who finds their own words in an answer knows that they were read."
    if shared := find_shared(terms, occasion.reply):
        return Remark("acknowledge", True, f"It takes up what they wrote: {quote(shared[:NAMED])}.", why)
    return Remark("acknowledge", False, f"It does not say what happened; they wrote {quote(terms[:NAMED])}.", why)


def check_blame(occasion: Occasion) -> Remark | None:
    found = say.REPROACH.search(occasion.reply)
    says = f"“{found[0]}” may sound like a reproach." if found else "It reproaches them with nothing."
    return Remark("blame", not found, says, "Who feels blamed defends themselves, and the trouble stays.")


def check_next(occasion: Occasion) -> Remark | None:
    if not occasion.is_problem:
        return None
    promises = find_promises(occasion.reply)
    fine = any(promise.when for promise in promises) if promises else is_settled(occasion.reply)
    late = "It says what happens next, but not by when."
    says = (
        "It says what happens next." if fine else late if promises else "It does not say what happens next, and when."
    )
    return Remark("next", fine, says, "Not knowing is the worst part of waiting, and makes people ask again.")


def is_settled(reply: str) -> bool:
    """Whether nothing is left for us to do: it is done, or the next step is the customer's."""
    return bool(say.DONE.search(reply) or say.THEIR_TURN.search(reply))


def check_thanks(occasion: Occasion) -> Remark | None:
    fine = bool(say.THANKS.search(occasion.reply))
    says = "It thanks them." if fine else "It does not thank them."
    return Remark("thanks", fine, says, "Writing took them time, and told us what others keep to themselves.")


def check_refusal(occasion: Occasion) -> Remark | None:
    """A good no has understanding, the reason, and what is possible instead."""
    if not say.REFUSAL.search(occasion.reply):
        return None
    parts = {
        "understanding": say.UNDERSTANDING,
        "the reason": say.REASON,
        "what is possible instead": say.INSTEAD,
    }
    missing = [part for part, words in parts.items() if not words.search(occasion.reply)]
    whole = "This no has understanding, a reason and a way on."
    says = f"This no lacks {enumerate_words(missing)}." if missing else whole
    return Remark("refusal", not missing, says, "A bare no ends the talk; a good one keeps the customer.")


def enumerate_words(words: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def quote(words: Collection[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


CHECKS: dict[str, Check] = {
    "personal": check_personal,
    "placeholder": check_placeholder,
    "refusal": check_refusal,
    "blame": check_blame,
    "greeting": check_greeting,
    "acknowledge": check_acknowledge,
    "next": check_next,
    "thanks": check_thanks,
}
ANY_LANGUAGE = frozenset({"personal", "placeholder", "greeting"})
