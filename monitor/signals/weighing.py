"""From what is known of a mention to its signals, and to whether they lift its urgency. Pure decisions."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from monitor.judging.press import due_at, is_alarm
from monitor.settings import BrandSettings
from monitor.signals.rules import Heat, Reach, Repeat, SignalSettings, Words
from monitor.signals.vocabulary import TITLES, VOCABULARY, find_words
from monitor.units import say_duration
from monitor.words import URGENCIES

NORMAL, URGENT = URGENCIES.index("normal"), URGENCIES.index("urgent")
SAME_CONTACT = timedelta(minutes=10)  # posts in a row, as where one was too short for all that was to be said
MOST_QUOTED = 3  # words in one piece of evidence

# What the labelling guide calls urgent: only these lift beyond high.
BROUGHT_IN = frozenset(VOCABULARY)
# What seems to need nobody is lifted by harm alone: of the rest, most is talk about others' lawyers and regulators.
HARM = frozenset({"safety", "self_harm"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What signals are read from."""

    text: str
    urgency: str | None  # as model or people said; None: not judged
    corrected: bool  # whether a person said so
    posted_at: datetime
    collected_at: datetime
    contacts: Sequence[datetime]  # when its author's unanswered posts were written, up to this one and with it
    followers: int | None = None
    likes: int | None = None
    reposts: int | None = None
    replies: Sequence[datetime] = ()  # when others answered it


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for more urgency."""

    name: str
    evidence: str  # in words; hostile where it quotes the post
    rule: str  # from where on it counts
    lifts: bool  # whether it lifts this mention by a level

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The signals of a mention, what they lift it to (None: nothing), and when to look again (None: when told)."""

    signals: tuple[Signal, ...]
    lifted_to: str | None
    weigh_at: datetime | None


def weigh(facts: Facts, brand: BrandSettings, now: datetime) -> Weighed:
    """Look for every signal that the brand has switched on.

    Any number of signals lifts by one level, and nothing lowers. What a person said of the urgency stands.
    """
    level = URGENCIES.index(facts.urgency or "normal")
    signals = tuple(
        Signal(name, evidence, rule, lifts=wanted and not facts.corrected and may_lift(name, level))
        for name, evidence, rule, wanted in find_signals(facts, brand, now)
    )
    lifted = URGENCIES[level + 1] if any(signal.lifts for signal in signals) else None
    hot = any(signal.name == "heat" for signal in signals)
    return Weighed(signals, lifted, next_look(facts, brand, hot, now))


def may_lift(name: str, level: int) -> bool:
    """Whether a signal of this name can lift a mention of this level."""
    if level < NORMAL:
        return name in HARM
    return level == NORMAL or (level < URGENT and name in BROUGHT_IN)


Found = tuple[str, str, str, bool]
"""name, evidence, rule, and whether it is to lift."""


def find_signals(facts: Facts, brand: BrandSettings, now: datetime) -> Iterator[Found]:
    rules = brand.signals
    if rules.repeat.on and (evidence := find_repeat(facts, rules.repeat)):
        repeat = rules.repeat
        yield "repeat", evidence, f"from {repeat.mentions} within {say_duration(repeat.within)}", repeat.lift
    if rules.reach.on and (evidence := find_reach(facts, rules.reach)):
        reach = rules.reach
        least = f"from {reach.followers:,} followers, {reach.likes:,} likes or {reach.reposts:,} reposts"
        yield "reach", evidence, least, reach.lift
    if rules.heat.on and (evidence := find_heat(facts, rules.heat, now)):
        yield "heat", evidence, f"from {rules.heat.replies} within {say_duration(rules.heat.within)}", rules.heat.lift
    if evidence := find_overdue(facts, brand, now):
        yield "overdue", evidence, "in working time", rules.overdue.lift
    for name in VOCABULARY:
        words: Words = getattr(rules, name)
        if words.on and (evidence := find_named(facts.text, name, rules)):
            yield name, evidence, "", words.lift


def find_repeat(facts: Facts, rule: Repeat) -> str:
    """`3 posts in 36 h, none answered`; empty where it is not so."""
    recent = sorted(at for at in facts.contacts if facts.posted_at - rule.within < at <= facts.posted_at)
    contacts = count_contacts(recent)
    if contacts < rule.mentions:
        return ""
    return f"{contacts} posts in {say_duration(recent[-1] - recent[0])}, none answered"


def count_contacts(times: Sequence[datetime]) -> int:
    """How often somebody wrote; what comes right after the post before is part of it. `times` in their order."""
    return bool(times) + sum(later - earlier >= SAME_CONTACT for earlier, later in pairwise(times))


def find_reach(facts: Facts, rule: Reach) -> str:
    counts = (
        (facts.followers, rule.followers, "followers"),
        (facts.likes, rule.likes, "likes"),
        (facts.reposts, rule.reposts, "reposts"),
    )
    return ", ".join(f"{count:,} {what}" for count, least, what in counts if count is not None and count >= least)


def find_heat(facts: Facts, rule: Heat, now: datetime) -> str:
    lately = sum(now - rule.within < at for at in facts.replies)
    return f"{lately:,} replies within {say_duration(rule.within)}" if lately >= rule.replies else ""


def find_overdue(facts: Facts, brand: BrandSettings, now: datetime) -> str:
    moment = overdue_from(facts, brand)
    return f"no answer {say_duration(brand.signals.overdue.after)} after it was due" if moment and moment <= now else ""


def overdue_from(facts: Facts, brand: BrandSettings) -> datetime | None:
    """When the lack of an answer becomes a signal. Never for what was old when the desk first saw it."""
    due = due_at(facts.urgency or "normal", facts.posted_at, brand)
    if due is None or not brand.signals.overdue.on or not is_alarm(facts.posted_at, facts.collected_at):
        return None
    return brand.working_hours.add(due, brand.signals.overdue.after)


def find_named(text: str, name: str, rules: SignalSettings) -> str:
    """`names a regulator: Ombudsman`."""
    words = find_words(text, rules.words(name))
    return f"{TITLES[name]}: {', '.join(words[:MOST_QUOTED])}" if words else ""


def next_look(facts: Facts, brand: BrandSettings, hot: bool, now: datetime) -> datetime | None:
    """When time alone changes a signal: a thread cools, an answer is long overdue."""
    moments = [now + brand.signals.heat.within] if hot else []
    overdue = overdue_from(facts, brand)
    if overdue and overdue > now:
        moments.append(overdue)
    return min(moments, default=None)
