"""What may be configured: the tables of `mentiondesk.toml` and their names, with what each may say."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from classifier.labels import URGENCIES, Sentiment, Urgency
from monitor.courtesy.settings import CourtesySettings
from monitor.escalation.settings import GroupSettings, find_trouble
from monitor.hours import WorkingHours, parse_week
from monitor.incidents.settings import IncidentSettings
from monitor.networks import BoardAddress, WebSettings
from monitor.privacy.settings import RetentionSettings
from monitor.replies.rules import ApprovalSettings
from monitor.section import Duration, Section, unknown_name
from monitor.signals.rules import SignalSettings
from monitor.teamwork.team import ClaimSettings, PersonSettings
from monitor.translating import SOURCE
from monitor.translations import parse_language
from monitor.units import Money, parse_money
from sources.base import Misconfigured
from sources.registry import source_class

MonthlyBudget = Annotated[Money, BeforeValidator(parse_money)]
WrittenLanguage = Annotated[str, AfterValidator(parse_language)]


class FeedSettings(Section):
    """`[[brand.feed]]`: what to read, how often, and what it may cost; its other names are the source's own."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(min_length=1, max_length=100)
    source: str
    every: Duration = timedelta(seconds=60)
    budget: MonthlyBudget | None = None
    credentials: str = ""  # another prefix than the source's name: "X_TEAM2" reads MENTIONDESK_X_TEAM2_…

    @classmethod
    def names(cls) -> set[str]:
        return set(cls.model_fields)

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown(cls, data: Any) -> Any:
        if isinstance(data, dict) and "source" in data:
            try:
                options = source_class(str(data["source"])).Options.model_fields
            except Misconfigured as error:
                raise ValueError(str(error)) from None
            for name in data:
                if name not in cls.names() and name not in options:
                    raise ValueError(unknown_name(name, cls.names() | set(options)))
        return data

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class PromiseSettings(Section):
    """`[brand.promises]`: what is counted on where a promise names no time, and when its giver is reminded."""

    within: Duration | None = None  # working time; None: until the working day ends
    remind: Duration = timedelta(hours=1)


class BrandSettings(Section):
    """`[[brand]]`: whom we watch for, and when its desk is open."""

    name: str = Field(min_length=1, max_length=200)
    terms: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")
    languages: tuple[str, ...] = ()
    handles: dict[str, str] = Field(default={})
    timezone: str = "UTC"
    language: WrittenLanguage = SOURCE  # of its alerts and its weekly account
    hours: dict[str, tuple[str, ...]] = Field(default={})
    answer_within: dict[Urgency, Duration] = Field(default={})
    promises: PromiseSettings = PromiseSettings()
    signals: SignalSettings = SignalSettings()
    approval: ApprovalSettings | None = None  # None: replies go out as they are written
    courtesy: CourtesySettings = CourtesySettings()
    incidents: IncidentSettings = IncidentSettings()
    links: dict[str, str] = Field(default={})  # what {link:NAME} of a saved reply stands for
    feeds: tuple[FeedSettings, ...] = Field(default=(), alias="feed")

    @field_validator("timezone")
    @classmethod
    def check_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"'{value}' is not a time zone; write one like Europe/London") from None
        return value

    @field_validator("hours")
    @classmethod
    def check_hours(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        parse_week(value)
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def working_hours(self) -> WorkingHours:
        return WorkingHours(self.zone, parse_week(self.hours))

    def answer_time(self, urgency: str) -> timedelta | None:
        """How long an answer may take; None where none is promised."""
        chosen: dict[str, timedelta] = {**ANSWER_WITHIN}
        chosen.update(self.answer_within.items())
        return chosen.get(urgency)


ANSWER_WITHIN: dict[str, timedelta] = {
    "urgent": timedelta(minutes=15),
    "high": timedelta(hours=1),
    "normal": timedelta(hours=8),
}


class When(Section):
    """Which mentions a channel is told of."""

    urgency: tuple[Urgency, ...] = ("urgent",)
    brand: tuple[str, ...] = ()  # none: all

    @field_validator("urgency")
    @classmethod
    def check_urgency(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(urgency for urgency in URGENCIES if urgency in value)


class ChannelSettings(Section):
    """`[[channel]]`: where alerts go."""

    name: str = Field(min_length=1, max_length=100)
    kind: Literal["slack", "email", "webhook", "console"]
    language: WrittenLanguage | None = None  # None: the brand's
    when: When = When()
    digest: bool = False  # the weekly account goes here too
    promises: bool = False  # reminders of promises, and broken ones, go here
    to: tuple[str, ...] = ()  # email: addresses
    sender: str = ""  # email: the From address
    channel: str = ""  # Slack with a bot token: the channel's id or name
    base_url: str | None = None  # Slack's API, a proxy, or the webhook's address
    credentials: str = ""

    @model_validator(mode="after")
    def check_addressee(self) -> Self:
        if self.kind == "email" and not self.to:
            raise ValueError("an email channel needs `to`, a list of addresses")
        return self


class DigestSettings(Section):
    """`[digest]`: when the weekly account is sent, in each brand's own time zone, and to whom."""

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    at: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    to: tuple[str, ...] = ()  # email addresses


class ClassifierSettings(Section):
    """`[classifier]`: which model judges, and on how many threads."""

    model: str = Field(default="default", min_length=1)  # or "accurate", a folder, "hub:NAME_OR_FOLDER"
    labels: dict[str, Sentiment] = Field(default={})  # hub: what its labels are called here
    languages: tuple[str, ...] = ()  # hub: those that it reads and ours does not
    threads: int | None = Field(default=None, ge=1, le=256)


class Settings(Section):
    """The whole configuration."""

    database_url: str = ""
    public_url: BoardAddress = ""  # how people reach the board; links in alerts begin with it
    secret_key: str = ""
    brands: tuple[BrandSettings, ...] = Field(default=(), alias="brand")
    channels: tuple[ChannelSettings, ...] = Field(default=(), alias="channel")
    digest: DigestSettings = DigestSettings()
    retention: RetentionSettings = RetentionSettings()
    claims: ClaimSettings = ClaimSettings()
    web: WebSettings = WebSettings()
    people: tuple[PersonSettings, ...] = Field(default=(), alias="person")
    groups: tuple[GroupSettings, ...] = Field(default=(), alias="group")
    helplines: dict[str, str] = Field(default={})  # where somebody finds help at once, by country
    classifier: ClassifierSettings = ClassifierSettings()
    demo: bool = False
    home: Path = Path()

    @model_validator(mode="after")
    def refuse_doubles(self) -> Self:
        for what, names in (
            ("brand", [brand.name for brand in self.brands]),
            ("channel", [channel.name for channel in self.channels]),
            ("person", [person.name for person in self.people]),
            ("group", [group.name for group in self.groups]),
            *((f"feed of {brand.name}", [feed.name for feed in brand.feeds]) for brand in self.brands),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"there are two of the {what} named '{name}'")
        if any(channel.name == "digest" for channel in self.channels):
            raise ValueError("the channel name 'digest' is taken by `[digest] to`; choose another")
        return self

    @model_validator(mode="after")
    def check_groups(self) -> Self:
        if trouble := find_trouble(self.groups, {channel.name for channel in self.channels}):
            raise ValueError(trouble)
        return self

    def brand(self, name: str) -> BrandSettings:
        """The settings of a brand; sensible ones for a brand that only an import made."""
        found = next((brand for brand in self.brands if brand.name == name), None)
        return found or BrandSettings(name=name)

    def channel(self, name: str) -> ChannelSettings | None:
        return next((channel for channel in self.channels if channel.name == name), None)

    @property
    def store_url(self) -> str:
        """The store's address. The demo keeps to a file of its own, so that it never mixes with real mentions."""
        return self.database_url or f"sqlite:///{self.home / 'var' / ('demo.db' if self.demo else 'mentiondesk.db')}"
