"""`[brand.signals]`: which signals a brand looks for, from where on they count, and whether they lift the urgency."""

from datetime import timedelta
from typing import Any

from pydantic import Field, field_validator, model_validator

from monitor.section import Duration, Section
from monitor.signals.vocabulary import VOCABULARY


class Rule(Section):
    """One signal. `false` in its place switches it off; `lift = false` shows it and changes nothing."""

    on: bool = True
    lift: bool = True

    @model_validator(mode="before")
    @classmethod
    def read_switch(cls, data: Any) -> Any:
        return {"on": data} if isinstance(data, bool) else data


class Repeat(Rule):
    """The same author writes again and nobody has answered."""

    mentions: int = Field(default=3, ge=2)
    within: Duration = timedelta(days=7)


class Reach(Rule):
    """Many would see it; each number by itself is enough."""

    followers: int = Field(default=10_000, ge=1)
    likes: int = Field(default=100, ge=1)
    reposts: int = Field(default=50, ge=1)


class Heat(Rule):
    """Others pile on."""

    replies: int = Field(default=5, ge=1)
    within: Duration = timedelta(hours=1)


class Overdue(Rule):
    """Nobody answered though it was due. It lifts nothing unless asked to: old questions would pass new faults."""

    after: Duration = timedelta(hours=4)  # working time past due
    lift: bool = False


class Words(Rule):
    """Somebody or something is named. `words` replaces the words that we look for, `also` adds to them."""

    words: tuple[str, ...] | None = None  # None: those of monitor.signals.vocabulary
    also: tuple[str, ...] = ()

    @field_validator("words", "also")
    @classmethod
    def refuse_short(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in value or ():
            if sum(map(str.isalnum, word)) < 2:
                raise ValueError(f"'{word}' is too short to look for")
        return value


class SignalSettings(Section):
    """All signals of a brand."""

    repeat: Repeat = Repeat()
    reach: Reach = Reach()
    heat: Heat = Heat()
    overdue: Overdue = Overdue()
    regulator: Words = Words()
    legal: Words = Words()
    police: Words = Words()
    chargeback: Words = Words()
    press: Words = Words()
    safety: Words = Words()
    self_harm: Words = Words()

    def words(self, name: str) -> tuple[str, ...]:
        """What the rule of this name looks for."""
        rule: Words = getattr(self, name)
        return (*(VOCABULARY[name] if rule.words is None else rule.words), *rule.also)
