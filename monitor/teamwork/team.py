"""The team's part of the configuration: what becomes of idle claims, who is given work, and who is good at what."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, field_validator

from classifier.labels import Need
from monitor.section import Duration, Section


class ClaimSettings(Section):
    """`[claims]`: what becomes of a claim that nobody works on, and whether the desk itself gives people work."""

    idle_after: Duration | None = timedelta(hours=2)  # working time; "never"
    warn_before: Duration = timedelta(minutes=15)
    assign: Literal["by-hand", "round-robin", "least-loaded"] = "by-hand"
    most: int = Field(default=10, ge=1)  # open mentions that the desk lets one person hold by its own giving

    most_abusive: int | None = Field(default=8, ge=1)  # that one person takes in a day; "any"

    @field_validator("idle_after", mode="before")
    @classmethod
    def allow_never(cls, value: Any) -> Any:
        return None if value == "never" else value

    @field_validator("most_abusive", mode="before")
    @classmethod
    def allow_any(cls, value: Any) -> Any:
        return None if value == "any" else value


class PersonSettings(Section):
    """`[[person]]`: what somebody is good at; an empty list leaves everything in."""

    name: str = Field(min_length=1, max_length=80)
    needs: tuple[Need, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
